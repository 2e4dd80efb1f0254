"""What must always hold of one booking's books. Each check tells what breaks the rule that it keeps.

The checks read records, entries and events that were stored, and trust none of them to agree with another.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.effect import EffectState
from linguapay_core.domain.ledger import (
    BANK,
    CHARGE_CLEARING,
    ESCROW,
    PLATFORM_FEE,
    REFUND_CLEARING,
    TRANSFER_CLEARING,
    Account,
    Balances,
    Entry,
    Kind,
)
from linguapay_core.domain.money import Money
from linguapay_core.domain.payment import CAPTURED, Payment, PaymentState
from linguapay_core.domain.postings import (
    REFUND_RELEASED,
    REFUND_RESERVED,
    SETTLED,
    TRANSFER_RESERVED,
    WRITE_OFF_UNDONE,
    WRITTEN_OFF,
)
from linguapay_core.domain.refund import CAME_TO_NOTHING, Refund, RefundState
from linguapay_core.domain.rules_of_the_books import Breach, Rule
from linguapay_core.domain.story import Story
from linguapay_core.domain.transfer import Transfer, TransferState

UNRESOLVED: Final = timedelta(days=7)
"""How long a call may be owed, or a movement wait for its cash, before that is a breach."""


Check = Callable[[Story, Payment, datetime], Iterator[str]]


def _right_sides(story: Story, payment: Payment, _at: datetime) -> Iterator[str]:
    books = Balances(payment.currency)
    for entry in story.entries:
        books = books.after((entry,), payment.id)
        for account, held in books.wrong_sides():
            yield f"{account} stands at {held} after '{entry.key}'"


def _captured_adds_up(story: Story, payment: Payment, _at: datetime) -> Iterator[str]:
    books = story.books_of(payment)
    cash = [entry for entry in story.entries if entry.cash]
    teacher = (payment.payable, payment.receivable)
    sent = _debited(cash, payment, (TRANSFER_CLEARING,)) + _debited(cash, payment, teacher)
    refunded = _debited(cash, payment, (REFUND_CLEARING,))
    by_bank = _credited(story.entries, payment, BANK)
    found = (
        books[ESCROW]
        + books[payment.payable]
        - books[payment.receivable]
        + books[TRANSFER_CLEARING]
        + sent
        + books[PLATFORM_FEE]
        - books[Account(Kind.GOODWILL)]
        + books[REFUND_CLEARING]
        + refunded
        - books[Account(Kind.DISPUTE_HOLD)]
        - books[Account(Kind.BAD_DEBT)]
        + books[payment.student_credit]
        + by_bank
        + books[payment.netting]
    )
    captured = payment.counters.captured.total
    if found != captured:
        yield f"{captured} was captured, and {found} is accounted for"


def _asked_within_captured(story: Story, payment: Payment, _at: datetime) -> Iterator[str]:
    counters = payment.counters
    left = counters.captured - counters.reserved - counters.gone
    excused = any(alarm.rule == "adopted_refund_exceeds" for alarm in story.alarms)
    for name, part in (("price", left.price), ("fee", left.fee)):
        if part < part.zero and not excused:
            yield f"the {name} part is overspent by {-part}"


def _escrow_is_refundable(story: Story, payment: Payment, _at: datetime) -> Iterator[str]:
    held, left = story.books_of(payment)[ESCROW], payment.counters.left.total
    if held > left:
        yield f"{held} stands in escrow, and {left} is left to refund"


def _counters_equal_records(story: Story, payment: Payment, _at: datetime) -> Iterator[str]:
    counters, zero = payment.counters, Money(0, payment.currency)
    refunds = story.refunds_of(payment)
    transfers = story.transfers_of(payment)
    by_bank = _credited(story.entries, payment, BANK)
    waiting = (RefundState.RESERVED, RefundState.UNKNOWN, RefundState.PARKED)
    gone = [one for one in refunds if one.state in (RefundState.PENDING, RefundState.SUCCEEDED) or _not_returned(one)]
    owed = [one for one in refunds if one.returned_id and one.taken]
    reused = [one for one in refunds if one.of_credit]
    reversals = [reversal.amount for transfer in transfers for reversal in transfer.reversals]
    on_its_way = (TransferState.RESERVED, TransferState.UNKNOWN, TransferState.PARKED)
    for name, counter, records in (
        ("reserved", counters.reserved.total, _sum(refunds, zero, lambda one: one.state in waiting)),
        ("refunded", counters.refunded.total, _total(gone, zero) + by_bank),
        ("credit", counters.credit.total, _total(owed, zero) - _total(reused, zero) - by_bank),
        ("transfer_reserved", counters.transfer_reserved, _sent(transfers, zero, on_its_way)),
        ("transferred", counters.transferred, _sent(transfers, zero, (TransferState.CREATED,))),
        ("sent_back", counters.sent_back, sum(reversals, zero)),
    ):
        if counter != records:
            yield f"the counter {name} is {counter}, and the records say {records}"


def _teacher_adds_up(story: Story, payment: Payment, _at: datetime) -> Iterator[str]:
    books = story.books_of(payment)
    teacher = (payment.payable, payment.receivable)
    cash = [entry for entry in story.entries if entry.cash]
    shares = [entry for entry in story.entries if entry.what in (SETTLED, REFUND_RESERVED, REFUND_RELEASED)]
    earned = -_debited(shares, payment, teacher)
    given_up = [entry for entry in story.entries if entry.what in (WRITTEN_OFF, WRITE_OFF_UNDONE)]
    written_off = -_debited(given_up, payment, teacher)
    sent = _debited(cash, payment, (TRANSFER_CLEARING,)) + _debited(cash, payment, teacher)
    there = (
        books[payment.payable] - books[payment.receivable] + books[TRANSFER_CLEARING] + sent + books[payment.netting]
    )
    if earned + written_off != there:
        yield f"{earned + written_off} was earned, and {there} is payable, on its way, sent or netted"


def _clearing_is_explained(story: Story, payment: Payment, at: datetime) -> Iterator[str]:
    books, zero = story.books_of(payment), Money(0, payment.currency)
    uncashed = payment.state is PaymentState.SUCCEEDED and not payment.cash_id
    refunds = [one for one in story.refunds_of(payment) if not one.cash_id and not _undone(one)]
    transfers = [one for one in story.transfers_of(payment) if one.amount and not one.cash_id]
    for account, expected in (
        (CHARGE_CLEARING, payment.parts.total if uncashed else zero),
        (REFUND_CLEARING, _total(refunds, zero)),
        (TRANSFER_CLEARING, sum((one.amount for one in transfers), zero)),
    ):
        if books[account] != expected:
            yield f"{account} holds {books[account]}, and {expected} is on its way"
    if uncashed and payment.succeeded_at and at - payment.succeeded_at > UNRESOLVED:
        yield "its charge has waited too long for its balance transaction"


def _state_equals_books(story: Story, payment: Payment, _at: datetime) -> Iterator[str]:
    keys = {entry.key for entry in story.entries}
    for should, key in _expected_entries(story, payment, keys):
        if should != (key in keys):
            yield f"'{key}' is {'missing in' if should else 'in'} the books"
    cash = {entry.cash for entry in story.entries if entry.cash}
    for cash_id in filter(None, _seen_cash(story, payment)):
        if cash_id not in cash:
            yield f"balance transaction {cash_id} was seen and isn't booked"


def _expected_entries(story: Story, payment: Payment, keys: Container[str]) -> Iterator[tuple[bool, str]]:
    """Whether the books should have an entry, and its key. One that was undone and done again stays there."""
    yield payment.state is PaymentState.SUCCEEDED, f"payment {payment.id} succeeded"
    yield payment.state in (PaymentState.ACCEPTED, PaymentState.REFUNDED), f"payment {payment.id} recognised"
    if payment.settled_at is None:
        yield False, f"payment {payment.id} settled"
    for refund in story.refunds_of(payment):
        yield True, f"refund {refund.id} reserved"
        rejected, again = refund.state is RefundState.REJECTED, f"refund {refund.id} reserved again"
        found_after_all = again in keys
        yield rejected or found_after_all, f"refund {refund.id} released"
        yield found_after_all and not rejected, again
        yield _undone(refund) and not rejected, f"refund {refund.id} failed"
        yield bool(refund.returned_id and refund.taken), f"refund {refund.id} credited"
    for transfer in story.transfers_of(payment):
        if transfer.state not in (TransferState.SCHEDULED, TransferState.ON_HOLD, TransferState.CANCELLED):
            yield True, f"transfer {transfer.id} reserved {transfer.reservations}"


def _seen_cash(story: Story, payment: Payment) -> Iterator[str]:
    """The balance transactions that records have seen."""
    yield payment.cash_id
    for refund in story.refunds_of(payment):
        yield from (refund.cash_id, refund.returned_id)
    for transfer in story.transfers_of(payment):
        yield transfer.cash_id
        yield from (reversal.cash_id for reversal in transfer.reversals)


def _earned_in_time(story: Story, payment: Payment, _at: datetime) -> Iterator[str]:
    booking = story.booking
    closed = booking.state in (BookingState.COMPLETED, BookingState.CANCELLED)
    if payment.holds_booking and payment.state in CAPTURED and closed != (payment.settled_at is not None):
        yield f"the booking is {booking.state}, and its escrow is {'not ' if closed else ''}settled"
    for entry in story.entries:
        if entry.subject == payment.id and entry.what == SETTLED and not booking.closed_at:
            yield "the escrow was settled while the booking was open"
        first = payment.settled_at and payment.settled_at + booking.deadlines.protection
        if entry.what == TRANSFER_RESERVED and entry.payments == {payment.id} and (not first or entry.at < first):
            yield f"'{entry.key}' came before the protection period was over"


def _escrow_is_settled(story: Story, payment: Payment, _at: datetime) -> Iterator[str]:
    held = story.books_of(payment)[ESCROW]
    left_over = _sum(story.refunds_of(payment), Money(0, payment.currency), lambda one: one.state in CAME_TO_NOTHING)
    if payment.settled_at is not None and held > left_over:
        yield f"{held} stands in escrow after it was settled, and refunds left {left_over}"


def _refunds_name_their_reason(story: Story, payment: Payment, _at: datetime) -> Iterator[str]:
    requests = {request.id: request for request in story.requests}
    for refund in story.refunds_of(payment):
        if not refund.rule:
            yield f"{refund.id} names no rule"
        if refund.request_id is not None and refund.request_id not in requests:
            yield f"{refund.id} names a request that isn't there"
        approved = any(
            event.subject == refund.request_id and getattr(event.fact, "missing", None) == 0 for event in story.events
        )
        if refund.request_id is not None and not approved:
            yield f"{refund.id} executes a request that nobody approved"


def _nothing_forgotten(story: Story, payment: Payment, at: datetime) -> Iterator[str]:
    alarmed = {alarm.subject for alarm in story.alarms}
    for effect in story.effects:
        if effect.payment_id != payment.id:
            continue
        if effect.state is EffectState.PARKED and not {effect.id, effect.subject} & alarmed:
            yield f"{effect.id} is parked without an alarm"
        if effect.open and effect.state is not EffectState.PARKED and at - effect.due_at > UNRESOLVED:
            yield f"{effect.id} has been due since {effect.due_at:%Y-%m-%d %H:%M} UTC"


PASSING: Final = frozenset(
    {
        PaymentState.CREATING,
        PaymentState.CREATING_UNKNOWN,
        PaymentState.CANCELLING,
        RefundState.RESERVED,
        RefundState.UNKNOWN,
        TransferState.RESERVED,
        TransferState.UNKNOWN,
    }
)
"""The states that last no longer than it takes Stripe to answer."""


def _nothing_stuck(story: Story, payment: Payment, at: datetime) -> Iterator[str]:
    begun = [
        (payment.id, payment.state, payment.started_at),
        *((one.id, one.state, one.reserved_at) for one in story.refunds_of(payment)),
        *((one.id, one.state, one.pay_at) for one in story.transfers_of(payment)),
    ]
    for identifier, state, since in begun:
        if state in PASSING and at - since > UNRESOLVED:
            yield f"{identifier} has been {state} since {since:%Y-%m-%d %H:%M} UTC"


CHECKS: Final[Mapping[Rule, Check]] = {
    Rule.RIGHT_SIDES: _right_sides,
    Rule.CAPTURED_ADDS_UP: _captured_adds_up,
    Rule.ASKED_WITHIN_CAPTURED: _asked_within_captured,
    Rule.ESCROW_IS_REFUNDABLE: _escrow_is_refundable,
    Rule.COUNTERS_EQUAL_RECORDS: _counters_equal_records,
    Rule.TEACHER_ADDS_UP: _teacher_adds_up,
    Rule.CLEARING_IS_EXPLAINED: _clearing_is_explained,
    Rule.STATE_EQUALS_BOOKS: _state_equals_books,
    Rule.EARNED_IN_TIME: _earned_in_time,
    Rule.ESCROW_IS_SETTLED: _escrow_is_settled,
    Rule.REFUNDS_NAME_THEIR_REASON: _refunds_name_their_reason,
    Rule.NOTHING_FORGOTTEN: _nothing_forgotten,
    Rule.NOTHING_STUCK: _nothing_stuck,
}
"""Every check of one payment, by the rule that it keeps."""


def breaches(story: Story, *, at: datetime) -> tuple[Breach, ...]:
    """All that doesn't hold of one booking."""
    found = [
        Breach(rule, payment.id, what)
        for payment in story.payments
        for rule, check in CHECKS.items()
        for what in check(story, payment, at)
    ]
    kept = [one for one in story.payments if one.counters.left]
    if len(kept) > 1:
        ids = ", ".join(one.id for one in kept)
        found.append(Breach(Rule.ONE_PAYMENT_PER_BOOKING, story.booking.id, f"{ids} are all captured and not refunded"))
    return tuple(found)


def _undone(refund: Refund) -> bool:
    """Whether a refund came to nothing before cash moved, so that what was taken for it has been put back."""
    return not refund.taken


def _not_returned(refund: Refund) -> bool:
    return refund.state is RefundState.FAILED and bool(refund.taken) and not refund.returned_id


def _total(refunds: Iterable[Refund], zero: Money) -> Money:
    return sum((refund.amount for refund in refunds), zero)


def _sum(refunds: Iterable[Refund], zero: Money, chosen: Callable[[Refund], bool]) -> Money:
    return _total((refund for refund in refunds if chosen(refund)), zero)


def _sent(transfers: Iterable[Transfer], zero: Money, states: Sequence[TransferState]) -> Money:
    return sum((one.amount for one in transfers if one.state in states), zero)


def _debited(entries: Iterable[Entry], payment: Payment, accounts: Sequence[Account]) -> Money:
    """What these entries took out of these accounts, less what they put in."""
    total = Money(0, payment.currency)
    for entry in entries:
        for leg in entry.legs:
            if leg.payment_id == payment.id:
                total += leg.amount if leg.debit in accounts else total.zero
                total -= leg.amount if leg.credit in accounts else total.zero
    return total


def _credited(entries: Iterable[Entry], payment: Payment, account: Account) -> Money:
    return -_debited(entries, payment, (account,))
