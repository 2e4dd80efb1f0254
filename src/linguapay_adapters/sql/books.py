"""What is only ever added: events, and the entries of the books with their legs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, ForeignKey, Identity, Table, select

from linguapay_adapters.sql import facts
from linguapay_adapters.sql.columns import (
    METADATA,
    WHOLE,
    Word,
    amounts,
    check,
    index,
    one_of,
    reference,
    when,
    whole,
    word,
)
from linguapay_adapters.sql.shape import AnyRow
from linguapay_core.domain.decision import Actor, Event
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.ledger import Account, Entry, Leg
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import Money


def _sequence() -> Column[Any]:
    return Column("sequence", WHOLE, Identity(always=True), primary_key=True)


events: Final = Table(
    "events",
    METADATA,
    _sequence(),
    word("subject"),
    word("name"),
    whole("fact_version"),
    word("fact"),
    word("role", Role),
    word("person"),
    when("at"),
    word("why"),
    one_of("role", Role),
    check("fact_version_positive", "fact_version >= 1"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
index(events, "of_subject", "subject")
index(events, "told", "name", "at")

entries: Final = Table(
    "entries",
    METADATA,
    _sequence(),
    Column("key", Word(str), unique=True, nullable=False),
    word("what"),
    word("subject"),
    when("at"),
    Column("cash", Word(str), unique=True, nullable=True),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)

index(entries, "written", "at")

legs: Final = Table(
    "legs",
    METADATA,
    _sequence(),
    Column("entry_key", Word(str), ForeignKey("entries.key"), nullable=False),
    word("debit"),
    word("credit"),
    *amounts("amount_minor"),
    reference("payment_id", PaymentId, "payments", null=True),
    check("moves_something", "amount_minor > 0"),
    check("between_two_accounts", "debit <> credit"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
index(legs, "of_entry", "entry_key")
index(legs, "of_payment", "payment_id")

IS_RECEIVABLE: Final = "BETWEEN 'teacher_receivable:' AND 'teacher_receivable:~'"
for _side in ("debit", "credit"):
    index(legs, f"of_receivable_{_side}", _side, only=f"{_side} {IS_RECEIVABLE}")

APPEND_ONLY: Final = (events, entries, legs)

LEG_COLUMNS: Final = tuple(legs.c[name] for name in ("debit", "credit", "currency", "amount_minor", "payment_id"))
"""What a leg is made of."""

ENTRIES_WITH_LEGS: Final = (
    select(*(entries.c[name] for name in ("key", "what", "subject", "at", "cash")), *LEG_COLUMNS)
    .join_from(entries, legs)
    .order_by(entries.c.sequence, legs.c.sequence)
)


def event_row(event: Event) -> dict[str, object]:
    """An event as a row."""
    return {
        "subject": event.subject,
        "name": event.fact.name,
        "fact_version": event.fact.version,
        "fact": facts.written(event.fact),
        "role": event.by.role,
        "person": event.by.person,
        "at": event.at,
        "why": event.why,
    }


def event(row: AnyRow) -> Event:
    """A row as an event."""
    return Event(
        row.subject, facts.read(row.name, row.fact_version, row.fact), Actor(row.role, row.person), row.at, row.why
    )


def entry_row(entry: Entry) -> dict[str, object]:
    """An entry as a row, without its legs."""
    return {"key": entry.key, "what": entry.what, "subject": entry.subject, "at": entry.at, "cash": entry.cash}


def leg_rows(entry: Entry) -> list[dict[str, object]]:
    """The legs of an entry as rows."""
    return [
        {
            "entry_key": entry.key,
            "debit": str(leg.debit),
            "credit": str(leg.credit),
            "currency": leg.amount.currency,
            "amount_minor": leg.amount.amount_minor,
            "payment_id": leg.payment_id,
        }
        for leg in entry.legs
    ]


def entries_of(connection: Connection, condition: ColumnElement[bool]) -> Iterator[Entry]:
    """The entries for which a condition holds, whole, in the order in which they were kept."""
    rows = connection.execute(ENTRIES_WITH_LEGS.where(condition))
    for _, group in groupby(rows, key=attrgetter("key")):
        yield entry(tuple(group))


def entry(lines: Sequence[AnyRow]) -> Entry:
    """The entry of these rows: itself, and a leg in each."""
    first = lines[0]
    return Entry(first.key, first.what, first.subject, first.at, tuple(map(_leg, lines)), first.cash)


def _leg(row: AnyRow) -> Leg:
    amount = Money(row.amount_minor, row.currency)
    return Leg(Account.parse(row.debit), Account.parse(row.credit), amount, row.payment_id)
