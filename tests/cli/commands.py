"""Every command of the menu, with what the generic tests must know of it: a new one without a row here is missed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.docs.commands import leaves

INVALID, REFUSED, BUSY = 2, 3, 8

COMMANDS: Final = {" ".join(path): command for _, path, command in leaves()}


def offers(words: str, option: str) -> bool:
    """Whether a command has this option."""
    return any(option in one.opts for one in COMMANDS[words].params)


@dataclass(frozen=True)
class Trait:
    """How a command is called, and how it ends where something is wrong with the database or the settings.

    ``arguments`` may name the first row of a table of the kept demo: ``{payments}``. ``looks`` says that it changes
    nothing, so that it may be run on that demo; ``shows``, that people read what it prints, and no program. ``runs`` is
    off for what runs until it is told to stop.
    """

    arguments: tuple[str, ...] = ()
    looks: bool = False
    shows: bool = True
    runs: bool = True
    missing: int = INVALID
    behind: int = REFUSED
    locked: int = BUSY
    unreadable: int = INVALID


def looking(*arguments: str) -> Trait:
    """A command that only looks."""
    return Trait(arguments, looks=True)


def acting(*arguments: str) -> Trait:
    """A command that does something to records, and needs somebody who is logged in."""
    return Trait((*arguments, "--yes"))


NEEDS_NO_DATABASE: Final = Trait(missing=0, behind=0, locked=0)
SERVES: Final = Trait(runs=False)

TRAITS: Final[dict[str, Trait]] = {
    "demo": Trait(runs=False),
    "explain": looking("{bookings}"),
    "bookings list": looking(),
    "bookings show": looking("{bookings}"),
    "bookings decide": acting("{bookings}", "--refund", "0", "--given", "--note", "so"),
    "gigs list": looking(),
    "gigs show": looking("{gigs}"),
    "customers list": looking(),
    "customers show": looking("{customers}"),
    "customers export": Trait(("{customers}",), looks=True, shows=False),
    "customers erase": acting("{customers}"),
    "teachers list": looking(),
    "teachers show": looking("{accounts}"),
    "teachers refresh": acting("{accounts}"),
    "teachers write-off": acting("{payments}", "--amount", "1", "--reference", "1", "--note", "so"),
    "payments list": looking(),
    "payments show": looking("{payments}"),
    "payments sync": acting("{payments}"),
    "payments accept": acting("{payments}", "--note", "so"),
    "payments refund": acting("{payments}", "--note", "so"),
    "refunds queue": looking(),
    "refunds show": looking("{refund_requests}"),
    "refunds review": Trait(runs=False),
    "refunds list": looking(),
    "refunds sent": looking(),
    "refunds approve": acting("{refund_requests}"),
    "refunds reject": acting("{refund_requests}", "--note", "so"),
    "refunds process": acting("{refund_requests}"),
    "refunds again": acting("{refunds}"),
    "transfers list": looking(),
    "transfers show": looking("{transfers}"),
    "transfers hold": acting("{transfers}"),
    "transfers release": acting("{transfers}"),
    "transfers retry": acting("{transfers}"),
    "credits list": looking(),
    "credits refund": acting("{payments}"),
    "credits paid-by-bank": acting("{payments}", "--reference", "1"),
    "analytics": looking(),
    "analytics what-if": looking(),
    "analytics rebuild": Trait(),
    "books verify": looking("--no-stripe"),
    "books balance": looking(),
    "books statement": looking("stripe_balance"),
    "export": Trait(("payments", "--from", "2026-03-01", "--to", "2026-04-01"), looks=True, shows=False),
    "receipts show": Trait(("{payments}",)),
    "statements show": Trait(("anna", "--month", "2026-03")),
    "alarms list": looking("--not-open"),
    "alarms show": Trait(("nothing",)),
    "alarms clear": acting("nothing"),
    "outbox list": looking(),
    "outbox show": looking("{effects}"),
    "outbox retry": acting("{effects}"),
    "outbox resolve": Trait(("{effects}", "--found-as", "re_1")),
    "outbox abandon": acting("{effects}"),
    "webhooks list": looking(),
    "webhooks show": looking("{webhook_events}"),
    "webhooks replay": acting("{webhook_events}"),
    "events": looking(),
    "subscriptions list": looking(),
    "subscriptions show": Trait(("sub_0",)),
    "subscriptions add": Trait(("https://host.example/hooks",)),
    "subscriptions rotate": Trait(("sub_0",)),
    "subscriptions test": Trait(("sub_0",)),
    "subscriptions pause": acting("sub_0"),
    "subscriptions resume": acting("sub_0"),
    "subscriptions remove": acting("sub_0"),
    "messages list": looking(),
    "messages show": Trait(("msg_0",)),
    "messages redeliver": acting("msg_0"),
    "serve": SERVES,
    "worker": SERVES,
    "db upgrade": Trait(missing=0),
    "db check": Trait(looks=True, behind=1),
    "db backup": Trait(("copy.db",), behind=0, locked=BUSY),
    "db restore": Trait(("nothing.db",), behind=INVALID, locked=INVALID),
    "settings": replace(NEEDS_NO_DATABASE, looks=True),
    "sandbox serve": SERVES,
    "login": Trait(),
    "logout": replace(NEEDS_NO_DATABASE, unreadable=0),
    "whoami": Trait(),
    "tokens issue": replace(NEEDS_NO_DATABASE, arguments=("--role", "student", "--person", "ben")),
}


def completed(trait: Trait, folder: Path) -> list[str]:
    """The arguments, with the names of rows of the demo that is kept there."""
    with closing(sqlite3.connect(folder / "demo.db")) as connection:

        def name(argument: str) -> str:
            if not argument.startswith("{"):
                return argument
            return str(connection.execute(f"SELECT min(id) FROM {argument[1:-1]}").fetchone()[0])  # noqa: S608 - ours

        return [name(argument) for argument in trait.arguments]
