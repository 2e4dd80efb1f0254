"""A student's saved cards. Stripe keeps them; the numbers never come here."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Self

from pydantic import Field

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.seen import SeenMethod
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.models import Name, Page, View, Wish
from linguapay_http.resources.payments import publishable_key

TAG: Final = "Payment methods"


class SavedCardWish(Wish):
    """A card that the browser has given to Stripe."""

    payment_method_id: Annotated[Name, Field(examples=["pm_card_visa"])]


class DefaultWish(Wish):
    """That a card is the one offered first. It stops being it when another becomes it, so this is never false."""

    is_default: Annotated[bool, Field(examples=[True], json_schema_extra={"const": True})]


class PaymentMethodView(View):
    """A saved card, as far as it may be shown."""

    named: ClassVar[str] = "payment_method_id"
    id: str
    brand: str
    last4: str
    expiry_month: int
    expiry_year: int
    is_default: bool

    @classmethod
    def of(cls, method: SeenMethod) -> Self:
        """Show a saved card."""
        return cls(
            id=method.id,
            brand=method.brand,
            last4=method.last4,
            expiry_month=method.expiry_month,
            expiry_year=method.expiry_year,
            is_default=method.is_default,
        )


class PaymentMethodPage(Page):
    """All saved cards: they fit on one page."""

    items: list[PaymentMethodView]


class SetupIntentView(View):
    """What the browser needs to save a card."""

    id: str
    client_secret: Annotated[str | None, Field(repr=False)]
    publishable_key: str


def list_payment_methods(desk: Desk, caller: Caller) -> PaymentMethodPage:
    """List one's saved cards, the newest first."""
    methods = desk.linguapay.list_payment_methods(caller.person)
    return PaymentMethodPage(items=[PaymentMethodView.of(method) for method in methods], next_cursor="")


def save_payment_method(desk: Desk, caller: Caller, wish: SavedCardWish) -> PaymentMethodView:
    """Save a card. The first one becomes the default; saving it again changes nothing."""
    return PaymentMethodView.of(desk.linguapay.save_payment_method(caller.person, wish.payment_method_id))


def create_setup_intent(desk: Desk, caller: Caller) -> SetupIntentView:
    """Prepare saving a new card in the browser. It moves no money, so each call makes a new SetupIntent."""
    setup = desk.linguapay.create_setup_intent(caller.person)
    secret = setup.client_secret
    return SetupIntentView(id=setup.id, client_secret=secret and secret.reveal(), publishable_key=publishable_key(desk))


def make_default_payment_method(
    desk: Desk, caller: Caller, payment_method_id: str, wish: DefaultWish
) -> PaymentMethodView:
    """Make a saved card the one that is offered first."""
    if not wish.is_default:
        raise Invalid("is_default", "a card stops being the default when another becomes it.")
    return PaymentMethodView.of(desk.linguapay.make_default_payment_method(caller.person, payment_method_id))


def delete_payment_method(desk: Desk, caller: Caller, payment_method_id: str) -> None:
    """Forget a saved card, for good. If it was the default, the newest other one becomes it."""
    desk.linguapay.delete_payment_method(caller.person, payment_method_id)


ALL: Final = "/api/payments/payment-methods/"
ONE: Final = "/api/payments/payment-methods/{payment_method_id}/"

DOORS: Final = (
    Door("GET", ALL, list_payment_methods, PaymentMethodPage, TAG, calls_stripe=True),
    Door("POST", f"{ALL}save/", save_payment_method, PaymentMethodView, TAG, calls_stripe=True),
    Door("POST", f"{ALL}setup-intent/", create_setup_intent, SetupIntentView, TAG, calls_stripe=True),
    Door("PATCH", ONE, make_default_payment_method, PaymentMethodView, TAG, calls_stripe=True),
    Door("DELETE", f"{ONE}delete/", delete_payment_method, None, TAG, status=204, calls_stripe=True),
)
