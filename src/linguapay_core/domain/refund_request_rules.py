"""What may become of a refund request: whoever asks, decides and carries out, step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from linguapay_core.domain.alarm_rules import raise_alarm
from linguapay_core.domain.decision import CLOCK, SYSTEM, Actor, Decision, decided
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.events import refund as facts
from linguapay_core.domain.identifiers import PersonId, RefundId, RefundRequestId, TextId
from linguapay_core.domain.money import Money
from linguapay_core.domain.payment import CAPTURED, Payment
from linguapay_core.domain.policies import RefundPolicy
from linguapay_core.domain.refund_request import (
    BLOCKED_WAITS,
    REFUND_REQUEST,
    Approval,
    RefundRequest,
    RequestState,
    RequestTrigger,
    why_not,
)

S, T = RequestState, RequestTrigger


def _step(request: RefundRequest, trigger: RequestTrigger, *, by: Actor) -> RequestState | None:
    if REFUND_REQUEST.is_done(request.state, trigger):
        return None
    refusal = why_not(request, trigger, by=by)
    if refusal is not None:
        raise refusal
    return REFUND_REQUEST.after(request.state, trigger)


def _moved(request: RefundRequest, state: RequestState, *, by: Actor, at: datetime) -> RefundRequest:
    """The request in another state, with who brought it there if that was a person."""
    person = PersonId(by.person) if by.person else None
    return replace(request, state=state, moved_by=person, moved_at=at if person else None)


def submit(
    request_id: RefundRequestId,
    *,
    payment: Payment,
    amount: Money,
    reason_id: TextId,
    lesson_ends_at: datetime,
    policy: RefundPolicy,
    by: Actor,
    at: datetime,
) -> Decision[RefundRequest]:
    """Ask for money back, up to what is left of the payment, until some time after the lesson."""
    if payment.state not in CAPTURED:
        raise Refused("not_paid", "There is nothing to refund: this payment hasn't succeeded.")
    last = lesson_ends_at + policy.window
    if at >= last:
        raise Refused("refund_window_closed", f"A refund could be asked for until {last:%Y-%m-%d} UTC.")
    check_amount(payment, amount)
    request = RefundRequest(
        id=request_id,
        version=0,
        payment_id=payment.id,
        booking_id=payment.booking_id,
        student_id=payment.student_id,
        amount=amount,
        reason_id=reason_id,
        state=REFUND_REQUEST.start,
        submitted_at=at,
        expires_at=at + policy.request_lives,
        approvals_needed=policy.approvals_needed(amount),
    )
    return decided(request, facts.RefundRequested(payment.id, amount.amount_minor, reason_id), by=by, at=at)


def check_amount(payment: Payment, amount: Money) -> None:
    """Raise ``Invalid`` for an amount that can't be meant, and ``Refused`` for more than is left of the payment."""
    left = payment.counters.left.total
    if amount.currency != payment.currency:
        raise Invalid("amount", f"this payment is in {payment.currency}, and the amount in {amount.currency}.")
    if amount.amount_minor <= 0:
        raise Invalid("amount", "an amount to refund is above nothing.")
    if amount.amount_minor % amount.currency.step_minor:
        raise Invalid(
            "amount", f"amounts in {amount.currency} are multiples of {amount.currency.step_minor} minor units."
        )
    if amount > left:
        raise Refused(
            "exceeds_what_is_left", f"{amount} is more than what is left, {left}.", way_out=f"Ask for at most {left}."
        )


def edit(
    request: RefundRequest, amount: Money, *, payment: Payment, policy: RefundPolicy, by: Actor, at: datetime
) -> Decision[RefundRequest]:
    """Change the amount. It goes back to submitted, and approvals are void."""
    state = _step(request, T.EDIT, by=by)
    if state is None or (amount == request.amount and state is request.state and not request.approvals):
        return Decision(request)
    check_amount(payment, amount)
    needed = policy.approvals_needed(amount)
    edited = replace(
        request, state=state, amount=amount, approvals=(), approvals_needed=needed, moved_by=None, moved_at=None
    )
    return decided(edited, facts.RefundRequestEdited(amount.amount_minor), by=by, at=at)


def approve(
    request: RefundRequest,
    amount: Money | None = None,
    *,
    payment: Payment,
    policy: RefundPolicy,
    platform_bears: bool = False,
    text_id: str = "",
    by: Actor,
    at: datetime,
) -> Decision[RefundRequest]:
    """Let it go ahead, the whole amount or less. The same admin's second approval changes nothing.

    Above the policy's threshold two admins approve the same amount; another amount makes earlier approvals void. Once
    it was approved, nothing but the same can be approved again, and that changes nothing.
    """
    state = _step(request, T.APPROVE, by=by)
    approved = request.amount if amount is None else amount
    alike = request.platform_bears == platform_bears
    if state is None:
        if alike and approved == request.approved:
            return Decision(request)
        raise approved_otherwise(request)
    check_amount(payment, approved)
    if approved > request.amount:
        raise Refused("exceeds_what_was_asked", f"{approved} is more than what was asked for, {request.amount}.")
    standing = tuple(one for one in request.approvals if alike and one.amount == approved)
    if any(one.admin_id == by.person for one in standing):
        return Decision(request)
    approvals = (*standing, Approval(PersonId(by.person), approved, at))
    missing = max(policy.approvals_needed(approved) - len(approvals), 0)
    now = replace(
        request if missing else _moved(request, state, by=by, at=at),
        approvals=approvals,
        approvals_needed=policy.approvals_needed(approved),
        platform_bears=platform_bears,
        blocked_reason="",
    )
    return decided(now, facts.RefundRequestApproved(approved.amount_minor, missing, text_id), by=by, at=at)


def approved_otherwise(request: RefundRequest) -> Refused:
    """Why what was approved can't be approved with another amount, or borne by another."""
    who = " and ".join(one.admin_id for one in request.approvals)
    borne = "the platform" if request.platform_bears else "the teacher"
    return Refused(
        "approved_otherwise",
        f"{who} approved {request.approved} already, borne by {borne}.",
        way_out="Agree with each other: the student can change the amount, which makes approvals void.",
    )


def reject(request: RefundRequest, text_id: str, *, by: Actor, at: datetime) -> Decision[RefundRequest]:
    """Say no."""
    state = _step(request, T.REJECT, by=by)
    if state is None:
        return Decision(request)
    return decided(_moved(request, state, by=by, at=at), facts.RefundRequestRejected(text_id), by=by, at=at)


def withdraw(request: RefundRequest, *, by: Actor, at: datetime) -> Decision[RefundRequest]:
    """The student takes it back, as long as no money moves."""
    state = _step(request, T.WITHDRAW, by=by)
    return (
        Decision(request)
        if state is None
        else decided(_moved(request, state, by=by, at=at), facts.RefundRequestWithdrawn(), by=by, at=at)
    )


def process(request: RefundRequest, refund_id: RefundId, *, by: Actor, at: datetime) -> Decision[RefundRequest]:
    """An admin sets the approved refund going."""
    state = _step(request, T.PROCESS, by=by)
    if state is None:
        return Decision(request)
    processed = replace(_moved(request, state, by=by, at=at), refund_id=refund_id)
    return decided(processed, facts.RefundRequestProcessed(refund_id), by=by, at=at)


def finish(request: RefundRequest, *, at: datetime) -> Decision[RefundRequest]:
    """Stripe has sent the money. A request that was closed meanwhile stays so."""
    if not REFUND_REQUEST.allows(request.state, T.FINISH):
        return Decision(request)
    done = _moved(request, REFUND_REQUEST.after(request.state, T.FINISH), by=SYSTEM, at=at)
    return decided(done, facts.RefundRequestDone(), by=SYSTEM, at=at)


def resume(request: RefundRequest, refund_id: RefundId, *, at: datetime) -> Decision[RefundRequest]:
    """Its refund, which was given up, is with Stripe after all. A request that was closed meanwhile stays so."""
    if not REFUND_REQUEST.allows(request.state, T.RESUME):
        return Decision(request)
    state = REFUND_REQUEST.after(request.state, T.RESUME)
    resumed = replace(_moved(request, state, by=SYSTEM, at=at), refund_id=refund_id, blocked_reason="")
    return decided(resumed, facts.RefundRequestProcessed(refund_id), by=SYSTEM, at=at, why="found_after_all")


def block(request: RefundRequest, reason: str, *, at: datetime) -> Decision[RefundRequest]:
    """It can't go on as it is: the money is gone, Stripe refused, or the refund failed later. An admin looks in time.

    A request that was closed meanwhile stays so.
    """
    if not REFUND_REQUEST.allows(request.state, T.BLOCK):
        return Decision(request)
    blocked = replace(
        _moved(request, REFUND_REQUEST.after(request.state, T.BLOCK), by=SYSTEM, at=at),
        approvals=(),
        blocked_reason=reason,
        expires_at=max(request.expires_at, at + BLOCKED_WAITS),
    )
    decision = decided(blocked, facts.RefundRequestBlocked(reason), by=SYSTEM, at=at)
    return decision + raise_alarm("refund_request_blocked", request.id, reason, at=at)


def expire(request: RefundRequest, *, at: datetime) -> Decision[RefundRequest]:
    """Nobody decided in time."""
    if at < request.expires_at:
        return Decision(request)
    state = _step(request, T.EXPIRE, by=CLOCK)
    return (
        Decision(request)
        if state is None
        else decided(_moved(request, state, by=CLOCK, at=at), facts.RefundRequestExpired(), by=CLOCK, at=at)
    )
