"""Payments: started by the student, confirmed by Stripe, shown to both sides."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Self

from pydantic import Field

from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.use_cases.create_payment_intent import Checkout
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.finding import listed, shown
from linguapay_http.models import Amount, Instant, Name, Page, PagedByAmount, View, Wish
from linguapay_http.resources.gigs import QuoteView

TAG: Final = "Payments"

SANDBOX_PUBLISHABLE_KEY: Final = "pk_test_sandbox"
"""What a browser shows the sandbox, where the settings name no account of Stripe's."""


class PaymentIntentWish(Wish):
    """A booking to pay for: with the saved card that is named, or with a new one, which may be saved for later."""

    booking_id: Annotated[Name, Field(examples=["bkg_01jnk0v6e0000000000000000b"])]
    payment_method_id: Name | None = None
    save_payment_method: bool = False


class ConfirmationWish(Wish):
    """A payment of which the browser says that something happened to it."""

    payment_id: Annotated[Name, Field(examples=["pay_01jnk0v6e0000000000000000c"])]


class PaymentView(View):
    """A payment. ``refundable`` is what may still go back; ``decline_code`` says why the last card was declined."""

    named: ClassVar[str] = "payment_id"
    id: str
    state: PaymentState
    booking_id: str
    student_id: str
    teacher_id: str
    total: Amount
    refunded: Amount
    refundable: Amount
    card_brand: str | None
    decline_code: str | None
    started_at: Instant
    succeeded_at: Instant | None

    @classmethod
    def of(cls, payment: Payment) -> Self:
        """Show a payment."""
        return cls(
            id=payment.id,
            state=payment.state,
            booking_id=payment.booking_id,
            student_id=payment.student_id,
            teacher_id=payment.teacher_id,
            total=Amount.of(payment.parts.total),
            refunded=Amount.of(payment.counters.refunded.total),
            refundable=Amount.of(payment.counters.left.total),
            card_brand=payment.card_brand or None,
            decline_code=payment.decline_code or None,
            started_at=payment.started_at,
            succeeded_at=payment.succeeded_at,
        )


class CheckoutView(PaymentView):
    """A payment, and what the browser needs for it: Stripe's keys, or a page of the card's bank to visit."""

    quote: QuoteView
    client_secret: Annotated[str | None, Field(repr=False)]
    publishable_key: str
    action_url: str | None
    requires_action: bool


class PaymentPage(Page):
    """A page of payments."""

    items: list[PaymentView]


class PaymentSearch(PagedByAmount):
    """Which payments. ``from`` and ``to`` are about when they were started."""

    state: PaymentState | None = None
    booking_id: Name | None = None
    student_id: Name | None = None
    teacher_id: Name | None = None


def publishable_key(desk: Desk) -> str:
    """The key with which a browser talks to Stripe, or to the sandbox."""
    return SANDBOX_PUBLISHABLE_KEY if desk.settings.uses_sandbox else desk.settings.stripe_publishable_key


def create_payment_intent(desk: Desk, caller: Caller, wish: PaymentIntentWish) -> CheckoutView:
    """Start paying for a booking, or go on with what was started.

    Asked twice, there is one payment. A declined card is no error: the payment stays open with its `decline_code`, and
    another card may be tried.
    """
    checkout = desk.linguapay.create_payment_intent(
        wish.booking_id,
        caller.person,
        payment_method_id=wish.payment_method_id or "",
        save_payment_method=wish.save_payment_method,
    )
    return _checkout(desk, checkout)


def confirm_payment(desk: Desk, caller: Caller, wish: ConfirmationWish) -> CheckoutView:
    """Ask Stripe how a payment stands, and write it down. The browser is never believed."""
    return _paying(desk, caller, wish.payment_id)


def list_payments(desk: Desk, caller: Caller, search: PaymentSearch) -> PaymentPage:
    """List payments: one's own as student or teacher, or all for an admin."""
    found = listed(desk, Payment, search, caller)
    return PaymentPage(items=[PaymentView.of(payment) for payment in found.items], next_cursor=found.next_cursor)


def show_payment(desk: Desk, caller: Caller, payment_id: str) -> PaymentView:
    """Show one payment."""
    return PaymentView.of(shown(desk, Payment, payment_id, caller))


def _paying(desk: Desk, caller: Caller, payment_id: str) -> CheckoutView:
    """How a payment stands now. The client secret comes from Stripe each time: it is kept nowhere."""
    return _checkout(desk, desk.linguapay.confirm_payment(payment_id, caller.person))


def _checkout(desk: Desk, checkout: Checkout) -> CheckoutView:
    secret = checkout.client_secret
    return CheckoutView(
        **vars(PaymentView.of(checkout.payment)),
        quote=QuoteView.of(checkout.booking.quote),
        client_secret=secret and secret.reveal(),
        publishable_key=publishable_key(desk),
        action_url=checkout.action_url or None,
        requires_action=checkout.requires_action,
    )


ALL: Final = "/api/payments/payments/"

DOORS: Final = (
    Door(
        "POST",
        "/api/payments/create-payment-intent/",
        create_payment_intent,
        CheckoutView,
        TAG,
        again=_paying,
        calls_stripe=True,
    ),
    Door("POST", "/api/payments/confirm-payment/", confirm_payment, CheckoutView, TAG, calls_stripe=True),
    Door("GET", ALL, list_payments, PaymentPage, TAG),
    Door("GET", f"{ALL}{{payment_id}}/", show_payment, PaymentView, TAG),
)
