"""Every store says alike where days end, which entries lie between two ends, and which receipts were numbered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from linguapay_core.domain.closing import START, Closing, Kept, Place, behind
from linguapay_core.domain.errors import Stale
from linguapay_core.domain.identifiers import BookingId, PaymentId, PersonId
from linguapay_core.domain.ledger import ESCROW, PLATFORM_FEE, REFUND_CLEARING, Account, Entry, Kind
from linguapay_core.domain.numbered_receipt import NumberedReceipt
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.testing.builders import ANNA, NOON, a_booking, a_leg, a_payment, an_entry
from linguapay_core.testing.keeping import begin_lesson, keep, raising, stored_payment

DAY: Final = timedelta(days=1)
FIRST: Final = date(2030, 1, 1)


def _keep(transactions: Transactions, *entries: Entry) -> None:
    """Store these entries, each in a transaction of its own."""
    for entry in entries:
        keep(transactions, stored_payment(transactions), entry)


def _place_before(transactions: Transactions, days: int, *, after: Place = START) -> Place:
    with transactions.begin() as transaction:
        return transaction.place_before(NOON + days * DAY, after=after)


def _numbered(count: int) -> tuple[Entry, ...]:
    return tuple(an_entry(key=f"entry {number}", at=NOON + number * DAY) for number in range(count))


def _whole(reports: Reports, until: Place) -> tuple[Kept, ...]:
    return tuple(reports.entries(START, until, limit=100))


def check_a_day_ends_before_the_first_entry_that_was_decided_later(
    transactions: Transactions, reports: Reports
) -> None:
    """And behind the last entry where none was; what is kept afterwards moves no place that was given."""
    assert _place_before(transactions, 0) == START
    begin_lesson(transactions)
    one, two, three = _numbered(3)
    _keep(transactions, one, two)
    end = _place_before(transactions, 2)
    assert [kept.entry for kept in _whole(reports, end)] == [one, two]
    _keep(transactions, three)
    assert [kept.entry for kept in _whole(reports, end)] == [one, two]
    assert _place_before(transactions, 2) == _whole(reports, _place_before(transactions, 9))[-1].place
    assert [kept.entry for kept in _whole(reports, _place_before(transactions, 1))] == [one]
    assert _place_before(transactions, 0) == _whole(reports, _place_before(transactions, 9))[0].place


def check_cash_ends_no_day(transactions: Transactions, reports: Reports) -> None:
    """Stripe's dates say nothing about when an entry was kept."""
    begin_lesson(transactions)
    one, two = _numbered(2)
    cash = an_entry(key="cash", at=NOON + 5 * DAY, cash="txn_1")
    _keep(transactions, one, cash, two)
    assert [kept.entry for kept in _whole(reports, _place_before(transactions, 1))] == [one, cash]


def check_a_day_ends_not_before_the_one_before_it(transactions: Transactions, reports: Reports) -> None:
    """Entries are looked for from the last end on, whatever lies before it."""
    begin_lesson(transactions)
    _keep(transactions, *_numbered(3))
    end = behind(_whole(reports, _place_before(transactions, 9))[-1].place)
    assert _place_before(transactions, 0, after=end) == end


def check_entries_are_read_in_parts_whole_and_in_order(transactions: Transactions, reports: Reports) -> None:
    """From a place that belongs to them up to one that doesn't; each with all its legs."""
    begin_lesson(transactions)
    entries = [*_numbered(4), an_entry(a_leg(), a_leg(debit=PLATFORM_FEE), key="two legs", at=NOON)]
    _keep(transactions, *entries)
    end, place, read = _place_before(transactions, 9), START, list[Entry]()
    while part := reports.entries(place, end, limit=2):
        read += [kept.entry for kept in part]
        place = behind(part[-1].place)
    assert read == entries
    assert reports.entries(end, end, limit=2) == ()


def check_the_first_entry_is_that_which_was_kept_first(transactions: Transactions, reports: Reports) -> None:
    """Whatever its own instant."""
    with transactions.begin() as transaction:
        assert transaction.first_entry() is None
    begin_lesson(transactions)
    late, early = an_entry(key="late", at=NOON + DAY), an_entry(key="early", at=NOON)
    _keep(transactions, late, early)
    with transactions.begin() as transaction:
        first = transaction.first_entry()
    assert first == _whole(reports, _place_before(transactions, 9))[0]
    assert first is not None
    assert first.entry == late


def check_a_teachers_entries_are_those_that_move_what_is_due(transactions: Transactions, reports: Reports) -> None:
    """What is payable to this teacher or owed by this teacher; nobody else's, and nothing of the escrow alone."""
    begin_lesson(transactions)
    other = PersonId("zoe")
    keep(transactions, a_booking(id=BookingId.of(2), teacher_id=other))
    theirs = a_payment(id=PaymentId.of(2), booking_id=BookingId.of(2), teacher_id=other, intent_id="pi_2")
    payable, receivable = (Account(kind, ANNA) for kind in (Kind.TEACHER_PAYABLE, Kind.TEACHER_RECEIVABLE))
    earned = an_entry(a_leg(debit=ESCROW, credit=payable), a_leg(debit=ESCROW, credit=PLATFORM_FEE), key="earned")
    owed = an_entry(a_leg(debit=receivable, credit=REFUND_CLEARING), key="owed", at=NOON + DAY)
    leg = a_leg(debit=ESCROW, credit=theirs.payable, payment_id=theirs.id)
    keep(transactions, theirs, an_entry(leg, key="of another"))
    _keep(transactions, an_entry(), earned, owed)
    end = _place_before(transactions, 9)
    kept = reports.entries_of_teacher(ANNA, end)
    assert [one.entry for one in kept] == [earned, owed]
    assert [one.entry for one in reports.entries_of_teacher(ANNA, kept[-1].place)] == [earned]
    assert reports.entries_of_teacher(PersonId("nobody"), end) == ()


def check_days_are_found_by_name_and_by_what_belongs_to_them(transactions: Transactions, reports: Reports) -> None:
    """A day before the first that was closed is as that one: nothing came to it."""
    with transactions.begin() as transaction:
        assert transaction.last_closing() is None
    assert reports.closing(FIRST) is None
    ends = ((0, 0), (0, 4), (0, 4), (2, 1))
    days = [Closing((FIRST + number * DAY).isoformat(), 0, *end, NOON) for number, end in enumerate(ends)]
    keep(transactions, *days)
    with transactions.begin() as transaction:
        last = transaction.last_closing()
    assert last is not None
    assert (last.id, last.place) == ("2030-01-04", (2, 1))
    found = [reports.closing(FIRST + number * DAY) for number in range(-1, 5)]
    assert [one and one.id for one in found] == [days[0].id, *(one.id for one in days), None]
    assert [reports.closed_on(place).day for place in ((0, 3), (0, 4), (1, 9), (2, 0))] == [2, 4, 4, 4]


def check_a_day_is_closed_once(transactions: Transactions, reports: Reports) -> None:
    """Who closes it as the second is stale."""
    keep(transactions, Closing(FIRST.isoformat(), 0, 0, 1, NOON))
    with raising(Stale):
        keep(transactions, Closing(FIRST.isoformat(), 0, 0, 2, NOON))
    found = reports.closing(FIRST)
    assert found is not None
    assert found.place == (0, 1)


def check_receipts_have_numbers_of_their_own(transactions: Transactions, reports: Reports) -> None:
    """Real money's and play money's apart; no number is given twice, and no payment gets two."""
    ours = NumberedReceipt(PaymentId.of(1), 0, live=True, number=1, numbered_at=NOON)
    test = NumberedReceipt(PaymentId.of(2), 0, live=False, number=7, numbered_at=NOON)
    assert reports.receipt(ours.id) is None
    with transactions.begin() as transaction:
        assert [transaction.receipts_given(live=live) for live in (True, False)] == [0, 0]
    keep(transactions, ours, test)
    for taken in (NumberedReceipt(PaymentId.of(3), 0, True, 1, NOON), NumberedReceipt(ours.id, 0, True, 2, NOON)):  # noqa: FBT003
        with raising(Stale):
            keep(transactions, taken)
    with transactions.begin() as transaction:
        assert [transaction.receipts_given(live=live) for live in (True, False)] == [1, 7]
    found = reports.receipt(ours.id)
    assert found is not None
    assert (found.called, found.numbered_at) == ("R-000001", NOON)


CLOSINGS_CONTRACT: Final[tuple[Callable[[Transactions, Reports], None], ...]] = (
    check_a_day_ends_before_the_first_entry_that_was_decided_later,
    check_cash_ends_no_day,
    check_a_day_ends_not_before_the_one_before_it,
    check_entries_are_read_in_parts_whole_and_in_order,
    check_the_first_entry_is_that_which_was_kept_first,
    check_a_teachers_entries_are_those_that_move_what_is_due,
    check_days_are_found_by_name_and_by_what_belongs_to_them,
    check_a_day_is_closed_once,
    check_receipts_have_numbers_of_their_own,
)
