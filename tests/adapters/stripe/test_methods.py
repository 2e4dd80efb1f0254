"""SetupIntents and saved cards, through the real SDK against the sandbox."""

import pytest

from linguapay_core.domain.answer import Rejected
from linguapay_core.domain.secret import Secret
from linguapay_core.domain.seen import IntentStatus, SeenMethod
from tests.adapters.stripe.desk import Desk, value_of


def test_a_setup_waits_for_its_card_and_keeps_its_secret_to_itself(desk: Desk) -> None:
    customer = desk.customer()
    setup = value_of(desk.gateway.create_setup(key="s", customer_id=customer))
    assert (setup.status, setup.customer_id, setup.method_id) == (IntentStatus.REQUIRES_METHOD, customer, "")
    assert isinstance(setup.client_secret, Secret)
    assert setup.client_secret.reveal() not in repr(setup)
    at_stripe = desk.client.v1.setup_intents.retrieve(setup.id)
    assert at_stripe.usage == "off_session"
    assert at_stripe.metadata is not None
    assert at_stripe.metadata["linguapay_key"] == "s"


def test_a_setup_for_an_unknown_customer_is_rejected(desk: Desk) -> None:
    assert isinstance(desk.gateway.create_setup(key="s", customer_id="cus_nobody"), Rejected)


def test_a_saved_card_is_what_it_is(desk: Desk) -> None:
    customer = desk.customer()
    seen = value_of(desk.gateway.attach_method("pm_card_mastercard", key="a", customer_id=customer))
    assert seen == SeenMethod(seen.id, customer, "mastercard", "4444", 11, 2027, is_default=False)
    assert value_of(desk.gateway.method(seen.id)) == seen


def test_cards_are_listed_newest_first_with_the_default_marked(desk: Desk) -> None:
    customer = desk.customer()
    first, second = desk.saved_card(customer), desk.saved_card(customer, "pm_card_mastercard")
    assert value_of(desk.gateway.set_default_method(customer, method_id=first)) == first
    listed = value_of(desk.gateway.methods_of(customer))
    assert [(method.id, method.is_default) for method in listed] == [(second, False), (first, True)]
    assert value_of(desk.gateway.method(first)).is_default
    assert not value_of(desk.gateway.method(second)).is_default


def test_no_default_is_a_choice_too(desk: Desk) -> None:
    customer = desk.customer()
    card = desk.saved_card(customer)
    value_of(desk.gateway.set_default_method(customer, method_id=card))
    assert value_of(desk.gateway.set_default_method(customer, method_id="")) == ""
    assert [method.is_default for method in value_of(desk.gateway.methods_of(customer))] == [False]


def test_a_card_of_another_cant_be_the_default(desk: Desk) -> None:
    card = desk.saved_card(desk.customer())
    assert isinstance(desk.gateway.set_default_method(desk.customer(), method_id=card), Rejected)


def test_saving_a_card_where_it_is_saved_is_the_answer(desk: Desk) -> None:
    customer = desk.customer()
    card = desk.saved_card(customer)
    assert value_of(desk.gateway.attach_method(card, key="again", customer_id=customer)).id == card


def test_a_card_of_another_is_rejected(desk: Desk) -> None:
    card = desk.saved_card(desk.customer())
    assert isinstance(desk.gateway.attach_method(card, key="a", customer_id=desk.customer()), Rejected)


def test_a_declined_card_is_rejected_with_its_decline_code(desk: Desk) -> None:
    token = "pm_card_chargeDeclinedInsufficientFunds"
    answer = desk.gateway.attach_method(token, key="a", customer_id=desk.customer())
    assert isinstance(answer, Rejected)
    assert answer.code == "insufficient_funds"


def test_a_forgotten_card_belongs_to_nobody_and_forgetting_it_twice_is_forgetting_it_once(desk: Desk) -> None:
    customer = desk.customer()
    card = desk.saved_card(customer)
    value_of(desk.gateway.set_default_method(customer, method_id=card))
    for key in ("d:1", "d:2"):
        forgotten = value_of(desk.gateway.detach_method(card, key=key))
        assert (forgotten.customer_id, forgotten.is_default) == ("", False)
    assert value_of(desk.gateway.methods_of(customer)) == ()


@pytest.mark.parametrize("method_id", ["pm_nobody", "", "..", "pm_1/attach", "pm ü"])
def test_a_card_that_doesnt_exist_is_never_seen(desk: Desk, method_id: str) -> None:
    customer = desk.customer()
    for answer in (
        desk.gateway.method(method_id),
        desk.gateway.attach_method(method_id, key=desk.key(), customer_id=customer),
        desk.gateway.detach_method(method_id, key=desk.key()),
    ):
        assert not hasattr(answer, "value")


def test_the_cards_of_an_unknown_customer_are_none_of_ours(desk: Desk) -> None:
    assert isinstance(desk.gateway.methods_of("cus_nobody"), Rejected)


def test_a_deleted_customer_has_no_cards(desk: Desk) -> None:
    customer = desk.customer()
    desk.client.v1.customers.delete(customer)
    assert not getattr(desk.gateway.methods_of(customer), "value", ())
