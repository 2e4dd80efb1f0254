"""Credits: what students are owed because a refund of theirs failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Self

from pydantic import Field

from linguapay_core.domain.payment import Payment
from linguapay_core.domain.wording import Wording
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.finding import listed, shown
from linguapay_http.models import Amount, Name, Page, PagedByTime, SomeMinor, View, Wish

TAG: Final = "Credits"


class BankWish(Wish):
    """So much was paid out by bank, under the bank's reference of it, by which a repetition is known."""

    amount_minor: SomeMinor
    reference: Annotated[Name, Field(examples=["BANK-2026-0309"])]


class CreditView(View):
    """What is owed to the student of a payment; nothing once it was sent back."""

    named: ClassVar[str] = "payment_id"
    id: str
    booking_id: str
    student_id: str
    credit: Amount

    @classmethod
    def of(cls, payment: Payment) -> Self:
        """Show a payment's credit."""
        return cls(
            id=payment.id,
            booking_id=payment.booking_id,
            student_id=payment.student_id,
            credit=Amount.of(payment.counters.credit.total),
        )


class CreditPage(Page):
    """A page of credits."""

    items: list[CreditView]


class CreditSearch(PagedByTime):
    """Which credits. ``from`` and ``to`` are about when their payments were started."""

    booking_id: Name | None = None
    student_id: Name | None = None

    @property
    def filters(self) -> Mapping[str, Wording]:
        """Payments, of which those alone that have a credit."""
        return {**super().filters, "with_credit": True}


def list_credits(desk: Desk, _caller: Caller, search: CreditSearch) -> CreditPage:
    """List the payments for which a student is owed credit, the latest first."""
    found = listed(desk, Payment, search)
    return CreditPage(items=[CreditView.of(payment) for payment in found.items], next_cursor=found.next_cursor)


def refund_credit_again(desk: Desk, caller: Caller, payment_id: str) -> CreditView:
    """Set the credit of a payment aside for a new refund, which the worker sends to the card that paid."""
    desk.linguapay.refund_credit_again(payment_id, caller.person)
    return _again(desk, caller, payment_id)


def note_credit_paid_by_bank(desk: Desk, caller: Caller, payment_id: str, wish: BankWish) -> CreditView:
    """Write down that credit was paid out by bank, in all or in part. The same reference counts once."""
    payment = desk.linguapay.note_credit_paid_by_bank(payment_id, caller.person, wish.amount_minor, wish.reference)
    return CreditView.of(payment)


def _again(desk: Desk, caller: Caller, payment_id: str) -> CreditView:
    return CreditView.of(shown(desk, Payment, payment_id, caller))


ALL: Final = "/api/credits/"
ONE: Final = "/api/credits/{payment_id}/"

DOORS: Final = (
    Door("GET", ALL, list_credits, CreditPage, TAG),
    Door("POST", f"{ONE}refund-again/", refund_credit_again, CreditView, TAG, again=_again),
    Door("POST", f"{ONE}paid-by-bank/", note_credit_paid_by_bank, CreditView, TAG, again=_again),
)
