"""SetupIntents: saving a card without charging it."""

import pytest
import stripe

from tests.adapters.stripe_sandbox.shop import Shop


def setup(shop: Shop, card: str, **more: object) -> stripe.SetupIntent:
    asked = {"allowed_payment_method_types": ["card"], "payment_method": card, "confirm": True, **more}
    return shop.stripe.setup_intents.create(asked)  # type: ignore[arg-type]


def test_a_card_is_saved_without_a_charge(shop: Shop) -> None:
    customer = shop.stripe.customers.create({})
    intent = setup(shop, "pm_card_visa", customer=customer.id)
    assert intent.status == "succeeded"
    assert [one.id for one in shop.stripe.customers.payment_methods.list(customer.id)] == [intent.payment_method]
    assert shop.stripe.charges.list({}).data == []
    assert "setup_intent.succeeded" in shop.event_types()


@pytest.mark.parametrize(("succeeds", "status"), [(True, "succeeded"), (False, "requires_payment_method")])
def test_3d_secure_on_setup_goes_both_ways(shop: Shop, succeeds: bool, status: str) -> None:
    customer = shop.stripe.customers.create({})
    intent = setup(shop, "pm_card_authenticationRequiredOnSetup", customer=customer.id)
    assert intent.status == "requires_action"
    shop.sandbox.complete_action(intent.id, succeeds=succeeds)
    assert shop.stripe.setup_intents.retrieve(intent.id).status == status
    saved = shop.stripe.customers.payment_methods.list(customer.id).data
    assert len(saved) == succeeds
    if succeeds:
        assert shop.paid(card=saved[0].id, customer=customer.id, off_session=True).status == "succeeded"


def test_a_card_that_always_wants_3d_secure_still_does_after_setup(shop: Shop) -> None:
    customer = shop.stripe.customers.create({})
    intent = setup(shop, "pm_card_authenticationRequired", customer=customer.id)
    shop.sandbox.complete_action(intent.id, succeeds=True)
    with pytest.raises(stripe.CardError) as declined:
        shop.paid(card=str(intent.payment_method), customer=customer.id, off_session=True)
    assert declined.value.code == "authentication_required"


def test_a_declined_setup_keeps_its_error(shop: Shop) -> None:
    customer = shop.stripe.customers.create({})
    with pytest.raises(stripe.CardError) as declined:
        setup(shop, "pm_card_chargeDeclined", customer=customer.id)
    assert declined.value.error is not None
    assert declined.value.error.setup_intent is not None
    after = shop.stripe.setup_intents.retrieve(declined.value.error.setup_intent.id)
    assert after.status == "requires_payment_method"
    assert after.to_dict()["last_setup_error"]["decline_code"] == "generic_decline"


def test_a_card_that_fails_later_can_be_saved(shop: Shop) -> None:
    customer = shop.stripe.customers.create({})
    intent = setup(shop, "pm_card_chargeCustomerFail", customer=customer.id)
    assert intent.status == "succeeded"
    with pytest.raises(stripe.CardError):
        shop.paid(card=str(intent.payment_method), customer=customer.id, off_session=True)


def test_an_open_setup_is_cancelled_and_a_finished_one_is_not(shop: Shop) -> None:
    open_one = shop.stripe.setup_intents.create({"allowed_payment_method_types": ["card"]})
    assert shop.stripe.setup_intents.cancel(open_one.id).status == "canceled"
    done = setup(shop, "pm_card_visa")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.stripe.setup_intents.cancel(done.id)
    assert refused.value.code == "setup_intent_unexpected_state"


def test_confirming_a_setup_without_a_method_is_refused(shop: Shop) -> None:
    intent = shop.stripe.setup_intents.create({"allowed_payment_method_types": ["card"]})
    with pytest.raises(stripe.InvalidRequestError):
        shop.stripe.setup_intents.confirm(intent.id)
    assert shop.stripe.setup_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "succeeded"
