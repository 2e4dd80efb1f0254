"""Transfers: what a teacher earns, on its way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final, Self

from linguapay_core.domain.transfer import Hold, Transfer, TransferState
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.finding import listed, shown
from linguapay_http.models import Amount, Instant, Name, Page, PagedByAmount, View

TAG: Final = "Transfers"

REASONS: Final[Mapping[Hold, str]] = {
    Hold.ACCOUNT_NOT_READY: "Your account at Stripe can't receive money yet: complete it there.",
    Hold.REFUND_REQUEST_OPEN: "The student has asked for a refund, which isn't decided yet.",
    Hold.CONTESTED: "It isn't decided yet how the lesson went.",
    Hold.DISPUTED: "The student's bank disputes the payment.",
    Hold.REFUSED_BY_STRIPE: "Stripe refused to send it; we look into it.",
    Hold.REVERSED: "Stripe has taken it back; we look into it.",
    Hold.BY_ADMIN: "We are looking into it.",
}
"""Why a transfer waits, in words for the teacher."""


class TransferView(View):
    """A transfer. ``amount`` is empty until it is fixed, just before it is sent; ``sent_back`` is what came back of it.

    ``hold`` and ``hold_reason`` say why it waits; without them it is sent at ``pay_at``.
    """

    named: ClassVar[str] = "transfer_id"
    id: str
    state: TransferState
    payment_id: str
    booking_id: str
    teacher_id: str
    amount: Amount | None
    sent_back: Amount
    hold: Hold | None
    hold_reason: str | None
    scheduled_at: Instant
    pay_at: Instant

    @classmethod
    def of(cls, transfer: Transfer) -> Self:
        """Show a transfer."""
        hold = transfer.hold if transfer.state is TransferState.ON_HOLD else None
        sent_back = sum((reversal.amount for reversal in transfer.reversals), transfer.amount.zero)
        return cls(
            id=transfer.id,
            state=transfer.state,
            payment_id=transfer.payment_id,
            booking_id=transfer.booking_id,
            teacher_id=transfer.teacher_id,
            amount=transfer.sends and Amount.of(transfer.sends),
            sent_back=Amount.of(sent_back),
            hold=hold,
            hold_reason=hold and REASONS[hold],
            scheduled_at=transfer.scheduled_at,
            pay_at=transfer.pay_at,
        )


class TransferPage(Page):
    """A page of transfers."""

    items: list[TransferView]


class TransferSearch(PagedByAmount):
    """Which transfers. ``from`` and ``to`` are about when they were scheduled."""

    state: TransferState | None = None
    payment_id: Name | None = None
    booking_id: Name | None = None
    teacher_id: Name | None = None


def list_transfers(desk: Desk, caller: Caller, search: TransferSearch) -> TransferPage:
    """List transfers: one's own as a teacher, or all for an admin."""
    found = listed(desk, Transfer, search, caller)
    return TransferPage(items=[TransferView.of(transfer) for transfer in found.items], next_cursor=found.next_cursor)


def show_transfer(desk: Desk, caller: Caller, transfer_id: str) -> TransferView:
    """Show one transfer."""
    return TransferView.of(shown(desk, Transfer, transfer_id, caller))


def hold_transfer(desk: Desk, caller: Caller, transfer_id: str) -> TransferView:
    """Let a transfer wait until an admin releases it. Once it is on its way it can't be held."""
    return TransferView.of(desk.linguapay.hold_transfer(transfer_id, caller.person))


def release_transfer(desk: Desk, caller: Caller, transfer_id: str) -> TransferView:
    """Let a held transfer go on, whatever held it. What still stands in its way holds it again."""
    return TransferView.of(desk.linguapay.release_transfer(transfer_id, caller.person))


def retry_transfer(desk: Desk, caller: Caller, transfer_id: str) -> TransferView:
    """Ask Stripe again for a transfer that is parked, if a look finds nothing of it there. The worker does it."""
    return TransferView.of(desk.linguapay.retry_transfer(transfer_id, caller.person))


ALL: Final = "/api/transfers/"
ONE: Final = "/api/transfers/{transfer_id}/"

DOORS: Final = (
    Door("GET", ALL, list_transfers, TransferPage, TAG),
    Door("GET", ONE, show_transfer, TransferView, TAG),
    Door("POST", f"{ONE}hold/", hold_transfer, TransferView, TAG, again=show_transfer),
    Door("POST", f"{ONE}release/", release_transfer, TransferView, TAG, again=show_transfer),
    Door("POST", f"{ONE}retry/", retry_transfer, TransferView, TAG, again=show_transfer),
)
