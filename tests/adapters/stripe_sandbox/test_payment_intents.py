"""PaymentIntents: from creating to succeeding, and everything that is refused on the way."""

from datetime import timedelta
from typing import Any

import pytest
import stripe

from tests.adapters.stripe_sandbox.shop import Shop

DECLINES = [
    ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
    ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
    ("pm_card_chargeDeclinedLostCard", "card_declined", "lost_card"),
    ("pm_card_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
    ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
    ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
    ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
    ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
]
GOOD = [
    "pm_card_visa",
    "pm_card_mastercard",
    "pm_card_createDispute",
    "pm_card_createDisputeInquiry",
    "pm_card_pendingRefund",
    "pm_card_refundFail",
    "pm_card_bypassPending",
]


@pytest.mark.parametrize("card", GOOD)
def test_a_good_card_pays(shop: Shop, card: str) -> None:
    intent = shop.paid(2100, card)
    charge = shop.charge_of(intent)
    assert (intent.status, intent.amount_received, charge.paid, charge.captured) == ("succeeded", 2100, True, True)
    assert charge.payment_intent == intent.id


def test_the_states_lead_from_no_method_to_success(shop: Shop) -> None:
    intent = shop.intent()
    assert intent.status == "requires_payment_method"
    intent = shop.stripe.payment_intents.update(intent.id, {"payment_method": "pm_card_visa"})
    assert intent.status == "requires_confirmation"
    intent = shop.stripe.payment_intents.confirm(intent.id)
    assert intent.status == "succeeded"
    assert shop.event_types() == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


@pytest.mark.parametrize(("card", "code", "decline_code"), DECLINES)
def test_a_decline_leaves_the_intent_open_for_another_card(shop: Shop, card: str, code: str, decline_code: str) -> None:
    intent = shop.intent()
    with pytest.raises(stripe.CardError) as declined:
        shop.stripe.payment_intents.confirm(intent.id, {"payment_method": card})
    error = declined.value.error
    assert error is not None
    assert error.payment_intent is not None
    assert (declined.value.http_status, error.code, error.decline_code) == (402, code, decline_code)
    after = shop.stripe.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert error.payment_intent.status == after.status == "requires_payment_method"
    assert after.payment_method is None
    assert after.to_dict()["last_payment_error"]["decline_code"] == decline_code
    assert isinstance(after.latest_charge, stripe.Charge)
    assert (after.latest_charge.status, after.latest_charge.paid) == ("failed", False)
    assert shop.stripe.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "succeeded"
    assert "payment_intent.payment_failed" in shop.event_types()


def test_a_declined_charge_moves_no_money(shop: Shop) -> None:
    with pytest.raises(stripe.CardError):
        shop.paid(card="pm_card_chargeDeclined")
    shop.clock.advance(timedelta(days=3))
    assert shop.stripe.balance_transactions.list({}).data == []


@pytest.mark.parametrize("return_url", [None, "https://shop.example/back"])
def test_3d_secure_that_succeeds_pays(shop: Shop, return_url: str | None) -> None:
    more: dict[str, Any] = {"return_url": return_url} if return_url else {}
    intent = shop.paid(card="pm_card_authenticationRequired", **more)
    assert intent.status == "requires_action"
    assert intent.next_action is not None
    assert intent.next_action.type == ("redirect_to_url" if return_url else "use_stripe_sdk")
    shop.sandbox.complete_action(intent.id, succeeds=True)
    after = shop.stripe.payment_intents.retrieve(intent.id)
    assert (after.status, after.next_action, after.amount_received) == ("succeeded", None, 2100)


def test_3d_secure_that_fails_waits_for_another_card(shop: Shop) -> None:
    intent = shop.paid(card="pm_card_authenticationRequired")
    shop.sandbox.complete_action(intent.id, succeeds=False)
    after = shop.stripe.payment_intents.retrieve(intent.id)
    assert (after.status, after.latest_charge) == ("requires_payment_method", None)
    assert after.to_dict()["last_payment_error"]["code"] == "payment_intent_authentication_failure"
    assert shop.stripe.charges.list({"payment_intent": intent.id}).data == []


def test_an_action_is_completed_once(shop: Shop) -> None:
    intent = shop.paid(card="pm_card_authenticationRequired")
    shop.sandbox.complete_action(intent.id, succeeds=True)
    answer = shop.send("POST", f"/sandbox/intents/{intent.id}/complete_action", "succeeds=true")
    assert (answer.status, b"requires no action" in answer.body) == (400, True)


def test_off_session_a_card_that_wants_3d_secure_is_declined(shop: Shop) -> None:
    customer = shop.stripe.customers.create({})
    method = shop.stripe.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer.id})
    with pytest.raises(stripe.CardError) as declined:
        shop.paid(card=method.id, customer=customer.id, off_session=True)
    assert declined.value.error is not None
    assert declined.value.error.payment_intent is not None
    assert declined.value.code == "authentication_required"
    assert shop.stripe.payment_intents.retrieve(declined.value.error.payment_intent.id).status == (
        "requires_payment_method"
    )


def test_a_card_that_wants_3d_secure_once_works_off_session_after_it(shop: Shop) -> None:
    customer = shop.stripe.customers.create({})
    first = shop.paid(
        card="pm_card_authenticationRequiredOnSetup", customer=customer.id, setup_future_usage="off_session"
    )
    assert first.status == "requires_action"
    shop.sandbox.complete_action(first.id, succeeds=True)
    saved = shop.stripe.customers.payment_methods.list(customer.id).data
    assert len(saved) == 1
    assert shop.paid(card=saved[0].id, customer=customer.id, off_session=True).status == "succeeded"


def test_a_card_is_saved_only_when_asked_to(shop: Shop) -> None:
    customer = shop.stripe.customers.create({})
    once = shop.paid(customer=customer.id)
    assert shop.stripe.customers.payment_methods.list(customer.id).data == []
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        shop.paid(card=str(once.payment_method), customer=customer.id)
    shop.paid(customer=customer.id, setup_future_usage="on_session")
    assert len(shop.stripe.customers.payment_methods.list(customer.id).data) == 1


def test_somebody_elses_card_is_refused(shop: Shop) -> None:
    owner, other = shop.stripe.customers.create({}), shop.stripe.customers.create({})
    method = shop.stripe.payment_methods.attach("pm_card_visa", {"customer": owner.id})
    not_the_owner: list[dict[str, Any]] = [{}, {"customer": other.id}]
    for more in not_the_owner:
        with pytest.raises(stripe.InvalidRequestError, match="belongs to another Customer"):
            shop.paid(card=method.id, **more)


@pytest.mark.parametrize(
    ("account", "status", "paid_minor"),
    [
        ("pm_usBankAccount_success", "succeeded", 2100),
        ("pm_usBankAccount_insufficientFunds", "requires_payment_method", 0),
    ],
)
def test_a_bank_account_is_processing_for_four_days(shop: Shop, account: str, status: str, paid_minor: int) -> None:
    intent = shop.stripe.payment_intents.create(
        {
            "amount": 2100,
            "currency": "usd",
            "payment_method": account,
            "confirm": True,
            "return_url": "https://shop.example/back",
        }
    )
    assert intent.status == "processing"
    assert (shop.charge_of(intent).status, shop.charge_of(intent).paid) == ("pending", False)
    with pytest.raises(stripe.InvalidRequestError):
        shop.stripe.payment_intents.cancel(intent.id)
    shop.clock.advance(timedelta(days=4))
    after = shop.stripe.payment_intents.retrieve(intent.id)
    assert (after.status, after.amount_received) == (status, paid_minor)
    assert sum(one.amount for one in shop.stripe.balance_transactions.list({})) == paid_minor
    assert shop.event_types()[1:3] == ["charge.pending", "payment_intent.processing"]


def test_a_bank_account_is_refused_where_cards_only_are_allowed(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="not allowed"):
        shop.paid(card="pm_usBankAccount_success")


def test_the_browser_confirms_with_the_clients_secret(shop: Shop) -> None:
    customer = shop.stripe.customers.create({})
    intent = shop.intent(customer=customer.id, metadata={"payment": "pay_1"})
    secret = str(intent.client_secret)
    method = shop.browser.payment_methods.create(
        {"type": "card", "card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2030, "cvc": "123"}}
    )
    with pytest.raises(stripe.PermissionError):
        shop.browser.payment_intents.retrieve(intent.id)
    with pytest.raises(stripe.InvalidRequestError, match="client_secret"):
        shop.browser.payment_intents.confirm(intent.id, {"payment_method": method.id, "client_secret": "guess"})  # type: ignore[arg-type]
    seen = shop.browser.payment_intents.confirm(intent.id, {"payment_method": method.id, "client_secret": secret})  # type: ignore[arg-type]
    assert seen.status == "succeeded"
    assert "metadata" not in seen
    assert "customer" not in seen
    with pytest.raises(stripe.PermissionError):
        shop.browser.payment_intents.create({"amount": 100, "currency": "usd"})


def test_confirming_without_a_method_is_refused(shop: Shop) -> None:
    intent = shop.intent()
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method") as refused:
        shop.stripe.payment_intents.confirm(intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_confirming_twice_is_refused_and_charges_once(shop: Shop) -> None:
    intent = shop.paid()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.stripe.payment_intents.confirm(intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"
    assert len(shop.stripe.charges.list({"payment_intent": intent.id}).data) == 1


def test_confirming_without_a_return_url_is_refused_when_methods_may_redirect(shop: Shop) -> None:
    intent = shop.stripe.payment_intents.create({"amount": 100, "currency": "usd", "payment_method": "pm_card_visa"})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.stripe.payment_intents.confirm(intent.id)
    assert refused.value.param == "return_url"
    assert shop.stripe.payment_intents.retrieve(intent.id).status == "requires_confirmation"
    paid = shop.stripe.payment_intents.confirm(intent.id, {"return_url": "https://shop.example/back"})
    assert paid.status == "succeeded"


def test_no_return_url_is_needed_without_redirects(shop: Shop) -> None:
    never = {"enabled": True, "allow_redirects": "never"}
    intent = shop.stripe.payment_intents.create(
        {
            "amount": 100,
            "currency": "usd",
            "automatic_payment_methods": never,  # type: ignore[typeddict-item]
            "payment_method": "pm_card_visa",
            "confirm": True,
        }
    )
    assert intent.status == "succeeded"


def test_an_open_intent_is_cancelled_once(shop: Shop) -> None:
    intent = shop.intent()
    cancelled = shop.stripe.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")
    for refused_step in (shop.stripe.payment_intents.cancel, shop.stripe.payment_intents.confirm):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            refused_step(intent.id)
        assert refused.value.code == "payment_intent_unexpected_state"


def test_cancelling_what_succeeded_is_refused(shop: Shop) -> None:
    intent = shop.paid()
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded") as refused:
        shop.stripe.payment_intents.cancel(intent.id)
    assert refused.value.error is not None
    assert refused.value.error.payment_intent is not None
    assert refused.value.error.payment_intent.id == intent.id
    assert shop.stripe.payment_intents.retrieve(intent.id).status == "succeeded"


def test_an_amount_may_change_until_it_is_paid(shop: Shop) -> None:
    intent = shop.intent(2100)
    assert shop.stripe.payment_intents.update(intent.id, {"amount": 2500}).amount == 2500
    shop.stripe.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    with pytest.raises(stripe.InvalidRequestError):
        shop.stripe.payment_intents.update(intent.id, {"amount": 100})
    assert shop.stripe.payment_intents.update(intent.id, {"metadata": {"a": "b"}}).metadata["a"] == "b"


@pytest.mark.parametrize(
    ("asked", "code", "param"),
    [
        ({"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
        ({"automatic_payment_methods": {"enabled": True}}, "parameters_exclusive", "allowed_payment_method_types"),
        ({"amount": 49}, "amount_too_small", "amount"),
        ({"amount": 0}, "parameter_invalid_integer", "amount"),
        ({"amount": -5}, "parameter_invalid_integer", "amount"),
        ({"amount": "10.5"}, "parameter_invalid_integer", "amount"),
        ({"amount": 100_000_000}, "amount_too_large", "amount"),
        ({"currency": "xxx"}, None, "currency"),
        ({"off_session": True}, None, "off_session"),
        ({"return_url": "https://shop.example"}, None, "return_url"),
        ({"statement_descriptor": "LESSON"}, "payment_intent_invalid_parameter", "statement_descriptor"),
        ({"setup_future_usage": "sometimes"}, None, "setup_future_usage"),
        ({"payment_method": "pm_unknown"}, "resource_missing", "payment_method"),
        (
            {
                "confirm": True,
                "payment_method": "pm_card_visa",
                "off_session": True,
                "setup_future_usage": "off_session",
            },
            "parameters_exclusive",
            "setup_future_usage",
        ),
    ],
)
def test_what_stripe_refuses_is_refused_and_changes_nothing(
    shop: Shop, asked: dict[str, object], code: str | None, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.intent(**{"amount": 2100, **asked})  # type: ignore[arg-type]
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (400, code, param)
    assert shop.stripe.payment_intents.list({}).data == []
    assert shop.event_types() == []


def test_intents_are_listed_by_customer(shop: Shop) -> None:
    customer = shop.stripe.customers.create({})
    mine = shop.intent(customer=customer.id)
    shop.intent()
    assert [one.id for one in shop.stripe.payment_intents.list({"customer": customer.id})] == [mine.id]
