"""What the commands need and don't make themselves: ``main`` gives them what the composition root makes.

Typer hands it to each command in its context; ``backstage_of`` takes it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol

import typer

if TYPE_CHECKING:
    from linguapay_core.application import LinguaPay
    from linguapay_core.domain.machine import Role


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

    def upgrade_database(self) -> str:
        """Bring the database to this version's schema; the answer is its revision."""
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
