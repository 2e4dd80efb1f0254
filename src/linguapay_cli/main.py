"""The command line's entry, and its only module that knows the composition root.

What is expensive is imported where it is used, so that ``--help`` answers at once.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Annotated, Final

import typer

from linguapay_cli import books, database, explain, sandbox, serve, tokens, worker
from linguapay_cli.backstage import Desk, Stage, given
from linguapay_cli.demo import command as demo
from linguapay_core.domain.errors import Invalid, LinguaPayError
from linguapay_core.domain.machine import Role

SEED: Final = 1
"""A demo tells the same story with the same names every time."""

START: Final = logging.getLogger("linguapay.start")
"""What keeps a service from starting is told here, once its logs are open and for machines."""

ENDS: Final = (
    "Ends with 0; 1 if what was checked doesn't hold; 2 invalid, 3 refused, 4 not found, 5 changed meanwhile or under "
    "way, 6 Stripe is silent, 7 not allowed, 8 busy; 70 for a bug."
)

app = typer.Typer(
    name="linguapay",
    help="Payments for a lesson marketplace: book, pay, hold, teach, pay out, refund, and prove the books.",
    epilog=ENDS,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("explain")(explain.explain)
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.add_typer(books.app, name="books")
app.add_typer(database.app, name="db")
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(tokens.app, name="tokens")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # noqa: PLC0415 - imported where it is used

        typer.echo(f"linguapay {version('linguapay')}")
        raise typer.Exit


@app.callback()
def linguapay(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Payments for a lesson marketplace: book, pay, hold, teach, pay out, refund, and prove the books."""


class Composition:
    """The backstage: everything that the composition root makes for the commands."""

    @contextmanager
    def stage(self, keep: Path | None) -> Iterator[Stage]:
        """A stage on the Stripe sandbox, with a clock that stands still; in memory, or in the file to ``keep``."""
        from linguapay_adapters.composition import beside, sandbox  # noqa: PLC0415 - imported where it is used

        url = f"sqlite:///{keep or ''}"
        stripe_path = beside(url) if keep else None
        for path in filter(None, (keep, stripe_path)):
            if path.exists() or not path.parent.is_dir():
                raise Invalid("keep", f"{path} must be a new file in a folder that is there.")
        with sandbox(url, stripe_path=stripe_path, seed=SEED) as rehearsal:
            yield Stage(rehearsal, rehearsal.clock, rehearsal.browser, rehearsal.stripe, rehearsal.work)

    def desk(self) -> AbstractContextManager[Desk]:
        """The desk that the settings describe."""
        from linguapay_adapters.composition import from_settings  # noqa: PLC0415 - imported where it is used
        from linguapay_adapters.settings import read_settings  # noqa: PLC0415

        return from_settings(read_settings(), fresh=False, serves=False)

    def upgrade_database(self) -> str:
        """Bring the database to this version's schema; the answer is its revision."""
        from linguapay_adapters.composition import upgrade_database  # noqa: PLC0415 - imported where it is used
        from linguapay_adapters.settings import read_settings  # noqa: PLC0415

        return upgrade_database(read_settings())

    def served_sandbox(self, host: str, port: int) -> AbstractContextManager[str]:
        """The sandbox beside the database, as a server; yields its URL."""
        from linguapay_adapters.composition import served_sandbox  # noqa: PLC0415 - imported where it is used
        from linguapay_adapters.settings import read_settings  # noqa: PLC0415

        return served_sandbox(read_settings(), host=host, port=port)

    def plays_stripe(self) -> bool:
        """Whether the settings let the sandbox play Stripe."""
        from linguapay_adapters.settings import read_settings  # noqa: PLC0415 - imported where it is used

        return read_settings().uses_sandbox

    def serve(self, host: str, port: int, *, worker: bool, announce: Callable[[str], None]) -> None:
        """Run the service by its import string, so that this door doesn't know the other one."""
        from linguapay_cli import server  # noqa: PLC0415 - imported where it is used

        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # while it starts, and again when all is drained
        with server.listening(host, port) as (listener, url):
            with server.unswept():
                from linguapay_adapters.composition import open_logs  # noqa: PLC0415
                from linguapay_adapters.settings import read_settings  # noqa: PLC0415

                settings = read_settings()
                open_logs(settings)
                if not worker:
                    os.environ["LINGUAPAY_WORKER_INSIDE"] = "false"
                announce(url)
                loaded = server.loaded(
                    head_seconds=settings.http_head_seconds, trusted_proxies=settings.trusted_proxies
                )
            server.run(loaded, listener)

    def work(self, stop: Event) -> None:
        """Let a worker work until it is told to stop."""
        from linguapay_adapters.composition import from_settings, open_logs  # noqa: PLC0415 - imported where it is used
        from linguapay_adapters.settings import read_settings  # noqa: PLC0415

        settings = read_settings()
        open_logs(settings)
        with from_settings(settings) as house:
            house.work(stop)

    def issue_token(self, person: str, roles: frozenset[Role], lives: timedelta) -> str:
        """A token for development, under the secret that the settings name."""
        from linguapay_adapters.composition import issue_token  # noqa: PLC0415 - imported where it is used
        from linguapay_adapters.settings import read_settings  # noqa: PLC0415

        return issue_token(read_settings(), person=person, roles=roles, lives=lives)


def main() -> None:
    """Run a command, and end with the number that its outcome has."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a sign shows another
    try:
        sys.exit(_run())
    except Exception:  # noqa: BLE001 - the entry point: whatever wasn't foreseen is a bug of ours
        from linguapay_cli.exits import BUG  # noqa: PLC0415 - imported where it is used

        traceback.print_exc()
        sys.exit(BUG)


def _run() -> int:
    """Run a command; the answer is the number to end with, unless Typer has ended already."""
    try:
        app(obj=given(Composition()), prog_name="linguapay")
    except LinguaPayError as error:
        return _told(error)
    return 0


def _told(error: LinguaPayError) -> int:
    """Say it in one line, in the log where that is for machines; the answer is the number to end with."""
    from linguapay_cli.exits import ending  # noqa: PLC0415 - imported where it is used
    from linguapay_cli.screen import complain  # noqa: PLC0415

    code, called, line = ending(error)
    if START.handlers:
        START.critical("%s: %s", called, line)
    else:
        complain(called, line)
    return code
