"""What is exported: a table of columns for each kind. Nothing here knows in which format it is written.

Every amount stands twice, in minor units and as a decimal of its currency, and every instant that decides about the
period twice, in UTC and as the day of the marketplace's calendar. Of the ledger no instant decides: an entry belongs to
the day on which it was kept, by its place in the store, and Stripe may have dated it before the period.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeAlias

from linguapay_core.domain import figures
from linguapay_core.domain.figures import Figure, Figures
from linguapay_core.domain.ledger import Entry, Leg
from linguapay_core.domain.listing import listing_of
from linguapay_core.domain.money import Currency, Money
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.period import Period
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.span import day_of
from linguapay_core.domain.transfer import Transfer

MINOR: Final = "_minor"
"""How a figure's name ends that is an amount."""

Cell: TypeAlias = str | int | Decimal | datetime | date | None
Row: TypeAlias = tuple[Cell, ...]


class Type(StrEnum):
    """What a column holds. An empty text is nothing, and stands as such."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    INSTANT = "instant"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what it holds and means, and how it is taken from what a row is about, in a zone."""

    name: str
    type: Type
    meaning: str
    cell: Callable[[Any, tzinfo], Cell]


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of an export, and how far in the period it has come with them."""

    rows: tuple[Row, ...]
    reached_at: datetime


@dataclass(frozen=True, slots=True)
class Export:
    """A table that is read as it is written: its parts are there once, and in order."""

    columns: tuple[Column, ...]
    period: Period
    parts: Iterator[Part]


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One leg of an entry; legs are numbered from 1."""

    entry: Entry
    number: int
    leg: Leg


@dataclass(frozen=True, slots=True)
class DayFigures:
    """The figures of a day, in one currency."""

    on: date
    currency: Currency
    figures: Figures


def ledger_lines(entry: Entry) -> Iterator[LedgerLine]:
    """The rows that an entry makes."""
    for number, leg in enumerate(entry.legs, 1):
        yield LedgerLine(entry, number, leg)


def rows_of(columns: Sequence[Column], things: Sequence[object], zone: tzinfo) -> tuple[Row, ...]:
    """A row of these columns for each of these."""
    return tuple(tuple(column.cell(thing, zone) for column in columns) for thing in things)


def decimal(amount: Money) -> Decimal:
    """An amount in whole units of its currency, exactly, with as many digits after the point as the currency has."""
    digits = tuple(map(int, str(abs(amount.amount_minor))))
    return Decimal((int(amount.amount_minor < 0), digits, -amount.currency.exponent))


def text(name: str, meaning: str, of: Callable[[Any], object] | None = None) -> tuple[Column, ...]:
    """A column of text, of the field of this name unless it is said of what. Nothing stands for an empty one."""
    take = of or (lambda thing: getattr(thing, name))
    return (Column(name, Type.TEXT, meaning, lambda thing, _zone: str(take(thing) or "") or None),)


def amount(name: str, meaning: str, of: Callable[[Any], Money]) -> tuple[Column, ...]:
    """Two columns of an amount."""
    return (
        Column(f"{name}_minor", Type.INTEGER, f"{meaning}, in minor units", lambda one, _zone: of(one).amount_minor),
        Column(name, Type.DECIMAL, f"{meaning}, as a decimal", lambda one, _zone: decimal(of(one))),
    )


def at(name: str, meaning: str, of: Callable[[Any], datetime | None] | None = None) -> tuple[Column, ...]:
    """A column of instants, in UTC."""
    take = of or (lambda thing: getattr(thing, name))
    return (Column(name, Type.INSTANT, f"{meaning}, in UTC", lambda one, _zone: _in_utc(take(one))),)


def moment(name: str, meaning: str, of: Callable[[Any], datetime] | None = None) -> tuple[Column, ...]:
    """Two columns of an instant: in UTC, and its day in the marketplace's time zone."""
    take = of or (lambda thing: getattr(thing, name))
    day = f"{name.removesuffix('_at').removesuffix('at')}_on".lstrip("_")
    meant = f"{meaning}, the day in the marketplace's time zone"
    return (
        *at(name, meaning, take),
        Column(day, Type.DATE, meant, lambda one, zone: day_of(take(one), zone)),
    )


def _in_utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)


def _figure(figure: Figure) -> tuple[Column, ...]:
    """The columns of a figure: two of an amount, one of a count."""
    name = figure.name.removesuffix(MINOR)
    if name == figure.name:
        return (Column(name, Type.INTEGER, figure.meaning, lambda one, _zone: getattr(one.figures, name)),)
    return amount(name, figure.meaning, lambda one: Money(getattr(one.figures, figure.name), one.currency))


def _currency(of: Callable[[Any], Money]) -> tuple[Column, ...]:
    return text("currency", "ISO 4217 code of all amounts in the row", lambda thing: of(thing).currency.code)


def _reversed(transfer: Transfer) -> Money:
    return sum((one.amount for one in transfer.reversals), transfer.amount.zero)


PAYMENTS: Final[tuple[Column, ...]] = (
    *text("id", "the payment"),
    *text("booking_id", "the booking that it pays for"),
    *text("student_id", "who pays"),
    *text("teacher_id", "who teaches"),
    *text("mode", "`live`, or `test` where no real money moves", lambda one: "live" if one.live else "test"),
    *text("state", "where it stands now"),
    *moment("started_at", "when it was begun"),
    *at("succeeded_at", "when its money came"),
    *at("settled_at", "when the escrow was divided between teacher and platform"),
    *_currency(lambda one: one.parts.total),
    *amount("price_part", "the teacher's part of what was asked for", lambda one: one.parts.price),
    *amount("fee_part", "the platform's part of what was asked for", lambda one: one.parts.fee),
    *amount("total", "what was asked for", lambda one: one.parts.total),
    *amount("captured", "what came in", lambda one: one.counters.captured.total),
    *amount("reserved", "set aside for refunds under way", lambda one: one.counters.reserved.total),
    *amount("refunded", "given back", lambda one: one.counters.refunded.total),
    *amount("credit", "owed to the student by a refund that failed", lambda one: one.counters.credit.total),
    *amount("disputed", "withdrawn by disputes (none yet)", lambda one: one.counters.disputed.total),
    *amount("transferred", "sent to the teacher", lambda one: one.counters.transferred),
    *amount("sent_back", "came back of what was sent", lambda one: one.counters.sent_back),
    *text("card_brand", "the brand of the card"),
    *text("decline_code", "why the last card was declined"),
    *text("intent_id", "Stripe's PaymentIntent"),
    *text("charge_id", "Stripe's charge"),
    *text("cash_id", "Stripe's balance transaction of the charge"),
)

REFUNDS: Final[tuple[Column, ...]] = (
    *text("id", "the refund"),
    *text("payment_id", "the payment of which money goes back"),
    *text("booking_id", "the payment's booking"),
    *text("request_id", "the request that it executes"),
    *text("rule", "why: a request, or the rule that stands in place of one"),
    *text("state", "where it stands now"),
    *moment("reserved_at", "when its money was set aside"),
    *_currency(lambda one: one.amount),
    *amount("price_part", "the teacher's part", lambda one: one.parts.price),
    *amount("fee_part", "the platform's part", lambda one: one.parts.fee),
    *amount("total", "both parts", lambda one: one.amount),
    *text("failure_reason", "why it failed, in Stripe's words"),
    *text("stripe_id", "Stripe's refund"),
    *text("cash_id", "the balance transaction that took the money"),
    *text("returned_id", "the balance transaction that brought it back after a failure"),
)

TRANSFERS: Final[tuple[Column, ...]] = (
    *text("id", "the transfer"),
    *text("payment_id", "the payment whose earning it is"),
    *text("booking_id", "the payment's booking"),
    *text("teacher_id", "who receives it"),
    *text("state", "where it stands now"),
    *text("hold", "why it waits"),
    *moment("scheduled_at", "when it was planned"),
    *at("pay_at", "when it may be sent earliest"),
    *_currency(lambda one: one.amount),
    *amount("amount", "what is sent (nothing until it is reserved)", lambda one: one.amount),
    *amount("reversed", "what came back", _reversed),
    *text("stripe_id", "Stripe's transfer"),
    *text("cash_id", "the balance transaction that took the money"),
)

LEDGER: Final[tuple[Column, ...]] = (
    *text("entry", "the entry's key; its legs have it in common", lambda line: line.entry.key),
    Column("leg", Type.INTEGER, "the number of the leg within its entry", lambda line, _zone: line.number),
    *text("what", "what happened", lambda line: line.entry.what),
    *text("subject", "what it happened to", lambda line: line.entry.subject),
    *moment("at", "when it happened (of cash by Stripe, maybe before the period)", lambda line: line.entry.at),
    *text("debit", "the account that is debited", lambda line: line.leg.debit),
    *text("credit", "the account that is credited", lambda line: line.leg.credit),
    *_currency(lambda line: line.leg.amount),
    *amount("amount", "what moves", lambda line: line.leg.amount),
    *text("payment_id", "the payment whose money it is", lambda line: line.leg.payment_id),
    *text("cash_id", "the balance transaction that the entry books", lambda line: line.entry.cash),
)

FIGURES: Final[tuple[Column, ...]] = (
    Column("on", Type.DATE, "the day, in the marketplace's time zone", lambda one, _zone: one.on),
    *text("currency", "ISO 4217 code of the payments that are counted", lambda one: one.currency.code),
    *(column for figure in figures.FIGURES for column in _figure(figure)),
)

RECORDS: Final[Mapping[type[Any], tuple[Column, ...]]] = {Payment: PAYMENTS, Refund: REFUNDS, Transfer: TRANSFERS}
"""The columns of each type of records that can be exported."""


def instant_of(kind: type[Any]) -> str:
    """The field whose instant decides to which period a record of this type belongs. It never changes."""
    return listing_of(kind).times[0]
