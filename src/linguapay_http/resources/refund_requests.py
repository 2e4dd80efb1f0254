"""Refund requests: asked for by the student, decided and executed by admins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.people import FreeText
from linguapay_core.domain.refund_request import Approval, RefundRequest, RequestState
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.finding import listed, shown
from linguapay_http.models import Amount, Instant, Name, Page, PagedByAmount, SomeMinor, Text, View, Wish

TAG: Final = "Refund requests"


class RefundWish(Wish):
    """So much of a payment to ask back, and why."""

    payment_id: Annotated[Name, Field(examples=["pay_01jnk0v6e0000000000000000c"])]
    amount_minor: SomeMinor
    reason: Annotated[Text, Field(examples=["The lesson was too short."])]


class DecisionWish(Wish):
    """Yes, to exactly this amount: the whole that is asked for, or less. Or no. The student reads the notes.

    A yes needs the amount, so that it is to what the admin saw, and a no needs notes. ``platform_bears`` spares the
    teacher.
    """

    decision: Literal["approve", "reject"]
    amount_minor: SomeMinor | None = None
    platform_bears: bool = False
    notes: Text | None = None


class ApprovalView(View):
    """One admin's yes, to exactly this amount."""

    admin_id: str
    amount: Amount
    at: Instant

    @classmethod
    def of(cls, approval: Approval) -> Self:
        """Show an approval."""
        return cls(admin_id=approval.admin_id, amount=Amount.of(approval.amount), at=approval.at)


class NoteView(View):
    """What an admin wrote; empty where it was erased."""

    by: str
    text: str | None


class RefundRequestView(View):
    """A refund request. ``approved`` is the amount that admins agree to; ``reason`` is empty where it was erased."""

    named: ClassVar[str] = "refund_request_id"
    id: str
    state: RequestState
    payment_id: str
    booking_id: str
    student_id: str
    amount: Amount
    reason: str | None
    approved: Amount | None
    approvals: list[ApprovalView]
    approvals_needed: int
    platform_bears: bool
    notes: list[NoteView]
    refund_id: str | None
    blocked_reason: str | None
    submitted_at: Instant
    expires_at: Instant | None

    @classmethod
    def of(cls, request: RefundRequest, texts: Iterable[FreeText]) -> Self:
        """Show a refund request, with what was written about it (among other texts)."""
        about = {text.id: text for text in texts if text.subject == request.id}
        reason = about.pop(request.reason_id)
        return cls(
            id=request.id,
            state=request.state,
            payment_id=request.payment_id,
            booking_id=request.booking_id,
            student_id=request.student_id,
            amount=Amount.of(request.amount),
            reason=reason.text,
            approved=None if request.approved is None else Amount.of(request.approved),
            approvals=[ApprovalView.of(approval) for approval in request.approvals],
            approvals_needed=request.approvals_needed,
            platform_bears=request.platform_bears,
            notes=[NoteView(by=note.author, text=note.text) for note in about.values()],
            refund_id=request.refund_id,
            blocked_reason=request.blocked_reason or None,
            submitted_at=request.submitted_at,
            expires_at=request.due_at,
        )


class RefundRequestPage(Page):
    """A page of refund requests."""

    items: list[RefundRequestView]


class RefundRequestSearch(PagedByAmount):
    """Which refund requests. ``from`` and ``to`` are about when they were submitted."""

    state: RequestState | None = None
    payment_id: Name | None = None
    booking_id: Name | None = None
    student_id: Name | None = None


def request_refund(desk: Desk, caller: Caller, wish: RefundWish) -> RefundRequestView:
    """Ask for money back, up to what is left of the payment."""
    request = desk.linguapay.request_refund(wish.payment_id, caller.person, wish.amount_minor, wish.reason)
    return _view(desk, request)


def list_refund_requests(desk: Desk, caller: Caller, search: RefundRequestSearch) -> RefundRequestPage:
    """List refund requests: one's own, or all for an admin."""
    found = listed(desk, RefundRequest, search, caller)
    return RefundRequestPage(items=_views(desk, found.items), next_cursor=found.next_cursor)


def show_refund_request(desk: Desk, caller: Caller, refund_request_id: str) -> RefundRequestView:
    """Show one refund request."""
    return _view(desk, shown(desk, RefundRequest, refund_request_id, caller))


def withdraw_refund_request(desk: Desk, caller: Caller, refund_request_id: str) -> RefundRequestView:
    """Take a refund request back, as long as no money moves."""
    return _view(desk, desk.linguapay.withdraw_refund_request(refund_request_id, caller.person))


def decide_refund_request(desk: Desk, caller: Caller, refund_request_id: str, wish: DecisionWish) -> RefundRequestView:
    """Approve a refund request, or reject it. No money moves before it is processed.

    Above a threshold two admins must approve the same amount. An admin can't approve what they asked for themselves.
    """
    if wish.decision == "approve":
        if wish.amount_minor is None:
            raise Invalid("amount_minor", "an approval names the amount that it is about.")
        request = desk.linguapay.approve_refund_request(
            refund_request_id,
            caller.person,
            amount_minor=wish.amount_minor,
            platform_bears=wish.platform_bears,
            notes=wish.notes or "",
        )
    else:
        _check_rejection(wish)
        request = desk.linguapay.reject_refund_request(refund_request_id, caller.person, wish.notes or "")
    return _view(desk, request)


def process_refund_request(desk: Desk, caller: Caller, refund_request_id: str) -> RefundRequestView:
    """Send the money of an approved refund request back. Processing twice refunds once."""
    return _view(desk, desk.linguapay.process_refund_request(refund_request_id, caller.person))


def _check_rejection(wish: DecisionWish) -> None:
    """Raise ``Invalid`` for a no that says a part of a yes."""
    if wish.amount_minor is not None:
        raise Invalid("amount_minor", "only an approval has an amount.")
    if wish.platform_bears:
        raise Invalid("platform_bears", "only an approval says who bears it.")


def _views(desk: Desk, requests: Sequence[RefundRequest]) -> list[RefundRequestView]:
    texts = desk.linguapay.read_texts([request.id for request in requests])
    return [RefundRequestView.of(request, texts) for request in requests]


def _view(desk: Desk, request: RefundRequest) -> RefundRequestView:
    (view,) = _views(desk, [request])
    return view


ALL: Final = "/api/payments/refund-requests/"
ONE: Final = "/api/payments/refund-requests/{refund_request_id}/"

DOORS: Final = (
    Door("GET", ALL, list_refund_requests, RefundRequestPage, TAG),
    Door("POST", ALL, request_refund, RefundRequestView, TAG, status=201, again=show_refund_request),
    Door("GET", ONE, show_refund_request, RefundRequestView, TAG),
    Door("PATCH", ONE, decide_refund_request, RefundRequestView, TAG),
    Door("POST", f"{ONE}withdraw/", withdraw_refund_request, RefundRequestView, TAG, again=show_refund_request),
    Door(
        "POST",
        f"{ONE}process/",
        process_refund_request,
        RefundRequestView,
        TAG,
        again=show_refund_request,
        calls_stripe=True,
        promises=True,
    ),
)
