"""Payments created a second, beside a bare Litestar route that makes the same calls through the bare SDK, in one run.

Each request is the first payment of another student, for another confirmed booking: three calls to Stripe. Ours and the
bare route stand on sockets, in a process of their own each, with the sandbox in it: one that answers at once, and one
whose every answer takes 300 ms. Ours keeps it all on PostgreSQL; the bare route keeps nothing. Run by `make bench`.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count, islice
from pathlib import Path
from statistics import quantiles
from threading import Barrier
from time import perf_counter, sleep
from typing import Any, Final

import uvicorn
from litestar import Litestar, post
from litestar.concurrency import set_asyncio_executor
from rich.console import Console
from rich.table import Table

from bench.measure import free_port
from bench.serving import OK
from linguapay_adapters.composition import SANDBOX_SECRET_KEY, Rehearsal, sandbox
from linguapay_adapters.settings import Settings
from linguapay_adapters.stripe.client import connect
from linguapay_adapters.stripe_sandbox.in_process import SandboxHTTPClient
from linguapay_cli.server import PROTOCOL
from linguapay_core.domain.machine import Role
from linguapay_http.app import create_app
from tests import postgres
from tests.crowds.callers import CREATE, token
from tests.use_cases.stage import confirmed, offered

CALLS: Final = 3
"""To Stripe, in each request: the customer and the intent are made, and the intent is looked at."""

PARTS: Final = int(os.environ.get("LINGUAPAY_BENCH_PARTS", "1"))
"""Only so many of the requests are made, one of this number."""

WARM: Final = 8
CELLS: Final = {0: ((1, 100), (16, 160), (64, 192)), 300: ((1, 8), (16, 96), (64, 192))}
"""For each time that Stripe takes, in milliseconds: how many connections, and how many requests over them."""

PATIENCE_SECONDS: Final = 60
PAUSE_SECONDS: Final = 0.02
SIDES: Final = ("ours", "bare")
ROOT: Final = str(Path(__file__).parents[1])


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with a body of JSON."""

    path: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """How long requests took: all of them together, and each; in seconds."""

    seconds: float
    each: Sequence[float]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.each) / self.seconds

    def milliseconds(self, percent: int) -> float:
        """How long so many percent of the requests took at most."""
        return quantiles(self.each, n=100, method="inclusive")[percent - 1] * 1000


def ask(port: int, requests: Iterable[Asked], connections: int) -> Taken:
    """Make these requests over so many connections, which are opened before the time begins."""
    asked = list(requests)
    shares = [asked[first::connections] for first in range(connections)]
    ready = Barrier(connections + 1)

    def visit(share: Sequence[Asked]) -> list[float]:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        connection.connect()
        ready.wait(PATIENCE_SECONDS)
        try:
            return [_seconds(connection, one) for one in share]
        finally:
            connection.close()

    with ThreadPoolExecutor(connections) as crowd:
        visits = [crowd.submit(visit, share) for share in shares]
        ready.wait(PATIENCE_SECONDS)
        began = perf_counter()
        each = [seconds for one in visits for seconds in one.result()]
        return Taken(perf_counter() - began, each)


def _seconds(connection: HTTPConnection, asked: Asked) -> float:
    began = perf_counter()
    connection.request("POST", asked.path, asked.body, {"Content-Type": "application/json", **asked.headers})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status in OK, f"{answer.status}: {body.decode()[:500]}"
    return perf_counter() - began


@contextmanager
def serving(command: Callable[[int], Sequence[str]], folder: str, **settings: str) -> Iterator[int]:
    """Run a server on a free port, which its command is told, until the block ends; gives the port."""
    port = free_port()
    ours = {name: value for name, value in os.environ.items() if not name.startswith("LINGUAPAY_")}
    with subprocess.Popen(command(port), cwd=folder, env=ours | settings, stderr=subprocess.DEVNULL) as process:
        try:
            began = perf_counter()
            while not _listens(port):
                assert process.poll() is None, "the server ended before it listened"
                assert perf_counter() - began < PATIENCE_SECONDS, "the server doesn't listen"
                sleep(PAUSE_SECONDS)
            yield port
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port)):
            return True
    except ConnectionError:
        return False


def create_bare(house: Rehearsal) -> Litestar:
    """Litestar and the SDK and nothing else, with as many threads as ours."""
    client = connect(SANDBOX_SECRET_KEY, http_client=SandboxHTTPClient(house.stripe)).v1

    @post(CREATE, sync_to_thread=True)
    def pay(data: dict[str, Any]) -> dict[str, str | None]:
        metadata = {"booking_id": str(data["booking_id"])}
        customer = client.customers.create({"metadata": metadata})
        made = client.payment_intents.create(
            {
                "amount": 2500,
                "currency": "usd",
                "customer": customer.id,
                "metadata": metadata,
                "automatic_payment_methods": {"enabled": True},
            }
        )
        intent = client.payment_intents.retrieve(made.id)
        return {"client_secret": intent.client_secret}

    set_asyncio_executor(ThreadPoolExecutor(Settings().http_threads))
    return Litestar([pay], openapi_config=None, logging_config=None)


def serve(side: str, milliseconds: int, database_url: str, port: int) -> None:
    """Serve one side, with a Stripe that takes so long for each call."""
    with sandbox(database_url if side == "ours" else "sqlite://") as house:
        if milliseconds:
            house.stripe._pause = lambda _seconds: sleep(milliseconds / 1000)  # noqa: SLF001
            house.stripe.faults.add("slow", times=10**9, seconds=1)
        unlimited = Settings(http_requests_per_minute=0, http_requests_per_minute_and_address=0)
        app = create_app(house, unlimited) if side == "ours" else create_bare(house)
        uvicorn.run(app, port=port, http=PROTOCOL if side == "ours" else "auto", log_config=None, access_log=False)


def payable(house: Rehearsal) -> Iterator[Asked]:
    """Requests to pay without end: each of another student, for another lesson that the teacher agreed to."""
    for number in count():
        booking = confirmed(house, offered(house, f"teacher-{number}"), student=f"student-{number}")
        body = json.dumps({"booking_id": booking.id}).encode()
        yield Asked(CREATE, body, token(house, booking.student_id, Role.STUDENT))


def calls_of(house: Rehearsal) -> int:
    """How many calls to Stripe a first payment makes; a fault that does no harm counts them."""
    booking = confirmed(house)
    house.stripe.faults.add("slow", times=10**9)
    house.create_payment_intent(booking.id, booking.student_id)
    return house.stripe.faults.records()[0].hits


def served(side: str, milliseconds: int, database_url: str) -> AbstractContextManager[int]:
    """One side in a process of its own; gives its port."""
    module = [sys.executable, "-m", "bench.payments", side, str(milliseconds), database_url]
    return serving(lambda port: [*module, str(port)], ROOT)


def measured(house: Rehearsal, database_url: str) -> Iterator[tuple[str, ...]]:
    """A line of the table for each time that Stripe takes, and each number of connections."""
    requests = payable(house)
    for milliseconds, cells in CELLS.items():
        with ExitStack() as stack:
            ports = [stack.enter_context(served(side, milliseconds, database_url)) for side in SIDES]
            for port in ports:
                ask(port, islice(requests, WARM), WARM)
            for connections, number in cells:
                asked = list(islice(requests, max(connections + 1, number // PARTS)))
                ours, bare = (ask(port, asked, connections) for port in ports)
                share = f"{ours.rate / bare.rate:.0%}"
                yield str(milliseconds), str(connections), *_told(ours), *_told(bare), share


def _told(taken: Taken) -> tuple[str, str, str]:
    return f"{taken.rate:,.1f}", f"{taken.milliseconds(50):,.0f}", f"{taken.milliseconds(99):,.0f}"


def main() -> None:
    """Print each line as it is measured, and then the table."""
    console = Console()
    heads = ("Stripe", "at once", "ours /s", "p50", "p99", "bare /s", "p50", "p99", "share")
    table = Table(*heads, title=f"payments created, {CALLS} calls to Stripe each; times in ms")
    with postgres.server() as server, postgres.database(server) as url:
        text = url.render_as_string(hide_password=False)
        with sandbox(text) as house:
            assert calls_of(house) == CALLS
            for line in measured(house, text):
                console.print("measured: Stripe takes {} ms, {} at once".format(*line))
                table.add_row(*line)
    console.print(table)


if __name__ == "__main__":
    if sys.argv[1:]:
        serve(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    else:
        main()
