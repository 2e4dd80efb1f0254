"""Where booking, payment, refund and transfer meet: what one's news means for the others.

Each function adds up the decisions of the single rules, in the order in which they follow from each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from linguapay_core.domain import (
    booking_rules,
    left_over,
    payment_rules,
    postings,
    refund_request,
    refund_request_rules,
    refund_rules,
    transfer_rules,
)
from linguapay_core.domain.alarm_rules import raise_alarm
from linguapay_core.domain.booking import Booking, BookingState
from linguapay_core.domain.decision import STRIPE, SYSTEM, Actor, Decision, Event, changed
from linguapay_core.domain.identifiers import RefundId, TextId, TransferId
from linguapay_core.domain.ledger import Balances
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import BASIS_POINTS, Money, Parts, smaller
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.people import TeacherAccount
from linguapay_core.domain.refund import CAME_TO_NOTHING, CANCELLED_BY, Refund, RefundRule, RefundState
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.seen import SeenIntent, SeenRefund, SeenTransfer
from linguapay_core.domain.transfer import LIFTED_BY_ITSELF, OPEN, Hold, Transfer, TransferState


@dataclass(frozen=True, slots=True)
class Case:
    """A payment with its booking, its balances and its transfers, as they are before deciding.

    ``refund_id`` and ``transfer_id`` are new names, for what a decision may have to make.
    """

    booking: Booking
    payment: Payment
    books: Balances
    transfers: tuple[Transfer, ...]
    refund_id: RefundId
    transfer_id: TransferId

    def after(self, decision: Decision[object]) -> Case:
        """The case with what has been decided so far."""
        return replace(
            self,
            booking=decision.newest(self.booking),
            payment=decision.newest(self.payment),
            books=self.books.after(decision.entries, self.payment.id),
            transfers=tuple(decision.newest(transfer) for transfer in self.transfers)
            + tuple(one for one in decision.changed if isinstance(one, Transfer) and one.version == 0),
        )


def cancellation_parts(booking: Booking, payment: Payment, *, by: Role, at: datetime) -> Parts:
    """What goes back when a paid lesson is cancelled now: by the student's terms, or all of it if the teacher cancels.

    The fee goes back at 100 % only. Never more than what is left of each part.
    """
    left = payment.counters.left
    if by is Role.TEACHER:
        return left
    share = booking.quote.terms.refund_bps(starts_at=booking.starts_at, at=at)
    price = smaller(booking.quote.price.share(share), left.price)
    return Parts(price, left.fee if share == BASIS_POINTS else left.fee.zero)


def cancel(case: Case, *, by: Actor, at: datetime) -> Decision[Booking]:
    """Either side cancels before the start. What is paid goes back by the terms; what is kept is settled."""
    booking = case.booking
    if booking.state is not BookingState.PAID:
        decision = booking_rules.cancel(booking, Parts.none(case.payment.currency), by=by, at=at)
        if decision.record.state is BookingState.CANCELLING and decision:
            decision += payment_rules.cancel(case.payment, by=by, at=at)
        return decision
    parts = cancellation_parts(booking, case.payment, by=by.role, at=at)
    decision = booking_rules.cancel(booking, parts, by=by, at=at)
    return _give_back_and_settle(case, decision, parts, rule=CANCELLED_BY[by.role], by=by, at=at)


def pay_by_passed(case: Case, *, at: datetime) -> Decision[Booking]:
    """Nobody paid in time while a payment was under way: Stripe is asked to cancel it."""
    decision = booking_rules.pass_pay_by(case.booking, at=at)
    return decision + payment_rules.cancel(case.payment, by=Actor(Role.CLOCK), at=at)


def complete(case: Case, *, by: Actor, at: datetime) -> Decision[Booking]:
    """The lesson was given: the escrow is settled and the teacher's transfer planned."""
    decision = booking_rules.complete(case.booking, by=by, at=at)
    return _settle(case, decision, at=at) if decision else decision


def grace_passed(case: Case, *, at: datetime) -> Decision[Booking]:
    """The grace period is over: the lesson counts as given; or an absent teacher's student gets everything back."""
    teacher_absent = case.booking.absent is Role.TEACHER
    parts = case.payment.counters.left if teacher_absent else Parts.none(case.payment.currency)
    decision = booking_rules.pass_grace(case.booking, parts, at=at)
    return _give_back_and_settle(case, decision, parts, rule=RefundRule.TEACHER_ABSENT, by=Actor(Role.CLOCK), at=at)


def decide_contest(
    case: Case,
    events: Iterable[Event],
    amount: Money,
    text_id: TextId,
    *,
    cancelled: bool,
    by: Actor,
    at: datetime,
) -> Decision[Booking]:
    """An admin decides a contest: how much goes back, and whether the lesson counts as given.

    The same a second time changes nothing. Raises ``Refused`` where the booking's ``events`` tell of another decision.
    """
    if booking_rules.is_decided(case.booking, events, amount, cancelled=cancelled):
        return Decision(case.booking)
    _check_what_goes_back(case.payment, amount)
    parts = case.payment.counters.left.divide(amount)
    decision = booking_rules.decide_contest(case.booking, parts, text_id, cancelled=cancelled, by=by, at=at)
    return _give_back_and_settle(case, decision, parts, rule=RefundRule.CONTEST_DECIDED, by=by, at=at)


def _check_what_goes_back(payment: Payment, amount: Money) -> None:
    """Raise ``Invalid`` or ``Refused`` for an amount, nothing included, that can't go back."""
    if amount.amount_minor or amount.currency != payment.currency:
        refund_request_rules.check_amount(payment, amount)


def _give_back_and_settle(
    case: Case, decision: Decision[Booking], parts: Parts, *, rule: str, by: Actor, at: datetime
) -> Decision[Booking]:
    if not decision:
        return decision
    if parts:
        now = case.after(decision)
        decision += refund_rules.reserve(case.refund_id, now.payment, now.books, parts, rule=rule, by=by, at=at)
    return _settle(case, decision, at=at)


def _settle(case: Case, decision: Decision[Booking], *, at: datetime) -> Decision[Booking]:
    """Divide what is left in escrow between teacher and platform, and plan the transfer."""
    now = case.after(decision)
    payment = replace(now.payment, settled_at=at)
    decision += replace(changed(payment), entries=postings.settled(now.payment, now.books, at=at))
    return decision + transfer_owed(case.after(decision), at=at)


def transfer_owed(case: Case, *, at: datetime) -> Decision[Payment]:
    """Plan a transfer if something is payable to the teacher and none is open. After a reversal, an admin decides."""
    payment, booking = case.payment, case.booking
    if (
        payment.settled_at is None
        or not case.books[payment.payable]
        or any(one.state in OPEN for one in case.transfers)
    ):
        return Decision(payment)
    pay_at = max(payment.settled_at + booking.deadlines.protection, at)
    decision = Decision(payment) + transfer_rules.schedule(case.transfer_id, payment, pay_at=pay_at, at=at)
    if any(one.reversals for one in case.transfers):
        (planned,) = (one for one in decision.changed if isinstance(one, Transfer))
        decision += transfer_rules.hold(planned, Hold.REVERSED, by=SYSTEM, at=at)
    return decision


def intent_seen(case: Case, told: SeenIntent, *, at: datetime) -> Decision[Payment]:
    """Take over what Stripe says of a payment's intent, with what follows for the booking.

    A success that finds the booking cancelled, expired or paid otherwise is refunded in full.
    """
    return _followed(case, payment_rules.seen(case.payment, told, at=at), at=at)


def intent_refused(case: Case, code: str, *, at: datetime) -> Decision[Payment]:
    """Stripe refused to make an intent, with what follows for the booking."""
    return _followed(case, payment_rules.refused(case.payment, code, at=at), at=at)


def intent_lost(case: Case, *, at: datetime) -> Decision[Payment]:
    """Stripe gave no definite answer about an intent, with what follows for the booking."""
    return _followed(case, payment_rules.lost(case.payment, at=at), at=at)


def _followed(case: Case, decision: Decision[Payment], *, at: datetime) -> Decision[Payment]:
    before, now = case.payment, decision.record
    if now.state is before.state:
        return decision
    waiting = case.booking.state in (BookingState.PAYING, BookingState.CANCELLING)
    if now.state is PaymentState.SUCCEEDED:
        if before.holds_booking and waiting:
            decision += booking_rules.payment_succeeded(case.booking, now.id, at=at)
        late = case.after(decision)
        if late.booking.state is not BookingState.PAID or not before.holds_booking:
            rule = RefundRule.CANCELLED_WHILE_PAYING if before.holds_booking else RefundRule.LATE_SUCCESS
            decision += give_all_back(late, rule=rule, by=STRIPE, at=at)
    elif before.holds_booking and not now.holds_booking and waiting:
        decision += booking_rules.payment_ended(case.booking, now.id, at=at)
    return decision


def give_all_back(case: Case, *, rule: str, by: Actor, at: datetime) -> Decision[Refund]:
    """Refund in full a payment that buys no lesson."""
    payment = replace(case.payment, settled_at=at)
    return refund_rules.reserve(case.refund_id, payment, case.books, payment.counters.left, rule=rule, by=by, at=at)


def process_request(case: Case, request: RefundRequest, *, by: Actor, at: datetime) -> Decision[RefundRequest]:
    """Execute an approved request: its refund is set aside. If the money is gone meanwhile, it is blocked."""
    decision = refund_request_rules.process(request, case.refund_id, by=by, at=at)
    if not decision:
        return decision
    assert request.approved is not None
    left = case.payment.counters.left
    if request.approved > left.total:
        return refund_request_rules.block(request, f"only {left.total} is left", at=at)
    parts = left.divide(request.approved)
    return decision + refund_rules.reserve(
        case.refund_id,
        case.payment,
        case.books,
        parts,
        rule=RefundRule.REQUEST_APPROVED,
        request_id=request.id,
        platform_bears=request.platform_bears,
        by=by,
        at=at,
    )


def refund_seen(
    case: Case, refund: Refund, request: RefundRequest | None, told: SeenRefund, *, at: datetime
) -> Decision[Refund]:
    """Take over what Stripe says of a refund, with what follows for the request and the teacher."""
    decision = refund_rules.seen(
        refund,
        case.payment,
        case.books,
        told,
        lesson_given=lesson_given(case.booking, case.payment),
        platform_bears=request is not None and request.platform_bears,
        at=at,
    )
    return _refund_followed(case, refund, request, decision, at=at)


def refund_rejected(
    case: Case, refund: Refund, request: RefundRequest | None, code: str, *, by: Actor = STRIPE, at: datetime
) -> Decision[Refund]:
    """Stripe refused a refund, with what follows for the request and the teacher."""
    given = lesson_given(case.booking, case.payment)
    decision = refund_rules.rejected(refund, case.payment, case.books, code, lesson_given=given, by=by, at=at)
    return _refund_followed(case, refund, request, decision, at=at)


def refund_again(case: Case, refund: Refund, refunds: Iterable[Refund], *, by: Actor, at: datetime) -> Decision[Refund]:
    """An admin sends back once more what a refund that came to nothing left over. Raises ``Refused``."""
    given = lesson_given(case.booking, case.payment)
    return left_over.refund_again(
        case.refund_id, refund, case.payment, case.books, refunds, lesson_given=given, by=by, at=at
    )


def lesson_given(booking: Booking, payment: Payment) -> bool:
    """Whether this payment paid for a lesson that was given, so that the teacher earned what isn't refunded."""
    return payment.holds_booking and booking.state is BookingState.COMPLETED


def _refund_followed(
    case: Case, before: Refund, request: RefundRequest | None, decision: Decision[Refund], *, at: datetime
) -> Decision[Refund]:
    now = decision.record
    if now.state is before.state:
        return decision
    if request is not None and request.refund_id == now.id:
        decision += _request_followed(request, before, now, at=at)
    if now.state not in CAME_TO_NOTHING:
        return decision
    after = case.after(decision)
    given = lesson_given(after.booking, after.payment)
    stuck = left_over.why_not_again(now, after.payment, after.books, (), lesson_given=given) is None
    detail = now.failure_reason + "; it can be refunded again" * stuck
    decision += raise_alarm(f"refund_{now.state}", now.id, detail, at=at)
    return decision + transfer_owed(after, at=at)


def _request_followed(request: RefundRequest, before: Refund, now: Refund, *, at: datetime) -> Decision[RefundRequest]:
    """What its refund's news means for a request. One that is executed by another refund meanwhile isn't touched."""
    decision = Decision(request)
    if before.state is RefundState.REJECTED:
        decision += refund_request_rules.resume(request, now.id, at=at)
    if now.state in CAME_TO_NOTHING:
        decision += refund_request_rules.block(decision.record, now.failure_reason or now.state, at=at)
    elif now.state is RefundState.SUCCEEDED:
        decision += refund_request_rules.finish(decision.record, at=at)
    return decision


def refund_adopted(case: Case, told: SeenRefund, *, at: datetime) -> Decision[Refund] | None:
    """Take over a refund that somebody made at Stripe; ``None`` if it can't be one of this payment."""
    given = lesson_given(case.booking, case.payment)
    return refund_rules.adopt(case.refund_id, case.payment, case.books, told, lesson_given=given, at=at)


def transfer_seen(case: Case, transfer: Transfer, told: SeenTransfer, *, at: datetime) -> Decision[Transfer]:
    """Take over what Stripe says of a transfer. What a reversal brought back is planned again, on hold."""
    decision = transfer_rules.seen(transfer, case.payment, case.books, told, at=at)
    return decision + transfer_owed(case.after(decision), at=at) if decision else decision


def why_held(
    booking: Booking, requests: Iterable[RefundRequest], account: TeacherAccount | None, payment: Payment
) -> Hold | None:
    """Why a teacher's earning can't be sent now, the gravest reason first; ``None`` if it can."""
    if payment.counters.disputed:
        return Hold.DISPUTED
    if booking.state is BookingState.CONTESTED:
        return Hold.CONTESTED
    if any(request.state in refund_request.OPEN for request in requests):
        return Hold.REFUND_REQUEST_OPEN
    if account is None or not account.can_receive:
        return Hold.ACCOUNT_NOT_READY
    return None


def transfer_due(
    case: Case, transfer: Transfer, held: Hold | None, owing: Iterable[tuple[Payment, Money]], *, at: datetime
) -> Decision[Transfer]:
    """The day has come to pay a teacher, or to look again at what holds it: hold it, or reserve the amount."""
    if transfer.state is TransferState.ON_HOLD:
        if transfer.hold not in LIFTED_BY_ITSELF:
            return Decision(transfer)
        if held is None:
            return transfer_rules.release(transfer, by=SYSTEM, at=at)
    if held is not None:
        return transfer_rules.hold(transfer, held, by=SYSTEM, at=at)
    return transfer_rules.reserve(transfer, case.payment, case.books, tuple(owing), at=at)
