"""A teacher's monthly statement: what was earned, what went back, what was sent, and what is left.

It is drawn from the books alone: every entry of the month that moves what is payable to the teacher or what the teacher
owes. A month that is closed stays as it is; what is corrected later stands in a later statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from linguapay_core.domain import postings
from linguapay_core.domain.closing import Closing, Kept
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.identifiers import PaymentId, PersonId
from linguapay_core.domain.ledger import Account, Balances, Entry, Kind
from linguapay_core.domain.money import Currency, Money
from linguapay_core.domain.people import Person
from linguapay_core.domain.period import Period

WORDS: Final[Mapping[str, str]] = {
    postings.SETTLED: "earned",
    postings.REFUND_RESERVED: "refund to the student",
    postings.REFUND_RELEASED: "refund that came to nothing",
    postings.TRANSFER_RESERVED: "sent to your account",
    postings.TRANSFER_RELEASED: "not sent after all",
    postings.NETTED: "kept back for what you owe",
    postings.WRITTEN_OFF: "not claimed from you any more",
    postings.WRITE_OFF_UNDONE: "claimed from you again",
}
"""What happened, in words for a teacher; cash that moves a teacher's accounts is money that was sent and came back."""

CAME_BACK: Final = "came back from your account"


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a line of a statement is about."""

    payment_id: PaymentId
    title: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry of the books, by what it changed: ``payable`` is due to the teacher, ``owed`` is due from the teacher.

    ``stripe_id`` is the transfer's at Stripe, where one moved the money.
    """

    at: datetime
    what: str
    subject: str
    payment_id: PaymentId
    payable: Money
    owed: Money
    lesson: Lesson | None = None
    stripe_id: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is due to the teacher, and from the teacher, at one moment."""

    payable: Money
    owed: Money

    @property
    def balance(self) -> Money:
        """What is due to the teacher when what is owed has been taken off."""
        return self.payable - self.owed


@dataclass(frozen=True, slots=True)
class CurrencyStatement:
    """The month in one currency: ``opening``, moved by each of the ``lines``, is ``closing``."""

    opening: Standing
    lines: tuple[StatementLine, ...]
    closing: Standing


@dataclass(frozen=True, slots=True)
class Statement:
    """A teacher's month. ``number`` counts the teacher's months from the first one on, so none is missing."""

    number: int
    teacher: Person
    period: Period
    closed_at: datetime
    currencies: tuple[CurrencyStatement, ...]

    @property
    def called(self) -> str:
        """Show the number as ``S-003``."""
        return f"S-{self.number:03d}"


def number_of(month: Period, first: date) -> int:
    """Which of a teacher's statements this month's is, where the first entry was kept on that day.

    Raises ``Refused`` for a month before it.
    """
    number = 12 * (month.starts_on.year - first.year) + month.starts_on.month - first.month + 1
    if number < 1:
        raise Refused(
            "nothing_to_state",
            "The books had nothing of this teacher in that month.",
            way_out=f"The first statement is that of {first:%Y-%m}.",
        )
    return number


def in_currencies(
    teacher_id: PersonId, kept: Iterable[Kept], opened: Closing, closed: Closing
) -> tuple[CurrencyStatement, ...]:
    """What the entries of a teacher come to between two closings, in each currency that occurs up to the later one."""
    before: list[Entry] = []
    within: list[Entry] = []
    for one in kept:
        if one.place < closed.place:
            (before if one.place < opened.place else within).append(one.entry)
    currencies = {leg.amount.currency for entry in (*before, *within) for leg in entry.legs}
    return tuple(
        _in_currency(teacher_id, Balances(currency).after(before), within) for currency in sorted(currencies, key=str)
    )


def _in_currency(teacher_id: PersonId, opening: Balances, entries: Iterable[Entry]) -> CurrencyStatement:
    books, lines = opening, list[StatementLine]()
    for entry in entries:
        now = books.after([entry])
        lines += _line(teacher_id, entry, _standing(teacher_id, books), _standing(teacher_id, now))
        books = now
    return CurrencyStatement(_standing(teacher_id, opening), tuple(lines), _standing(teacher_id, books))


def _line(teacher_id: PersonId, entry: Entry, before: Standing, after: Standing) -> Iterator[StatementLine]:
    payable, owed = after.payable - before.payable, after.owed - before.owed
    if payable or owed:
        payment_id = _earning_or_owing(teacher_id, entry, payable.currency)
        what = CAME_BACK if entry.cash else WORDS[entry.what]
        yield StatementLine(entry.at, what, str(entry.subject), payment_id, payable, owed)


def _earning_or_owing(teacher_id: PersonId, entry: Entry, currency: Currency) -> PaymentId:
    """The payment of whose money an entry moves the teacher's; of two, the one that earned."""
    theirs = (leg for leg in entry.legs if teacher_id in {leg.debit.owner, leg.credit.owner})
    return next(leg.payment_id for leg in theirs if leg.payment_id and leg.amount.currency == currency)


def _standing(teacher_id: PersonId, books: Balances) -> Standing:
    payable, owed = (books[Account(kind, teacher_id)] for kind in (Kind.TEACHER_PAYABLE, Kind.TEACHER_RECEIVABLE))
    return Standing(payable, owed)


def described(
    statement: CurrencyStatement, lessons: Mapping[PaymentId, Lesson], stripe_ids: Mapping[str, str]
) -> CurrencyStatement:
    """The same, with the lesson of each line, and the identifiers at Stripe of the transfers among the subjects."""
    lines = tuple(
        replace(line, lesson=lessons[line.payment_id], stripe_id=stripe_ids.get(line.subject, ""))
        for line in statement.lines
    )
    return replace(statement, lines=lines)
