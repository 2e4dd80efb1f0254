"""Decisions and books as a person reads them: one line per leg, one tuple per fact, one column per account."""

from collections.abc import Iterable
from datetime import datetime

from linguapay_core.domain.decision import Decision, Event
from linguapay_core.domain.events.fact import Fact
from linguapay_core.domain.ledger import Account, Balances, Entry, Kind
from linguapay_core.domain.money import USD
from linguapay_core.testing.builders import ANNA, BEN

OWNERS = {
    Kind.TEACHER_RECEIVABLE: ANNA,
    Kind.TEACHER_PAYABLE: ANNA,
    Kind.TEACHER_NETTING: ANNA,
    Kind.STUDENT_CREDIT: BEN,
}


def account(kind: str) -> Account:
    """Name an account by its kind alone: Anna teaches, Ben learns."""
    return Account(Kind(kind), OWNERS.get(Kind(kind)))


def legs(entries: Iterable[Entry]) -> list[str]:
    """Each leg as ``debit credit amount``, the owners left out."""
    return [f"{leg.debit.kind} {leg.credit.kind} {leg.amount.amount_minor}" for one in entries for leg in one.legs]


def keys(entries: Iterable[Entry]) -> list[str]:
    """The key of each entry."""
    return [one.key for one in entries]


def lines(text: str) -> list[str]:
    """The lines of an aligned table, each with single spaces."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def facts(decision: Decision[object]) -> list[Fact]:
    """What became true."""
    return [event.fact for event in decision.events]


def the_event(decision: Decision[object]) -> Event:
    """The only event."""
    (event,) = decision.events
    return event


def books(**held: int) -> Balances:
    """Balances in cents, by the accounts' kinds: ``books(escrow=3150)``."""
    return Balances(USD, {account(kind): minor for kind, minor in held.items()})


def held(balances: Balances) -> dict[str, int]:
    """What each account holds, by its kind."""
    return {one.kind.value: money.amount_minor for one, money in balances.items()}


def times(decision: Decision[object]) -> set[datetime]:
    """When it happened: its facts, and its entries but for those of cash, which keep Stripe's time."""
    booked = {entry.at for entry in decision.entries if not entry.key.startswith("cash ")}
    return booked | {event.at for event in decision.events}


def said(fact: Fact, by: str, at: datetime, why: str = "") -> tuple[Fact, str, datetime, str]:
    """A fact with who, when and why, to compare with ``events``."""
    return fact, by, at, why


def events(decision: Decision[object]) -> list[tuple[Fact, str, datetime, str]]:
    """Each fact with who, when and why. Each is of what was decided about, or of a record that changed."""
    about = {getattr(decision.record, name, None) for name in ("id", "subject")} - {None}
    assert {event.subject for event in decision.events} <= about | {one.id for one in decision.changed}
    return [(event.fact, str(event.by), event.at, event.why) for event in decision.events]
