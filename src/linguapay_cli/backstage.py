"""What the commands need and don't make themselves: ``main`` gives them what the composition root makes.

Typer hands it to each command in its context; ``backstage_of`` takes it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

import typer

if TYPE_CHECKING:
    from linguapay_core.application import LinguaPay
    from linguapay_core.domain.export import Export, Part
    from linguapay_core.domain.machine import Role
    from linguapay_core.domain.receipt import Receipt
    from linguapay_core.domain.statement import Statement
    from linguapay_core.reading import Reading


class Desk(Protocol):
    """Where an administrator sits: LinguaPay as the settings say."""

    @property
    def linguapay(self) -> LinguaPay:
        """The use cases."""
        ...

    @property
    def stripe(self) -> object | None:
        """The sandbox that plays Stripe, if it does."""
        ...


class ReadingDesk(Protocol):
    """Where one only reads."""

    @property
    def linguapay(self) -> Reading:
        """What may be asked."""
        ...


class Setting(Protocol):
    """A variable that is read; a secret's value is masked."""

    @property
    def variable(self) -> str:
        """Its name."""
        ...

    @property
    def value(self) -> str:
        """What it is set to, or its default."""
        ...

    @property
    def origin(self) -> str:
        """Where it is set: ``environment``, ``.env``, the variable that names its file, or ``default``."""
        ...

    @property
    def default(self) -> str:
        """What it is where nobody sets it."""
        ...

    @property
    def meaning(self) -> str:
        """What it is for."""
        ...


class Finding(Protocol):
    """One thing that must hold of the database."""

    @property
    def rule(self) -> str:
        """What it is about."""
        ...

    @property
    def holds(self) -> bool:
        """Whether it does."""
        ...

    @property
    def found(self) -> str:
        """What was found."""
        ...


class StageClock(Protocol):
    """A clock that stands still until it is moved."""

    def now(self) -> datetime:
        """The instant at which it stands."""
        ...

    def move_to(self, at: datetime) -> None:
        """Stand at this instant, which isn't before the present one."""
        ...

    def advance(self, by: timedelta) -> None:
        """Go on by this much."""
        ...


class StageBrowser(Protocol):
    """The student's browser, which alone sees cards."""

    def enter_card(self, number: str) -> str:
        """Type a card into Stripe's form; the answer is the payment method's id."""
        ...

    def pay(self, client_secret: str, payment_method: str) -> Mapping[str, Any]:
        """Confirm an intent; the answer is the intent as Stripe shows it, or the error."""
        ...

    def answer_challenge(self, intent_id: str, *, succeeds: bool = True) -> None:
        """Do what the card's bank asks for at 3-D Secure."""
        ...


class StageStripe(Protocol):
    """What teachers do at Stripe's own pages."""

    def complete_onboarding(self, account_id: str) -> None:
        """Answer all that Stripe asks the owner of a connected account."""
        ...


@dataclass(frozen=True, slots=True)
class Stage:
    """LinguaPay on nothing but Python, and what a story needs beside: time, a browser, Stripe's pages, a worker.

    ``work`` lets the worker work until nothing is left to do, and tells how much was done by each of its steps.
    """

    linguapay: LinguaPay
    clock: StageClock
    browser: StageBrowser
    stripe: StageStripe
    work: Callable[[], Mapping[str, int]]


class Backstage(Protocol):
    """What runs a house rather than a lesson."""

    def stage(self, keep: Path | None) -> AbstractContextManager[Stage]:
        """A stage for a story; ``keep`` is the SQLite file in which it stays, instead of in memory."""
        ...

    def desk(self) -> AbstractContextManager[Desk]:
        """The desk that the settings describe, on a database that is there.

        Raises ``Invalid`` for settings that can't be, and ``Refused`` for a database that must be upgraded.
        """
        ...

    def reading(self) -> AbstractContextManager[ReadingDesk]:
        """A desk at which one only reads: it opens at once, and it asks nobody but the database. Raises as ``desk``."""
        ...

    def settings(self) -> Sequence[Setting]:
        """Every variable, and where it is set. Raises ``Invalid`` for settings that can't be."""
        ...

    def upgrade_database(self) -> str:
        """Bring the database to this version's schema; the answer is its revision. Raises ``Refused`` and ``Busy``."""
        ...

    def check_database(self) -> Sequence[Finding]:
        """Whether the database is as it must be: its schema, its files, its rights.

        Raises ``Invalid`` for what is no database, and ``Busy`` if it can't now.
        """
        ...

    def back_up(self, out: Path, seen: Callable[[float], None]) -> Sequence[Path]:
        """Copy the database as it is at one moment, while it is written to; the answer is the files that were made.

        ``seen`` is told how much is done, from 0 to 1. Raises ``Invalid`` for a file that can't be made or is there,
        and ``Refused`` where PostgreSQL's program is missing.
        """
        ...

    def restore(self, backup: Path, seen: Callable[[float], None], *, replace: bool) -> Sequence[Path]:
        """Put a backup in the place of a new database, or of what is there if it may be replaced; all of it or nothing.

        The answer is the backup's files. Raises ``Invalid`` where there is none, and ``Refused`` for a damaged one, for
        one of another kind of database, and for a database that isn't empty.
        """
        ...

    def served_sandbox(self, host: str, port: int) -> AbstractContextManager[str]:
        """The sandbox as a server; yields its URL."""
        ...

    def plays_stripe(self) -> bool:
        """Whether the settings let the sandbox play Stripe. Raises ``Invalid`` for settings that can't be."""
        ...

    def serve(self, host: str, port: int, *, worker: bool, announce: Callable[[str], None]) -> None:
        """Run the service until it is told to stop; ``announce`` is given its URL before it starts.

        Raises whatever keeps it from starting.
        """
        ...

    def work(self, stop: Event) -> None:
        """Let a worker work until it is told to stop, and log what goes wrong.

        Raises whatever keeps it from starting: ``Refused`` where another has the only turn.
        """
        ...

    def write_export(self, export: Export, form: str, out: BinaryIO, seen: Callable[[Part], None]) -> None:
        """Write an export as ``csv`` or ``parquet``; ``seen`` is told of each part.

        Raises ``Refused`` where the package that writes it isn't installed.
        """
        ...

    def draw(self, told: Receipt | Statement, form: str) -> bytes:
        """Draw a receipt or a statement as ``html`` or ``pdf``. Raises ``Refused`` as above."""
        ...

    def issue_token(self, person: str, roles: frozenset[Role], lives: timedelta) -> str:
        """A token for development. Raises ``Refused`` where only the host platform can sign them."""
        ...


class _Given:
    """Holds what Typer carries from ``main`` to a command: contexts look objects up by class."""

    def __init__(self, backstage: Backstage) -> None:
        self.backstage = backstage


def given(backstage: Backstage) -> object:
    """What to hand to Typer as its context's object."""
    return _Given(backstage)


def backstage_of(context: typer.Context) -> Backstage:
    """What ``main`` handed over."""
    found = context.find_object(_Given)
    assert found is not None, "main hands the backstage to Typer"
    return found.backstage
