"""Customers, payment methods and the cards behind them."""

import pytest
import stripe

from linguapay_adapters.stripe_sandbox.cards import CARDS, passes_luhn
from tests.adapters.stripe_sandbox.shop import Shop

CARD = {"number": "4242 4242 4242 4242", "exp_month": "12", "exp_year": "2030", "cvc": "123"}


def test_a_customer_is_found_by_email_and_changed(shop: Shop) -> None:
    customer = shop.stripe.customers.create({"email": "ana@example.com", "metadata": {"student": "s1", "old": "x"}})
    shop.stripe.customers.create({"email": "other@example.com"})
    shop.stripe.customers.update(customer.id, {"name": "Ana", "metadata": {"old": "", "new": "y"}})
    found = shop.stripe.customers.list({"email": "ana@example.com"}).data
    assert [(one.id, one.name, one.livemode, one.object) for one in found] == [(customer.id, "Ana", False, "customer")]
    assert found[0].metadata is not None
    assert found[0].metadata.to_dict() == {"student": "s1", "new": "y"}
    assert shop.event_types() == ["customer.created", "customer.created", "customer.updated"]


def test_empty_metadata_deletes_all_of_it(shop: Shop) -> None:
    customer = shop.stripe.customers.create({"metadata": {"a": "1"}})
    assert shop.stripe.customers.update(customer.id, {"metadata": ""}).to_dict()["metadata"] == {}


def test_a_deleted_customer_is_shown_as_deleted_and_can_pay_nothing(shop: Shop) -> None:
    customer = shop.stripe.customers.create({"email": "ana@example.com"})
    method = shop.stripe.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    shop.stripe.customers.delete(customer.id)
    assert shop.stripe.customers.retrieve(customer.id).deleted
    assert shop.stripe.payment_methods.retrieve(method.id).customer is None
    with pytest.raises(stripe.InvalidRequestError, match="No such customer") as refused:
        shop.intent(customer=customer.id)
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (400, "resource_missing", "customer")


def test_a_token_becomes_a_fresh_method_each_time(shop: Shop) -> None:
    customer = shop.stripe.customers.create({})
    first = shop.stripe.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    second = shop.stripe.payment_methods.attach("pm_card_mastercard", {"customer": customer.id})
    assert first.id.startswith("pm_")
    assert first.id != "pm_card_visa"
    listed = shop.stripe.customers.payment_methods.list(customer.id).data
    assert [(one.id, one.card and one.card.brand, one.card and one.card.last4) for one in listed] == [
        (second.id, "mastercard", "4444"),
        (first.id, "visa", "4242"),
    ]
    assert [one.id for one in shop.stripe.payment_methods.list({"customer": customer.id, "type": "card"})] == [
        second.id,
        first.id,
    ]
    assert shop.stripe.customers.payment_methods.retrieve(customer.id, first.id).id == first.id


def test_a_detached_method_is_gone_for_good(shop: Shop) -> None:
    customer = shop.stripe.customers.create({})
    method = shop.stripe.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    shop.stripe.payment_methods.detach(method.id)
    assert shop.stripe.customers.payment_methods.list(customer.id).data == []
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        shop.stripe.payment_methods.attach(method.id, {"customer": customer.id})
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        shop.stripe.payment_methods.detach(method.id)


def test_only_an_attached_method_becomes_the_default(shop: Shop) -> None:
    customer = shop.stripe.customers.create({})
    other = shop.stripe.customers.create({})
    method = shop.stripe.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    default = {"invoice_settings": {"default_payment_method": method.id}}
    changed = shop.stripe.customers.update(customer.id, default)  # type: ignore[arg-type]
    assert changed.to_dict()["invoice_settings"]["default_payment_method"] == method.id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.stripe.customers.update(other.id, default)  # type: ignore[arg-type]
    assert refused.value.param == "invoice_settings[default_payment_method]"


def test_a_card_number_comes_from_the_browser_only(shop: Shop) -> None:
    made = shop.browser.payment_methods.create({"type": "card", "card": CARD})  # type: ignore[arg-type]
    assert made.card is not None
    assert (made.card.last4, made.card.exp_year) == ("4242", 2030)
    with pytest.raises(stripe.InvalidRequestError, match="generally unsafe"):
        shop.stripe.payment_methods.create({"type": "card", "card": CARD})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"number": "4242424242424241"}, "incorrect_number"),
        ({"number": "none"}, "incorrect_number"),
        ({"number": "4111111111111111"}, "card_declined"),
        ({"exp_month": "13"}, "invalid_expiry_month"),
        ({"exp_year": "2020"}, "invalid_expiry_year"),
    ],
)
def test_a_card_that_cannot_be_is_refused(shop: Shop, changed: dict[str, str], code: str) -> None:
    with pytest.raises(stripe.CardError) as refused:
        shop.browser.payment_methods.create({"type": "card", "card": {**CARD, **changed}})  # type: ignore[arg-type]
    assert refused.value.code == code


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.token)
def test_every_test_card_is_known_by_number_and_by_token(shop: Shop, card: object) -> None:
    number, token = str(getattr(card, "number", "")), str(getattr(card, "token", ""))
    assert passes_luhn(number)
    by_number = shop.browser.payment_methods.create({"type": "card", "card": {**CARD, "number": number}})  # type: ignore[arg-type]
    by_token = shop.stripe.payment_methods.retrieve(token)
    assert by_number.card is not None
    assert by_token.card is not None
    assert by_number.card.fingerprint == by_token.card.fingerprint
    assert by_number.card.last4 == by_token.card.last4 == number[-4:]


@pytest.mark.parametrize("path", ["customers", "payment_intents", "payment_methods", "charges", "refunds", "events"])
def test_an_unknown_id_in_the_path_is_not_found(shop: Shop, path: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        getattr(shop.stripe, path).retrieve("xx_unknown")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    assert refused.value.param
