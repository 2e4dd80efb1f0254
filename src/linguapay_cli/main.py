"""The command line's entry, and its only module that knows the composition root.

What is expensive is imported where it is used, so that ``--help`` answers at once.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final

import typer

from linguapay_cli.backstage import Desk, Finding, ReadingDesk, Setting, Stage, given
from linguapay_cli.menu import MARKUP, Menu, Row, of
from linguapay_core.domain.errors import Invalid, LinguaPayError
from linguapay_core.domain.machine import Role

if TYPE_CHECKING:
    from linguapay_core.domain.export import Export, Part
    from linguapay_core.domain.receipt import Receipt
    from linguapay_core.domain.statement import Statement

SEED: Final = 1
"""A demo tells the same story with the same names every time."""

START: Final = logging.getLogger("linguapay.start")
"""What keeps a service from starting is told here, once its logs are open and for machines."""

ENDS: Final = (
    "Ends with 0; 1 if what was checked doesn't hold; 2 invalid, 3 refused, 4 not found, 5 changed meanwhile or under "
    "way, 6 Stripe is silent, 7 not allowed, 8 busy; 70 for a bug."
)

MENU: Final[Menu] = {
    "Look and learn": (
        Row(
            "demo",
            "linguapay_cli.demo.command:demo",
            "Play three lessons from booking to payout, on the Stripe sandbox and with a clock that is moved.",
        ),
        Row("explain", "linguapay_cli.explain:explain", "Tell the story of a booking and all that came of it."),
    ),
    "Lessons": (
        Row("bookings", "linguapay_cli.bookings:app", "Lessons agreed on, or not yet."),
        Row("gigs", "linguapay_cli.gigs:app", "What teachers offer, and at which price."),
        Row("customers", "linguapay_cli.customers:app", "People: what is known about them."),
        Row("teachers", "linguapay_cli.teachers:app", "Teachers' accounts at Stripe, and what they owe."),
    ),
    "Money": (
        Row("payments", "linguapay_cli.payments:app", "Students' money for bookings."),
        Row("refunds", "linguapay_cli.refunds:app", "Refund requests, and the refunds that come of them."),
        Row("transfers", "linguapay_cli.transfers:app", "What teachers earn, on its way to them."),
        Row("credits", "linguapay_cli.credits_owed:app", "What students are owed because a refund failed."),
    ),
    "Count and prove": (
        Row(
            "analytics",
            "linguapay_cli.analytics:app",
            "Show how the marketplace is doing: payments, money, refunds, cards, people, and what waits.",
        ),
        Row("books", "linguapay_cli.books:app", "The books, and the proof of them."),
        Row(
            "export",
            "linguapay_cli.exports:export",
            "Export a period: each payment, refund, transfer or entry of the books stands in exactly one.",
        ),
        Row("receipts", "linguapay_cli.receipts:app", "Students' receipts."),
        Row("statements", "linguapay_cli.statements:app", "Teachers' statements."),
    ),
    "Watch and mend": (
        Row("alarms", "linguapay_cli.alarms:app", "Alarms: what a person should look at."),
        Row("outbox", "linguapay_cli.outbox:app", "Effects: the calls to Stripe that we owe."),
        Row("webhooks", "linguapay_cli.webhooks:app", "Webhook events: what Stripe told us."),
        Row(
            "events",
            "linguapay_cli.events:events",
            "Read the feed: every event, in one order that never changes.",
        ),
        Row("subscriptions", "linguapay_cli.subscriptions:app", "Subscriptions: whom we tell of our events."),
        Row("messages", "linguapay_cli.messages:app", "Messages: what we tell our subscribers."),
    ),
    "Run the house": (
        Row("serve", "linguapay_cli.serve:serve", "Serve the API until Ctrl-C, with a worker inside."),
        Row(
            "worker",
            "linguapay_cli.worker:worker",
            "Work off what is due until Ctrl-C: calls to Stripe, webhooks, deadlines, messages.",
        ),
        Row("db", "linguapay_cli.database:app", "The database itself."),
        Row("settings", "linguapay_cli.settings:settings", "Show what is set, and where; secrets are masked."),
        Row("sandbox", "linguapay_cli.sandbox:app", "The stand-in that plays Stripe."),
        Row(
            "login",
            "linguapay_cli.login:login",
            "Log in with a bearer token of the host platform, so that commands may act and say for whom.",
        ),
        Row("logout", "linguapay_cli.login:logout", "Forget who sits at the desk."),
        Row("whoami", "linguapay_cli.login:whoami", "Say who sits at the desk, and as what."),
        Row("tokens", "linguapay_cli.tokens:app", "Tokens for development."),
    ),
}
"""Every command, under its heading: its name, where it is, and the first sentence of its help."""

app = typer.Typer(
    name="linguapay",
    cls=of(MENU),
    help="Payments for a lesson marketplace: book, pay, hold, teach, pay out, refund, and prove the books.",
    epilog=ENDS,
    no_args_is_help=True,
    rich_markup_mode=MARKUP,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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

    def reading(self) -> AbstractContextManager[ReadingDesk]:
        """The desk for reading that the settings describe."""
        from linguapay_adapters.composition import reading  # noqa: PLC0415 - imported where it is used
        from linguapay_adapters.settings import read_settings  # noqa: PLC0415

        return reading(read_settings())

    def settings(self) -> Sequence[Setting]:
        """Every variable, and where it is set."""
        from linguapay_adapters.settings import tell_settings  # noqa: PLC0415 - imported where it is used

        return tell_settings()

    def upgrade_database(self) -> str:
        """Bring the database to this version's schema; the answer is its revision."""
        from linguapay_adapters.composition import upgrade_database  # noqa: PLC0415 - imported where it is used
        from linguapay_adapters.settings import read_settings  # noqa: PLC0415

        return upgrade_database(read_settings())

    def check_database(self) -> Sequence[Finding]:
        """Whether the database is as it must be."""
        from linguapay_adapters.composition import check_database  # noqa: PLC0415 - imported where it is used
        from linguapay_adapters.settings import read_settings  # noqa: PLC0415

        return check_database(read_settings())

    def back_up(self, out: Path, seen: Callable[[float], None]) -> Sequence[Path]:
        """Copy the database to a file."""
        from linguapay_adapters.composition import back_up  # noqa: PLC0415 - imported where it is used
        from linguapay_adapters.settings import read_settings  # noqa: PLC0415

        return back_up(read_settings(), out, seen)

    def restore(self, backup: Path, seen: Callable[[float], None], *, replace: bool) -> Sequence[Path]:
        """Put a backup in the database's place."""
        from linguapay_adapters.composition import restore  # noqa: PLC0415 - imported where it is used
        from linguapay_adapters.settings import read_settings  # noqa: PLC0415

        return restore(read_settings(), backup, seen, replace=replace)

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

    def write_export(self, export: Export, form: str, out: BinaryIO, seen: Callable[[Part], None]) -> None:
        """Write an export as ``csv`` or ``parquet``."""
        from linguapay_adapters.composition import write_export  # noqa: PLC0415 - imported where it is used

        write_export(export, form, out, seen)

    def draw(self, told: Receipt | Statement, form: str) -> bytes:
        """Draw a receipt or a statement as ``html`` or ``pdf``."""
        from linguapay_adapters.composition import draw  # noqa: PLC0415 - imported where it is used

        return draw(told, form)

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
