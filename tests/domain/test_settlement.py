"""Where booking, payment, refund and transfer meet: what one's news means for the others."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from linguapay_core.domain import settlement as rules
from linguapay_core.domain.booking import Booking, BookingState
from linguapay_core.domain.decision import SYSTEM, Actor, Decision, Event
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.events.booking import (
    BookingCancelled,
    BookingCancelling,
    BookingCompleted,
    BookingExpired,
    BookingPaid,
    BookingPaymentEnded,
    ContestDecided,
)
from linguapay_core.domain.events.house import AlarmRaised
from linguapay_core.domain.events.payment import (
    PaymentCancelled,
    PaymentCancelling,
    PaymentFailed,
    PaymentQuarantined,
    PaymentUnknown,
)
from linguapay_core.domain.events.refund import (
    RefundCashed,
    RefundRejected,
    RefundRequestBlocked,
    RefundRequestDone,
    RefundRequestProcessed,
    RefundReserved,
    RefundSucceeded,
)
from linguapay_core.domain.events.transfer import (
    TransferHeld,
    TransferReleased,
    TransferScheduled,
)
from linguapay_core.domain.identifiers import PaymentId, RefundId, TextId, TransferId
from linguapay_core.domain.ledger import ESCROW, PLATFORM_FEE, Balances, entry, leg
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import CURRENCIES, Money, Parts
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.policies import FeePolicy, Policies
from linguapay_core.domain.quote import quote
from linguapay_core.domain.refund import Refund, RefundState
from linguapay_core.domain.refund_request import Approval, RefundRequest, RequestState
from linguapay_core.domain.seen import IntentStatus, RefundStatus
from linguapay_core.domain.settlement import Case
from linguapay_core.domain.transfer import LIFTED_BY_ITSELF, Hold, Reversal, Transfer, TransferState
from linguapay_core.testing.builders import (
    ANNA,
    BEN,
    CARLA,
    LESSON_AT,
    NOON,
    PARTS,
    a_booking,
    a_payment,
    a_refund,
    a_refund_request,
    a_succeeded_payment,
    a_transfer,
    an_account,
    an_event,
    usd,
)
from tests.domain import told
from tests.domain.reading import books, events, held, keys, legs, said, times
from tests.domain.reading import facts as facts_of

B, P, R, T = BookingState, PaymentState, RequestState, TransferState
BEN_ACTS, ANNA_ACTS, CARLA_ACTS = Actor(Role.STUDENT, BEN), Actor(Role.TEACHER, ANNA), Actor(Role.ADMIN, CARLA)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
OVER = LESSON_AT + HOUR
NEW_REFUND, NEW_TRANSFER = RefundId.of(8), TransferId.of(8)
PAID = a_succeeded_payment(version=1)
FULL = books(escrow=3150)


RecordT = TypeVar("RecordT")


def case(
    state: BookingState = B.PAID,
    payment: Payment = PAID,
    held: Balances = FULL,
    transfers: tuple[Transfer, ...] = (),
    **different: object,
) -> Case:
    """A case of the builders' lesson: paid, and nothing else happened, unless a test says so."""
    booking = a_booking(state=state, version=1, pay_by=NOON + 24 * HOUR, **different)
    return Case(booking, payment, held, transfers, NEW_REFUND, NEW_TRANSFER)


def the(kind: type[RecordT], decision: Decision[object]) -> RecordT:
    """The record of a kind among what changed."""
    (one,) = (one for one in decision.changed if isinstance(one, kind))
    return one


@pytest.mark.parametrize(
    ("before_start", "price", "fee"),
    [
        (24 * HOUR + SECOND, 3000, 150),
        (24 * HOUR, 3000, 150),
        (24 * HOUR - SECOND, 1500, 0),
        (6 * HOUR, 1500, 0),
        (6 * HOUR - SECOND, 0, 0),
        (SECOND, 0, 0),
    ],
    ids=str,
)
def test_a_student_who_cancels_gets_what_the_terms_say_and_the_fee_only_with_everything(
    before_start: timedelta, price: int, fee: int
) -> None:
    at = LESSON_AT - before_start
    decision = rules.cancel(case(), by=BEN_ACTS, at=at)
    why = "cancelled_by_student"
    assert decision.record == replace(case().booking, state=B.CANCELLED, closed_at=at)
    assert events(decision)[0] == said(BookingCancelled(price, fee), "student ben", at, why)
    counters = the(Payment, decision).counters
    assert counters.reserved == Parts(usd(price), usd(fee))
    assert the(Payment, decision).settled_at == at
    assert times(decision) == {at}
    kept = 3000 - price, 150 - fee
    if price:
        refund = the(Refund, decision)
        assert (refund.id, refund.rule, refund.parts) == (NEW_REFUND, why, Parts(usd(price), usd(fee)))
        assert str(decision.events[1].by) == "student ben"
        assert [one.subject for one in decision.effects] == [NEW_REFUND]
    assert [line for line in legs(decision.entries) if "refund_clearing" not in line] == [
        f"escrow {account} {amount}"
        for account, amount in zip(("teacher_payable", "platform_fee"), kept, strict=True)
        if amount
    ]
    transfers = [one for one in decision.changed if isinstance(one, Transfer)]
    assert [(one.id, one.pay_at) for one in transfers] == ([(NEW_TRANSFER, at + 72 * HOUR)] if kept[0] else [])
    assert not rules.cancel(replace(case(), booking=decision.record), by=BEN_ACTS, at=at)


def test_a_teacher_who_cancels_gives_everything_back_the_fee_included() -> None:
    decision = rules.cancel(case(), by=ANNA_ACTS, at=LESSON_AT - SECOND)
    assert events(decision)[0] == said(
        BookingCancelled(3000, 150), "teacher anna", LESSON_AT - SECOND, "cancelled_by_teacher"
    )
    refund = the(Refund, decision)
    assert (refund.rule, refund.parts) == ("cancelled_by_teacher", PARTS)
    assert keys(decision.entries) == [f"refund {NEW_REFUND} reserved"]
    assert not any(isinstance(one, Transfer) for one in decision.changed)


@pytest.mark.parametrize(
    ("student_share_bps", "before_start", "price", "fee"),
    [
        (0, 24 * HOUR, 2850, 150),
        (0, 6 * HOUR, 1500, 0),
        (5_000, 24 * HOUR, 2925, 150),
        (5_000, 6 * HOUR, 1500, 0),
    ],
)
def test_cancelling_counts_from_the_price_whoever_bears_the_fee(
    student_share_bps: int, before_start: timedelta, price: int, fee: int
) -> None:
    asked = quote(usd(3000), 60, Policies(fees=(FeePolicy(student_share_bps=student_share_bps),)))
    payment = replace(PAID, parts=asked.parts, counters=replace(PAID.counters, captured=asked.parts))
    parts = rules.cancellation_parts(a_booking(quote=asked), payment, by=Role.STUDENT, at=LESSON_AT - before_start)
    assert parts == Parts(usd(price), usd(fee))
    assert rules.cancellation_parts(a_booking(quote=asked), payment, by=Role.TEACHER, at=LESSON_AT) == asked.parts


def test_no_more_than_is_left_goes_back_when_cancelling() -> None:
    payment = replace(PAID, counters=replace(PAID.counters, refunded=Parts(usd(2000), usd(100))))
    for before_start, price, fee in ((24 * HOUR, 1000, 50), (6 * HOUR, 1000, 0)):
        parts = rules.cancellation_parts(a_booking(), payment, by=Role.STUDENT, at=LESSON_AT - before_start)
        assert parts == Parts(usd(price), usd(fee))


def test_cancelling_before_anything_was_paid_touches_no_payment() -> None:
    failed = a_payment(state=P.FAILED, holds_booking=False)
    decision = rules.cancel(case(B.CONFIRMED, failed, books()), by=BEN_ACTS, at=NOON)
    assert (decision.record.state, decision.changed) == (B.CANCELLED, (decision.record,))
    assert facts_of(decision) == [BookingCancelled(0, 0)]


def test_cancelling_while_paying_asks_stripe_once() -> None:
    paying = case(B.PAYING, a_payment(version=1), books())
    decision = rules.cancel(paying, by=BEN_ACTS, at=NOON)
    assert (decision.record.state, the(Payment, decision).state) == (B.CANCELLING, P.CANCELLING)
    assert [str(event.by) for event in decision.events] == ["student ben", "student ben"]
    assert [one.target for one in decision.effects] == ["pi_1"]
    assert not rules.cancel(replace(paying, booking=decision.record), by=BEN_ACTS, at=NOON)


def test_cancelling_what_has_begun_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        rules.cancel(case(), by=BEN_ACTS, at=LESSON_AT)
    assert refusal.value.rule == "lesson_started"


def test_pay_by_that_passes_while_paying_asks_stripe_to_cancel() -> None:
    paying = case(B.PAYING, a_payment(version=1), books())
    at = NOON + 24 * HOUR
    decision = rules.pay_by_passed(paying, at=at)
    assert (decision.record.state, the(Payment, decision).state) == (B.CANCELLING, P.CANCELLING)
    assert events(decision) == [
        said(BookingCancelling(), "clock", at, "unpaid"),
        said(PaymentCancelling(), "clock", at),
    ]
    assert not rules.pay_by_passed(replace(paying, booking=decision.record, payment=the(Payment, decision)), at=at)


def test_completing_divides_the_escrow_and_plans_the_transfer_after_the_protection() -> None:
    decision = rules.complete(case(), by=ANNA_ACTS, at=OVER)
    assert decision.record.state is B.COMPLETED
    assert facts_of(decision) == [BookingCompleted(), TransferScheduled(PAID.id, OVER + 72 * HOUR)]
    assert the(Payment, decision) == replace(PAID, settled_at=OVER)
    assert legs(decision.entries) == ["escrow teacher_payable 3000", "escrow platform_fee 150"]
    assert the(Transfer, decision).pay_at == OVER + 72 * HOUR
    assert the(Transfer, decision).scheduled_at == OVER
    assert not rules.complete(replace(case(), booking=decision.record), by=ANNA_ACTS, at=OVER)


@pytest.mark.parametrize(
    ("absent", "state", "why", "refunded"),
    [
        (None, B.COMPLETED, "grace_over", False),
        (Role.STUDENT, B.COMPLETED, "student_absent", False),
        (Role.TEACHER, B.CANCELLED, "teacher_absent", True),
    ],
)
def test_the_end_of_grace_pays_the_teacher_or_the_student_of_an_absent_one(
    absent: Role | None, state: BookingState, why: str, refunded: bool
) -> None:
    at = OVER + 24 * HOUR
    now = case(absent=absent)
    decision = rules.grace_passed(now, at=at)
    assert (decision.record.state, decision.events[0].why, str(decision.events[0].by)) == (state, why, "clock")
    if refunded:
        assert facts_of(decision)[0] == BookingCancelled(3000, 150)
        assert (the(Refund, decision).rule, the(Refund, decision).parts) == ("teacher_absent", PARTS)
        assert str(decision.events[1].by) == "clock"
    else:
        assert legs(decision.entries) == ["escrow teacher_payable 3000", "escrow platform_fee 150"]
    assert the(Payment, decision).settled_at == at
    assert not rules.grace_passed(replace(now, booking=decision.record), at=at)


def decide(now: Case, amount: Money, events: Iterable[Event] = (), *, cancelled: bool) -> Decision[Booking]:
    """Carla decides."""
    return rules.decide_contest(now, events, amount, TextId.of(1), cancelled=cancelled, by=CARLA_ACTS, at=OVER)


@pytest.mark.parametrize("cancelled", [True, False])
@pytest.mark.parametrize("amount", [0, 1050, 3150])
def test_an_admin_splits_a_contested_payment(cancelled: bool, amount: int) -> None:
    contested = case(B.CONTESTED)
    decision = decide(contested, usd(amount), cancelled=cancelled)
    parts = PARTS.divide(usd(amount))
    assert decision.record.state is (B.CANCELLED if cancelled else B.COMPLETED)
    fact = ContestDecided(parts.price.amount_minor, parts.fee.amount_minor, TextId.of(1))
    assert events(decision)[0] == said(fact, "admin carla", OVER)
    assert the(Payment, decision).counters.reserved == parts
    refunds = [(one.rule, one.parts) for one in decision.changed if isinstance(one, Refund)]
    assert refunds == ([("contest_decided", parts)] if amount else [])
    by_carla = [event.fact.name for event in decision.events if str(event.by) == "admin carla"]
    assert by_carla == ["booking.contest_decided", *["refund.reserved"] * bool(amount)]
    kept = PARTS - parts
    assert any(isinstance(one, Transfer) for one in decision.changed) is bool(kept.price)
    assert sum(leg.amount.amount_minor for entry in decision.entries for leg in entry.legs) == 3150
    decided = contested.after(decision)
    assert decide(decided, usd(amount), decision.events, cancelled=cancelled) == Decision(decided.booking)


def test_a_case_counts_what_moved_of_its_own_payment_alone() -> None:
    """An entry may move another payment's money too: what a teacher owes for one is kept back from the next."""
    legs_of = [leg(ESCROW, PLATFORM_FEE, usd(minor), PaymentId.of(n)) for n, minor in ((1, 150), (2, 70))]
    both = entry("both", "settled", PaymentId.of(1), NOON, *legs_of)
    assert PAID.id == PaymentId.of(1)
    assert held(case().after(Decision(PAID, entries=both)).books) == {"escrow": 3000, "platform_fee": 150}


@pytest.mark.parametrize(
    ("cancelled", "amount", "counts"),
    [(True, 500, "cancelled"), (True, 1501, "cancelled"), (False, 1499, "completed")],
)
def test_a_contest_cant_be_decided_otherwise(cancelled: bool, amount: int, counts: str) -> None:
    contested = case(B.CONTESTED)
    decision = decide(contested, usd(1500), cancelled=cancelled)
    otherwise = ((usd(amount), cancelled), (usd(1500), not cancelled))
    for other, differently in otherwise:
        with pytest.raises(Refused) as refusal:
            decide(contested.after(decision), other, decision.events, cancelled=differently)
        assert refusal.value.rule == "decided_otherwise"
        told = f"carla decided already: the lesson counts as {counts}, and 15.00 USD goes back."
        assert refusal.value.reason == told
        assert refusal.value.way_out == "What is decided stays. The student can still ask for what is left."


@pytest.mark.parametrize("state", [B.PAID, B.CANCELLED, B.COMPLETED])
@pytest.mark.parametrize("cancelled", [True, False])
def test_what_nobody_contested_is_not_decided(state: BookingState, cancelled: bool) -> None:
    ended = an_event(fact=BookingCancelled())
    with pytest.raises(Refused) as refusal:
        decide(case(state), usd(0), [ended], cancelled=cancelled)
    what = "cancelled" if cancelled else "completed"
    assert refusal.value.reason == f"A booking that is {state} can't decide {what}."


@pytest.mark.parametrize(
    ("amount", "error"), [(usd(3151), Refused), (usd(-1), Invalid), (Money(0, CURRENCIES["EUR"]), Invalid)], ids=str
)
def test_an_admin_cant_give_back_what_isnt_there(amount: Money, error: type[Exception]) -> None:
    with pytest.raises(error):
        decide(case(B.CONTESTED), amount, cancelled=True)


EARNED = case(B.COMPLETED, replace(PAID, settled_at=OVER), books(teacher_payable=3000, platform_fee=150))


def test_a_transfer_is_owed_once_something_is_payable_and_none_is_open() -> None:
    decision = rules.transfer_owed(EARNED, at=OVER + HOUR)
    assert the(Transfer, decision) == a_transfer(
        id=NEW_TRANSFER, amount=usd(0), scheduled_at=OVER + HOUR, pay_at=OVER + 72 * HOUR
    )
    late = rules.transfer_owed(EARNED, at=OVER + 100 * HOUR)
    assert the(Transfer, late).pay_at == OVER + 100 * HOUR
    assert decision.record == EARNED.payment
    assert not rules.transfer_owed(EARNED.after(decision), at=OVER + HOUR)


@pytest.mark.parametrize("state", list(TransferState))
def test_another_transfer_is_planned_only_when_none_is_open(state: TransferState) -> None:
    now = replace(EARNED, transfers=(a_transfer(version=1, state=state),))
    assert bool(rules.transfer_owed(now, at=OVER)) is (state in (T.CREATED, T.CANCELLED))


def test_nothing_is_owed_before_settling_or_where_nothing_is_payable() -> None:
    assert rules.transfer_owed(replace(EARNED, payment=PAID), at=OVER) == Decision(PAID)
    unearned = replace(EARNED, books=books(platform_fee=150))
    assert rules.transfer_owed(unearned, at=OVER) == Decision(unearned.payment)


def test_what_a_reversal_brought_back_waits_for_an_admin() -> None:
    reversed_one = a_transfer(version=1, state=T.CREATED, reversals=(Reversal("trr_1", usd(1), "txn_1"),))
    decision = rules.transfer_owed(replace(EARNED, transfers=(reversed_one,)), at=OVER)
    planned = the(Transfer, decision)
    assert (planned.state, planned.hold, planned.due_at) == (T.ON_HOLD, Hold.REVERSED, None)
    assert facts_of(decision)[1] == TransferHeld("reversed")
    assert str(decision.events[1].by) == "system"
    assert times(decision) == {OVER}


def test_a_reversal_seen_at_stripe_plans_what_came_back_on_hold() -> None:
    sent = a_transfer(version=1, state=T.CREATED, stripe_id="tr_1", cash_id="txn_transfer")
    now = replace(EARNED, books=books(platform_fee=150), transfers=(sent,))
    news = told.transfer(reversals=(told.reversal(),))
    decision = rules.transfer_seen(now, sent, news, at=OVER)
    assert {one.id for one in decision.changed if isinstance(one, Transfer)} == {sent.id, NEW_TRANSFER}
    assert isinstance(decision.record, Transfer)
    assert decision.record.reversals
    assert times(decision) == {OVER}
    assert not rules.transfer_seen(now.after(decision), decision.record, news, at=OVER)
    assert not rules.transfer_seen(replace(EARNED, transfers=(sent,)), sent, told.transfer(), at=OVER)


def test_a_case_takes_over_what_was_decided() -> None:
    known = a_transfer(version=1)
    other = a_succeeded_payment(id=PaymentId.of(2), version=5)
    moved, planned = replace(known, state=T.CANCELLED), a_transfer(id=NEW_TRANSFER, version=0)
    paid = replace(PAID, cash_id="txn")
    booking = replace(case().booking, state=B.COMPLETED)
    decision: Decision[object] = Decision(paid, (other, paid, moved, planned, booking))
    after = case(transfers=(known,)).after(decision)
    assert (after.booking, after.payment, after.transfers) == (booking, paid, (moved, planned))
    assert (after.refund_id, after.transfer_id) == (NEW_REFUND, NEW_TRANSFER)
    assert case().after(Decision(None)) == case()


@pytest.mark.parametrize("holds", [True, False])
@pytest.mark.parametrize("state", list(BookingState))
def test_a_success_pays_the_booking_that_waits_for_it_and_is_refunded_elsewhere(
    state: BookingState, holds: bool
) -> None:
    payment = a_payment(version=1, holds_booking=holds, state=P.OPEN if holds else P.CANCELLED)
    decision = rules.intent_seen(case(state, payment, books()), told.intent(), at=NOON)
    refunds = [one for one in decision.changed if isinstance(one, Refund)]
    paid = (holds and state is B.PAYING) or (holds and state is B.PAID)
    assert [one.rule for one in refunds] == ([] if paid else ["cancelled_while_paying" if holds else "late_success"])
    assert all(one.parts == PARTS for one in refunds)
    assert decision.record.state is P.SUCCEEDED
    assert decision.record == the(Payment, decision)
    assert decision.record.settled_at == (None if paid else NOON)
    bookings = [one.state for one in decision.changed if isinstance(one, Booking)]
    assert bookings == {B.PAYING: [B.PAID], B.CANCELLING: [B.CANCELLED]}.get(state if holds else B.REQUESTED, [])
    assert {str(event.by) for event in decision.events} == {"stripe"}
    assert times(decision) == {NOON}
    assert (BookingPaid(payment.id) in facts_of(decision)) is (bookings == [B.PAID])
    assert not rules.intent_seen(case(state, payment, books()).after(decision), told.intent(), at=NOON)


@pytest.mark.parametrize(("at", "state"), [(NOON, B.CONFIRMED), (NOON + 24 * HOUR, B.EXPIRED)], ids=["in time", "late"])
@pytest.mark.parametrize("how", ["refused", "cancelled", "quarantined"])
def test_a_payment_that_came_to_nothing_lets_the_booking_go(how: str, at: datetime, state: BookingState) -> None:
    now = case(B.PAYING, a_payment(version=1, state=P.CREATING), books())
    decision = {
        "refused": lambda: rules.intent_refused(now, "no", at=at),
        "cancelled": lambda: rules.intent_seen(now, told.intent(IntentStatus.CANCELLED), at=at),
        "quarantined": lambda: rules.intent_seen(now, told.intent(live=True), at=at),
    }[how]()
    first = {
        "refused": PaymentFailed("no"),
        "cancelled": PaymentCancelled(),
        "quarantined": PaymentQuarantined("live_mode", 3150, "USD"),
    }[how]
    assert events(decision)[0] == said(first, "stripe", at, "live_mode" if how == "quarantined" else "")
    assert the(Booking, decision).state is state
    ended = {B.CONFIRMED: BookingPaymentEnded(now.payment.id), B.EXPIRED: BookingExpired()}
    assert ended[state] in facts_of(decision)
    assert times(decision) == {at}
    assert not decision.record.holds_booking
    assert not any(isinstance(one, Refund) for one in decision.changed)


def test_a_payment_that_came_to_nothing_leaves_a_booking_alone_that_doesnt_wait_for_it() -> None:
    for state, holds in ((B.PAID, True), (B.PAYING, False)):
        decision = rules.intent_refused(
            case(state, a_payment(version=1, state=P.CREATING, holds_booking=holds), books()), "no", at=NOON
        )
        assert not any(isinstance(one, Booking) for one in decision.changed)


def test_an_unknown_answer_ends_only_what_was_being_cancelled_unmade() -> None:
    lost = rules.intent_lost(case(B.PAYING, a_payment(version=1, state=P.CREATING), books()), at=NOON)
    assert lost.changed == (a_payment(version=1, state=P.CREATING_UNKNOWN),)
    assert events(lost) == [said(PaymentUnknown(), "system", NOON)]
    unmade = a_payment(version=1, state=P.CANCELLING, intent_id="")
    ended = rules.intent_lost(case(B.CANCELLING, unmade, books()), at=NOON)
    assert (ended.record.state, the(Booking, ended).state) == (P.CANCELLED, B.CANCELLED)


def approved(**different: object) -> RefundRequest:
    """An approved request for 10.50 USD."""
    return a_refund_request(
        version=1, state=R.APPROVED, amount=usd(1050), approvals=(Approval(CARLA, usd(1050), NOON),), **different
    )


@pytest.mark.parametrize(("bears", "account"), [(False, "teacher_payable"), (True, "goodwill")])
def test_processing_sets_the_approved_refund_aside(bears: bool, account: str) -> None:
    decision = rules.process_request(EARNED, approved(platform_bears=bears), by=CARLA_ACTS, at=OVER)
    request, refund = decision.record, the(Refund, decision)
    assert (request.state, request.refund_id) == (R.EXECUTING, NEW_REFUND)
    assert (refund.id, refund.rule, refund.request_id) == (NEW_REFUND, "request_approved", request.id)
    assert legs(decision.entries) == [f"{account} refund_clearing 1000", "platform_fee refund_clearing 50"]
    assert [str(event.by) for event in decision.events] == ["admin carla", "admin carla"]
    assert times(decision) == {OVER}
    assert rules.process_request(EARNED, request, by=CARLA_ACTS, at=OVER) == Decision(request)


def test_processing_blocks_what_is_gone_meanwhile() -> None:
    payment = replace(PAID, counters=replace(PAID.counters, refunded=Parts(usd(2000), usd(101))))
    decision = rules.process_request(case(payment=payment), approved(), by=CARLA_ACTS, at=OVER)
    why = "only 10.49 USD is left"
    assert (decision.record.state, decision.record.blocked_reason) == (R.BLOCKED, why)
    assert events(decision)[0] == said(RefundRequestBlocked(why), "system", OVER)
    assert not decision.entries
    assert not decision.effects
    exact = replace(PAID, counters=replace(PAID.counters, refunded=Parts(usd(2000), usd(100))))
    assert rules.process_request(case(payment=exact), approved(), by=CARLA_ACTS, at=OVER).record.state is R.EXECUTING


RESERVED = replace(PAID, counters=replace(PAID.counters, reserved=Parts(usd(1000), usd(50))))
SET_ASIDE = case(payment=RESERVED, held=books(escrow=2100, refund_clearing=1050))
EXECUTING = a_refund_request(version=1, state=R.EXECUTING, refund_id=a_refund().id)


def test_a_refund_that_succeeded_finishes_its_request() -> None:
    refund = a_refund(version=1)
    decision = rules.refund_seen(SET_ASIDE, refund, EXECUTING, told.refund(), at=OVER)
    assert the(RefundRequest, decision).state is R.DONE
    assert RefundRequestDone() in facts_of(decision)
    assert isinstance(decision.record, Refund)
    pending = rules.refund_seen(SET_ASIDE, refund, EXECUTING, told.refund(RefundStatus.PENDING), at=OVER)
    assert not any(isinstance(one, RefundRequest) for one in pending.changed)
    alone = rules.refund_seen(SET_ASIDE, refund, None, told.refund(), at=OVER)
    assert facts_of(alone) == [RefundSucceeded("re_1"), RefundCashed("txn_refund", -1050)]


@pytest.mark.parametrize("state", [R.EXECUTING, R.DONE])
def test_a_refund_that_failed_blocks_its_request_and_calls_for_a_person(state: RequestState) -> None:
    request = replace(EXECUTING, state=state)
    news = told.refund(RefundStatus.FAILED, cash=None, failure_reason="lost_or_stolen_card")
    decision = rules.refund_seen(SET_ASIDE, a_refund(version=1), request, news, at=OVER)
    assert (the(RefundRequest, decision).state, the(RefundRequest, decision).blocked_reason) == (
        R.BLOCKED,
        "lost_or_stolen_card",
    )
    assert said(AlarmRaised("refund_failed"), "system", OVER, "lost_or_stolen_card") in events(decision)
    silent = rules.refund_seen(SET_ASIDE, a_refund(version=1), request, replace(news, failure_reason=""), at=OVER)
    assert the(RefundRequest, silent).blocked_reason == "failed"


def test_a_refusal_blocks_the_request_and_frees_the_earning() -> None:
    settled = replace(RESERVED, settled_at=OVER)
    refund = a_refund(version=1)
    now = case(B.COMPLETED, settled, books(refund_clearing=1050))
    decision = rules.refund_rejected(now, refund, EXECUTING, "charge_disputed", at=OVER + HOUR)
    assert (decision.record.state, the(RefundRequest, decision).state) == (RefundState.REJECTED, R.BLOCKED)
    assert said(AlarmRaised("refund_rejected"), "system", OVER + HOUR, "charge_disputed") in events(decision)
    assert the(Transfer, decision).id == NEW_TRANSFER
    assert events(decision)[0] == said(RefundRejected("charge_disputed"), "stripe", OVER + HOUR)
    by_hand = rules.refund_rejected(now, refund, None, "abandoned", by=CARLA_ACTS, at=OVER + HOUR)
    assert str(by_hand.events[0].by) == "admin carla"
    assert not rules.refund_rejected(now, decision.record, EXECUTING, "charge_disputed", at=OVER + HOUR)


@pytest.mark.parametrize(
    ("state", "back"),
    [
        (B.COMPLETED, ["refund_clearing platform_fee 50", "refund_clearing teacher_payable 1000"]),
        (B.CANCELLED, ["refund_clearing escrow 1050"]),
    ],
)
def test_what_a_failed_refund_brings_back_is_whose_it_is_by_now(state: BookingState, back: list[str]) -> None:
    now = case(state, replace(RESERVED, settled_at=OVER), books(refund_clearing=1050))
    news = told.refund(RefundStatus.FAILED, cash=None)
    decision = rules.refund_seen(now, a_refund(version=1), None, news, at=OVER + HOUR)
    assert legs(decision.entries) == back


def test_a_refund_of_a_lesson_that_was_given_isnt_offered_again() -> None:
    """Whatever else still stands in escrow, for what this refund was to send back is the teacher's."""
    given = case(B.COMPLETED, replace(RESERVED, settled_at=OVER), books(refund_clearing=1050, escrow=1050))
    decision = rules.refund_rejected(given, a_refund(version=1), None, "charge_disputed", at=OVER + HOUR)
    assert said(AlarmRaised("refund_rejected"), "system", OVER + HOUR, "charge_disputed") in events(decision)


def test_a_refund_left_in_the_escrow_of_a_cancelled_lesson_can_be_sent_again_and_the_alarm_says_so() -> None:
    settled = replace(RESERVED, settled_at=NOON)
    cancelled = case(B.CANCELLED, settled, books(refund_clearing=1050))
    decision = rules.refund_rejected(cancelled, a_refund(version=1), None, "charge_disputed", at=OVER)
    detail = "charge_disputed; it can be refunded again"
    assert said(AlarmRaised("refund_rejected"), "system", OVER, detail) in events(decision)
    assert not any(isinstance(one, Transfer) for one in decision.changed)
    again = rules.refund_again(cancelled.after(decision), decision.record, (), by=CARLA_ACTS, at=OVER)
    rule = f"refunded_again {decision.record.id}"
    assert (again.record.id, again.record.rule) == (NEW_REFUND, rule)
    reserved = RefundReserved(PAID.id, 1000, 50, "USD", rule)
    assert events(again) == [said(reserved, "admin carla", OVER, rule)]
    with pytest.raises(Refused):
        rules.refund_again(cancelled.after(decision), decision.record, (again.record,), by=CARLA_ACTS, at=OVER)


def test_after_the_lesson_only_what_a_contest_left_in_escrow_can_be_sent_again() -> None:
    """What was reserved before the lesson was given is the teacher's; what a contest gave back is the student's."""
    contested = case(B.COMPLETED, replace(PAID, settled_at=NOON), books(escrow=1050))
    assert rules.refund_again(contested, GIVEN_UP, (), by=CARLA_ACTS, at=OVER).record.parts == GIVEN_UP.parts
    requested = replace(contested, payment=replace(PAID, settled_at=OVER))
    with pytest.raises(Refused) as refusal:
        rules.refund_again(requested, GIVEN_UP, (), by=CARLA_ACTS, at=OVER)
    assert refusal.value.rule == "nothing_left_over"


GIVEN_UP = a_refund(version=1, state=RefundState.REJECTED, taken=())


@pytest.mark.parametrize("state", list(RequestState))
def test_a_refund_found_after_it_was_given_up_takes_its_request_along_unless_that_was_closed(
    state: RequestState,
) -> None:
    request = replace(EXECUTING, state=state)
    now = case(B.PAID, PAID, books(escrow=3150))
    pending = rules.refund_seen(now, GIVEN_UP, request, told.refund(RefundStatus.PENDING), at=OVER)
    waited = state in (R.BLOCKED, R.SUBMITTED, R.APPROVED)
    assert [one.state for one in pending.changed if isinstance(one, RefundRequest)] == [R.EXECUTING] * waited
    sent = rules.refund_seen(now, GIVEN_UP, request, told.refund(), at=OVER)
    finished = waited or state is R.EXECUTING
    assert [one.state for one in sent.changed if isinstance(one, RefundRequest)] == [R.DONE] * finished
    resumed = [RefundRequestProcessed(GIVEN_UP.id)] * waited
    of_request = [event.fact for event in sent.events if event.subject == request.id]
    assert of_request == [*resumed, *[RefundRequestDone()] * finished]
    assert times(sent) == times(pending) == {OVER}
    failed = rules.refund_seen(now, GIVEN_UP, request, told.refund(RefundStatus.FAILED, cash=None), at=OVER)
    about = [event.fact.name for event in failed.events if event.subject == request.id]
    blocked = finished or state is R.DONE
    told_of = ["refund_request.processed"] * waited + ["refund_request.blocked", "alarm.raised"] * blocked
    assert about == told_of
    other = replace(request, refund_id=NEW_REFUND)
    alone = rules.refund_seen(now, GIVEN_UP, other, told.refund(), at=OVER)
    assert not any(isinstance(one, RefundRequest) for one in alone.changed)


def test_the_platform_bears_what_it_said_it_would_also_when_the_refund_is_found_late() -> None:
    borne = replace(EXECUTING, state=R.BLOCKED, platform_bears=True)
    late = rules.refund_seen(case(B.COMPLETED, PAID, books()), GIVEN_UP, borne, told.refund(), at=OVER)
    assert legs(late.entries)[0] == "goodwill refund_clearing 1000"


def test_a_refund_made_at_stripe_is_adopted_under_the_new_name() -> None:
    decision = rules.refund_adopted(case(), told.refund(), at=OVER)
    assert decision is not None
    assert decision.record.id == NEW_REFUND
    assert times(decision) == {OVER}
    assert rules.refund_adopted(case(), told.refund(amount=3151), at=OVER) is None


@pytest.mark.parametrize(
    ("disputed", "state", "request_state", "can_receive", "why"),
    [
        (1, B.CONTESTED, R.SUBMITTED, None, Hold.DISPUTED),
        (0, B.CONTESTED, R.SUBMITTED, None, Hold.CONTESTED),
        (0, B.COMPLETED, R.SUBMITTED, None, Hold.REFUND_REQUEST_OPEN),
        (0, B.COMPLETED, R.APPROVED, True, Hold.REFUND_REQUEST_OPEN),
        (0, B.COMPLETED, R.EXECUTING, True, Hold.REFUND_REQUEST_OPEN),
        (0, B.COMPLETED, R.BLOCKED, True, Hold.REFUND_REQUEST_OPEN),
        (0, B.COMPLETED, R.DONE, None, Hold.ACCOUNT_NOT_READY),
        (0, B.COMPLETED, R.REJECTED, False, Hold.ACCOUNT_NOT_READY),
        (0, B.COMPLETED, R.DONE, True, None),
        (0, B.CANCELLED, R.WITHDRAWN, True, None),
    ],
)
def test_a_transfer_is_held_for_the_gravest_reason(
    disputed: int, state: BookingState, request_state: RequestState, can_receive: bool | None, why: Hold | None
) -> None:
    payment = replace(PAID, counters=replace(PAID.counters, disputed=Parts(usd(disputed), usd(0))))
    account = None if can_receive is None else an_account(can_receive=can_receive)
    assert rules.why_held(a_booking(state=state), [a_refund_request(state=request_state)], account, payment) is why


def test_the_day_of_paying_reserves_holds_or_releases() -> None:
    due = a_transfer(version=1, pay_at=OVER)
    sent = rules.transfer_due(EARNED, due, None, [], at=OVER)
    assert (sent.record.state, sent.record.amount) == (T.RESERVED, usd(3000))
    netted = rules.transfer_due(EARNED, due, None, [(a_succeeded_payment(id=PaymentId.of(2)), usd(1))], at=OVER)
    assert netted.record.amount == usd(2999)
    held = rules.transfer_due(EARNED, due, Hold.ACCOUNT_NOT_READY, [], at=OVER)
    assert (held.record.state, held.record.hold, str(held.events[0].by)) == (
        T.ON_HOLD,
        Hold.ACCOUNT_NOT_READY,
        "system",
    )
    other = rules.transfer_due(EARNED, held.record, Hold.CONTESTED, [], at=OVER)
    assert other.record.hold is Hold.CONTESTED
    assert not rules.transfer_due(EARNED, held.record, Hold.ACCOUNT_NOT_READY, [], at=OVER)
    released = rules.transfer_due(EARNED, held.record, None, [], at=OVER + HOUR)
    assert (released.record.state, released.record.pay_at) == (T.SCHEDULED, OVER + HOUR)
    assert events(released) == [said(TransferReleased(), str(SYSTEM), OVER + HOUR)]


@pytest.mark.parametrize("hold", sorted(set(Hold) - LIFTED_BY_ITSELF))
@pytest.mark.parametrize("found", [None, Hold.DISPUTED])
def test_what_a_person_must_lift_is_left_alone(hold: Hold, found: Hold | None) -> None:
    transfer = a_transfer(version=1, state=T.ON_HOLD, hold=hold, pay_at=OVER)
    assert rules.transfer_due(EARNED, transfer, found, [], at=OVER) == Decision(transfer)
