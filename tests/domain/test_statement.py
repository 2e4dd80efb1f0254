"""A statement adds up: what it says is what the books say, entry by entry, for any history."""

from datetime import UTC, date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linguapay_core.domain.closing import Closing, Kept, Place
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.identifiers import PaymentId, TransferId
from linguapay_core.domain.ledger import (
    BAD_DEBT,
    ESCROW,
    REFUND_CLEARING,
    STRIPE_BALANCE,
    TRANSFER_CLEARING,
    Account,
    Balances,
    Kind,
    Leg,
)
from linguapay_core.domain.money import CURRENCIES, USD, Money
from linguapay_core.domain.people import Person
from linguapay_core.domain.period import month
from linguapay_core.domain.statement import (
    CAME_BACK,
    CurrencyStatement,
    Lesson,
    Standing,
    Statement,
    described,
    in_currencies,
    number_of,
)
from linguapay_core.testing.builders import ANNA, NOON, an_entry, usd

PAYABLE, OWED, NETTING = (
    Account(kind, ANNA) for kind in (Kind.TEACHER_PAYABLE, Kind.TEACHER_RECEIVABLE, Kind.TEACHER_NETTING)
)
MOVES = {
    "escrow settled": (ESCROW, PAYABLE),
    "refund reserved": (PAYABLE, REFUND_CLEARING),
    "refund released": (REFUND_CLEARING, PAYABLE),
    "transfer reserved": (PAYABLE, TRANSFER_CLEARING),
    "transfer released": (TRANSFER_CLEARING, PAYABLE),
    "cash: transfer_refund": (STRIPE_BALANCE, PAYABLE),
    "written off": (BAD_DEBT, OWED),
    "write-off undone": (OWED, BAD_DEBT),
}
"""What moves a teacher's money, and between which accounts."""


def kept(number: int, what: str, amount: Money, *more: Leg) -> Kept:
    """An entry that moves this much, at its place."""
    debit, credit = MOVES[what]
    leg = Leg(debit, credit, amount, PaymentId.of(1))
    cash = f"txn_{number}" if what.startswith("cash") else None
    return Kept(an_entry(leg, *more, key=f"entry {number}", what=what, cash=cash), (0, number))


def closed(place: Place) -> Closing:
    """A day that ends there."""
    return Closing("2030-01-01", 1, *place, NOON)


@st.composite
def histories(draw: st.DrawFn) -> list[Kept]:
    """Some entries, in two currencies."""
    currencies = st.sampled_from([USD, CURRENCIES["EUR"]])
    moves = draw(st.lists(st.tuples(st.sampled_from(sorted(MOVES)), st.integers(1, 5000), currencies), max_size=20))
    return [kept(number, what, Money(minor, of)) for number, (what, minor, of) in enumerate(moves, 1)]


@given(histories(), st.integers(0, 21), st.integers(0, 21))
def test_what_a_statement_says_is_what_the_books_say(history: list[Kept], one: int, other: int) -> None:
    begin, end = sorted((one, other))
    told = in_currencies(ANNA, history, closed((0, begin)), closed((0, end)))
    for statement in told:
        currency = statement.opening.payable.currency
        for standing, place in ((statement.opening, begin), (statement.closing, end)):
            books = Balances(currency).after([one.entry for one in history if one.place < (0, place)])
            assert standing == Standing(books[PAYABLE], books[OWED])
            assert standing.balance == books[PAYABLE] - books[OWED]
        nothing = Money(0, currency)
        assert sum((line.payable for line in statement.lines), nothing) + statement.opening.payable == (
            statement.closing.payable
        )
        assert sum((line.owed for line in statement.lines), nothing) + statement.opening.owed == statement.closing.owed
    shown = sum(len(statement.lines) for statement in told)
    assert shown == sum((0, begin) <= one.place < (0, end) for one in history)


@given(histories(), st.integers(0, 21), st.integers(0, 21))
def test_one_months_closing_is_the_next_ones_opening(history: list[Kept], one: int, other: int) -> None:
    middle, end = sorted((one, other))
    first = in_currencies(ANNA, history, closed((0, 0)), closed((0, middle)))
    opening = {told.opening.payable.currency: told.opening for told in second(history, middle, end)}
    assert all(opening[told.closing.payable.currency] == told.closing for told in first)


def second(history: list[Kept], middle: int, end: int) -> tuple[CurrencyStatement, ...]:
    """The later of two months."""
    return in_currencies(ANNA, history, closed((0, middle)), closed((0, end)))


def test_netting_is_a_line_that_lowers_both_sides() -> None:
    """Of the two lessons the line names the one that earned."""
    debt = Leg(NETTING, OWED, usd(500), PaymentId.of(2))
    earned = Leg(PAYABLE, NETTING, usd(500), PaymentId.of(1))
    entry = an_entry(earned, debt, what="netted against what the teacher owes", subject=TransferId.of(1))
    history = [kept(1, "escrow settled", usd(2000)), kept(2, "write-off undone", usd(500)), Kept(entry, (0, 3))]
    (told,) = in_currencies(ANNA, history, closed((0, 3)), closed((0, 4)))
    (line,) = told.lines
    assert (line.what, line.payable, line.owed) == ("kept back for what you owe", usd(-500), usd(-500))
    assert (line.payment_id, told.closing.balance) == (PaymentId.of(1), told.opening.balance)


def test_lines_speak_of_what_happened_and_of_the_lesson() -> None:
    history = [
        kept(1, "escrow settled", usd(2000)),
        kept(2, "cash: transfer_refund", usd(300)),
        kept(3, "write-off undone", usd(100)),
    ]
    (told,) = in_currencies(ANNA, history, closed((0, 0)), closed((0, 9)))
    assert [line.what for line in told.lines] == ["earned", CAME_BACK, "claimed from you again"]
    lesson = Lesson(PaymentId.of(1), "Polish", NOON)
    full = described(told, {PaymentId.of(1): lesson}, {PaymentId.of(1): "tr_1"})
    assert {(line.lesson, line.stripe_id) for line in full.lines} == {(lesson, "tr_1")}
    assert (full.opening, full.closing) == (told.opening, told.closing)
    assert {line.stripe_id for line in described(told, {PaymentId.of(1): lesson}, {}).lines} == {""}


def test_an_entry_that_leaves_the_teacher_as_before_is_no_line() -> None:
    through = Leg(PAYABLE, TRANSFER_CLEARING, usd(2000), PaymentId.of(1))
    (told,) = in_currencies(ANNA, [kept(1, "escrow settled", usd(2000), through)], closed((0, 0)), closed((0, 9)))
    assert told.lines == ()


@pytest.mark.parametrize(
    ("text", "first", "number"),
    [("2026-03", date(2026, 3, 31), 1), ("2026-04", date(2026, 3, 1), 2), ("2027-02", date(2026, 11, 5), 4)],
)
def test_statements_are_numbered_by_months_from_the_first_on(text: str, first: date, number: int) -> None:
    period = month(text, UTC)
    assert number_of(period, first) == number
    assert Statement(number, Person(ANNA, 1), period, NOON, ()).called == f"S-{number:03d}"


def test_before_the_first_month_there_is_nothing_to_state() -> None:
    with pytest.raises(Refused, match="first statement is that of 2026-03"):
        number_of(month("2026-02", UTC), date(2026, 3, 1))
