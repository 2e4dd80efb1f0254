"""How long starts take, ours beside bare programs on the same libraries, taking turns; the best of several counts.

A server until it answers, beside a bare Litestar on uvicorn that says hello; the menu, beside that of a bare Typer
program; a list, beside a bare Typer program that selects from the same SQLite file and draws a table. Seconds of the
wall count here, as for whoever waits; the byte code is there, as after an installation.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, sleep
from typing import Final, TypeAlias
from urllib.error import URLError
from urllib.request import urlopen

from bench.measure import free_port

SERVER: Final = """
import sys, uvicorn
from litestar import Litestar, get
@get("/health/live", sync_to_thread=False)
def live() -> str:
    return "ok"
uvicorn.run(Litestar([live]), port=int(sys.argv[2]), log_level="error")
"""
HELLO: Final = """
import typer
app = typer.Typer()
@app.command()
def hello(name: str) -> None:
    "Say hello."
    typer.echo(f"Hello {name}")
app()
"""
LIST: Final = """
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, text
app = typer.Typer()
@app.command()
def list(file: str) -> None:
    "List payments."
    with create_engine(f"sqlite:///{file}").connect() as connection:
        rows = connection.execute(text("SELECT id, state FROM payments ORDER BY id DESC LIMIT 50")).all()
    table = Table("id", "state")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
app()
"""
PROGRAM: Final = str(Path(sys.executable).with_name("linguapay"))
DATABASE: Final = "linguapay.db"
ROUNDS: Final = 7
PORT: Final = "PORT"
"""Where a command says at which port it is to listen."""

PATIENCE_SECONDS: Final = 60
PAUSE_SECONDS: Final = 0.005

Pair: TypeAlias = tuple[list[float], list[float]]
"""Seconds: ours and the bare one's."""


def first_answers() -> Pair:
    """Until a server's first answer, each time on a fresh SQLite file."""
    port = ["--port", PORT]
    return _taking_turns(first_answer, [PROGRAM, "serve", *port], _bare(SERVER, *port), fresh=True)


def menus() -> Pair:
    """Until the menu is told."""
    return _taking_turns(run, [PROGRAM, "--help"], _bare(HELLO, "--help"))


def lists() -> Pair:
    """Until a page of payments is listed, on a small SQLite file."""
    return _taking_turns(run, [PROGRAM, "payments", "list"], _bare(LIST, DATABASE))


def _bare(program: str, *arguments: str) -> Sequence[str]:
    return [sys.executable, "-c", program, *arguments]


def _taking_turns(
    measure: Callable[[Sequence[str], str], float], ours: Sequence[str], bare: Sequence[str], *, fresh: bool = False
) -> Pair:
    """Both, again and again, in a folder with a small database, or each time in a fresh one."""
    found: Pair = ([], [])
    with tempfile.TemporaryDirectory() as folder:
        if not fresh:
            run([PROGRAM, "demo", "--keep", DATABASE], folder)
        for turn in range(ROUNDS + 1):  # the first writes the byte code, and doesn't count
            for seconds, command in zip(found, (ours, bare), strict=True):
                with tempfile.TemporaryDirectory() as another:
                    took = measure(command, another if fresh else folder)
                if turn:
                    seconds.append(took)
    return found


def run(command: Sequence[str], folder: str) -> float:
    """Run a program to its end."""
    started = perf_counter()
    subprocess.run(command, cwd=folder, env=_environment(), stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - started


def first_answer(command: Sequence[str], folder: str) -> float:
    """Start a server, ask until it answers, and end it."""
    port = str(free_port())
    command = [port if word == PORT else word for word in command]
    started = perf_counter()
    with subprocess.Popen(command, cwd=folder, env=_environment(), stderr=subprocess.DEVNULL) as process:
        try:
            while not answers(port):
                sleep(PAUSE_SECONDS)
                assert process.poll() is None, f"{command[0]} ended before it answered"
                assert perf_counter() - started < PATIENCE_SECONDS, f"{command[0]} doesn't answer"
            return perf_counter() - started
        finally:
            process.terminate()


def _environment() -> dict[str, str]:
    """This machine's, with byte code, and without settings of ours."""
    return {
        name: value
        for name, value in os.environ.items()
        if name != "PYTHONDONTWRITEBYTECODE" and not name.startswith("LINGUAPAY_")
    }


def answers(port: str) -> bool:
    """Whether the server takes connections and answers."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/health/live", timeout=PATIENCE_SECONDS):
            return True
    except (URLError, ConnectionError):
        return False


def main() -> None:
    """Measure, and print the best of each and their ratio."""
    for what, measure in (("first answer", first_answers), ("menu", menus), ("list", lists)):
        ours, bare = map(min, measure())
        print(f"{what:<14} {ours:.2f} s, bare {bare:.2f} s, ratio {ours / bare:.2f}")


if __name__ == "__main__":
    main()
