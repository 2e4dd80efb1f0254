"""A town of processes: servers and workers of one house, as they run in production, and the people who use them.

All run in one folder, on one database. The sandbox that plays Stripe is a file there, which all of them share.
"""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from random import sample
from typing import Any
from urllib.request import urlopen

import httpx

from linguapay_adapters.stripe_sandbox.browser import Browser
from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox
from linguapay_adapters.system.clock import SystemClock
from linguapay_core.domain.machine import Role
from tests.cli.terminal import Ended, environment, program, run
from tests.crowds.callers import LIVE
from tests.http.conftest import token_of
from tests.patience import PATIENCE_SECONDS, until

TOKEN_SECRET = "the town's tokens are signed with this"
STRIPE_FILE = "linguapay.stripe.db"


@dataclass
class Running:
    """A process of the house. What it prints goes to a file."""

    process: subprocess.Popen[bytes]
    output: Path
    url: str = ""

    def kill(self) -> None:
        """End it as a power cut does: no handler runs (kill -9)."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end what it does; the number that it ended with."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)

    def live(self) -> bool:
        """Whether it answers."""
        assert self.process.poll() is None, self.output.read_text()
        try:
            with urlopen(f"{self.url}{LIVE}", timeout=5) as answer:  # noqa: S310 - the address is this machine's
                return bool(answer.status == httpx.codes.OK)
        except OSError:
            return False


@dataclass
class Town:
    """Where everything happens."""

    folder: Path
    database_url: str
    running: list[Running] = field(default_factory=list)

    @property
    def variables(self) -> dict[str, str]:
        """What is set for all processes."""
        return {
            "LINGUAPAY_DATABASE_URL": self.database_url,
            "LINGUAPAY_JWT_SECRET": TOKEN_SECRET,
            "LINGUAPAY_HTTP_REQUESTS_PER_MINUTE": "0",
            "LINGUAPAY_HTTP_REQUESTS_PER_MINUTE_AND_ADDRESS": "0",
            "LINGUAPAY_WORKER_INTERVAL_SECONDS": "0.2",
        }

    @cached_property
    def stripe(self) -> StripeSandbox:
        """The sandbox, opened by one more process: this one."""
        return StripeSandbox(path=self.folder / STRIPE_FILE, clock=SystemClock())

    @cached_property
    def browser(self) -> Browser:
        """The students' browser."""
        return Browser(self.stripe)

    def command(self, *arguments: str) -> Ended:
        """Run a command to its end."""
        return run(self.folder, *arguments, **self.variables)

    def serve(self) -> Running:
        """Start a server without a worker of its own, and don't wait until it answers."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server = self._start("serve", "--no-worker", "--port", str(port))
        server.url = f"http://127.0.0.1:{port}"
        return server

    def work(self) -> Running:
        """Start a worker."""
        return self._start("worker")

    def _start(self, *arguments: str) -> Running:
        output = self.folder / f"{len(self.running)}-{arguments[0]}.log"
        with output.open("wb") as told:
            process = subprocess.Popen(
                program(*arguments), cwd=self.folder, env=environment(**self.variables), stdout=told, stderr=told
            )
        self.running.append(Running(process, output))
        return self.running[-1]

    def token(self, person: str, role: Role) -> dict[str, str]:
        """The header that says who is asking."""
        signed = token_of(SystemClock(), person, frozenset({role}), TOKEN_SECRET)
        return {"Authorization": f"Bearer {signed}"}

    @cached_property
    def client(self) -> httpx.Client:
        """Connections to the servers, which all threads of this process share."""
        return httpx.Client(timeout=PATIENCE_SECONDS)


@contextmanager
def town(folder: Path, database_url: str) -> Iterator[Town]:
    """A town whose database has its schema. All that still runs is killed at the end."""
    place = Town(folder, database_url)
    assert place.command("db", "upgrade").code == 0
    try:
        yield place
    finally:
        for one in place.running:
            one.kill()
        place.client.close()
        place.stripe.close()


DONE_ALREADY = frozenset({"slot_taken", "request_open"})
"""What a person hears whose server was killed after it had done what was asked, and before it could note that down.
What was done stands in the way of doing it twice, and is found where it stands."""


@dataclass
class Visitor:
    """Somebody who uses the house, from whichever server answers, and does as the answers say."""

    town: Town
    person: str
    role: Role

    def ask(self, method: str, path: str, body: object = None, *, key: str = "") -> dict[str, Any]:
        """Make a request until it is answered for good: whom nobody answers, or who is told to wait, repeats it."""
        headers = self._token | ({"Idempotency-Key": key} if key else {})
        answers: list[httpx.Response] = []

        def answered() -> bool:
            for server in self._servers():
                try:
                    answer = self.town.client.request(method, f"{server.url}{path}", json=body, headers=headers)
                except httpx.TransportError:
                    continue  # it was killed, and another one is there
                if "Retry-After" not in answer.headers:
                    answers.append(answer)
                    return True
            return False

        until(answered, f"{method} {path} by {self.person}")
        if answers[0].json().get("rule") in DONE_ALREADY:
            return self.ask("GET", path)["items"][0]  # type: ignore[no-any-return]
        assert answers[0].is_success, answers[0].text
        found: dict[str, Any] = answers[0].json()
        return found

    @cached_property
    def _token(self) -> dict[str, str]:
        return self.town.token(self.person, self.role)

    def _servers(self) -> list[Running]:
        """The servers that run, in any order."""
        servers = [one for one in self.town.running if one.url and one.process.poll() is None]
        return sample(servers, len(servers))
