"""Running the service as an operator does: a process, its URL, and what it says until it ends."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.cli.terminal import environment, program
from tests.patience import PATIENCE_SECONDS, until

URL: Final = re.compile(r"http://\S+:\d+")


@dataclass
class Service:
    """A service that runs. ``said`` is what it said before it took connections."""

    process: subprocess.Popen[str]
    url: str
    said: str

    def get(self, path: str, **headers: str) -> tuple[int, Any]:
        """Ask; the answer's status and its JSON, if it is that."""
        request = Request(self.url + path, headers={name.replace("_", "-"): value for name, value in headers.items()})  # noqa: S310 - of this machine
        try:
            with urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
                return answer.status, _json(answer.read())
        except HTTPError as error:
            with error:
                return error.code, _json(error.read())

    def becomes_ready(self) -> None:
        """Ask it again and again until it says so."""
        until(lambda: self.get("/health/ready")[0] == HTTPStatus.OK, f"{self.url} is ready")

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, list[dict[str, Any]]]:
        """Tell it to stop; the number that it ends with, and its log."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=PATIENCE_SECONDS)
        lines = (line for line in said.splitlines() if line.startswith("{"))
        return self.process.returncode, [json.loads(line) for line in lines]


def _json(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(body) if body.startswith((b"{", b"[")) else body


@contextmanager
def started(folder: Path, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """A command that runs until it is told to stop; at the end it is gone."""
    process = subprocess.Popen(
        program(*arguments), cwd=folder, env=environment(**variables), stderr=subprocess.PIPE, encoding="utf-8"
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def serving(folder: Path, *arguments: str, variables: Mapping[str, str] | None = None) -> Iterator[Service]:
    """The service on a free port."""
    with started(folder, "serve", "--port", "0", *arguments, **(variables or {})) as process:
        yield Service(process, *read_until(process, URL))


def read_until(process: subprocess.Popen[str], wanted: re.Pattern[str]) -> tuple[str, str]:
    """What is wanted, once the process says it, and all that it said up to there."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if found := wanted.search(line):
            return found[0], said
    raise AssertionError(f"it ended and said: {said}")
