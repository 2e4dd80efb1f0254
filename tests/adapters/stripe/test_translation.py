"""Stripe's shapes in our words: each status has its word, and whatever isn't Stripe's is foreign."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import stripe

from linguapay_adapters.stripe import translation
from linguapay_adapters.stripe.reading import ForeignBody
from linguapay_core.domain.money import CURRENCIES, USD, Money
from linguapay_core.domain.seen import IntentStatus, RefundStatus, SeenCharge
from tests.adapters.stripe.desk import NOON, usd

CASH: dict[str, Any] = {
    "object": "balance_transaction",
    "id": "txn_1",
    "type": "charge",
    "amount": 2625,
    "fee": 106,
    "currency": "usd",
    "source": "ch_1",
    "created": int(NOON.timestamp()),
}
CHARGE: dict[str, Any] = {
    "object": "charge",
    "id": "ch_1",
    "amount": 2625,
    "currency": "usd",
    "payment_method_details": {"card": {"brand": "visa", "last4": "4242"}},
    "balance_transaction": CASH,
}
INTENT: dict[str, Any] = {
    "object": "payment_intent",
    "id": "pi_1",
    "status": "succeeded",
    "amount": 2625,
    "amount_received": 2625,
    "currency": "usd",
    "livemode": True,
    "customer": "cus_1",
    "metadata": {"payment_id": "pay_1", "linguapay_key": "k"},
    "latest_charge": CHARGE,
    "last_payment_error": None,
    "client_secret": "pi_1_secret_2",
    "next_action": None,
}
REFUND: dict[str, Any] = {
    "object": "refund",
    "id": "re_1",
    "amount": 100,
    "currency": "usd",
    "status": "succeeded",
    "payment_intent": "pi_1",
    "metadata": {},
    "balance_transaction": {**CASH, "type": "refund", "amount": -100, "fee": 0},
}
TRANSFER: dict[str, Any] = {
    "object": "transfer",
    "id": "tr_1",
    "amount": 2500,
    "currency": "usd",
    "destination": "acct_1",
    "metadata": {},
    "balance_transaction": {**CASH, "type": "transfer", "amount": -2500, "fee": 0},
}
REVERSAL: dict[str, Any] = {
    "object": "transfer_reversal",
    "id": "trr_1",
    "amount": 100,
    "currency": "usd",
    "balance_transaction": {**CASH, "type": "transfer_refund", "amount": 100, "fee": 0},
}
ACCOUNT: dict[str, Any] = {
    "object": "account",
    "id": "acct_1",
    "metadata": {"teacher_id": "bea"},
    "capabilities": {"transfers": "active"},
}
SETUP: dict[str, Any] = {"object": "setup_intent", "id": "seti_1", "status": "succeeded", "payment_method": "pm_1"}
METHOD: dict[str, Any] = {
    "object": "payment_method",
    "id": "pm_1",
    "customer": {"object": "customer", "id": "cus_1", "invoice_settings": {"default_payment_method": "pm_1"}},
    "card": {"brand": "visa", "last4": "4242", "exp_month": 11, "exp_year": 2027},
}

EXAMPLES: dict[str, tuple[Callable[[Mapping[str, object]], object], dict[str, Any]]] = {
    "cash": (translation.cash, CASH),
    "charge": (translation.charge, CHARGE),
    "intent": (translation.intent, INTENT),
    "refund": (translation.refund, REFUND),
    "transfer": (translation.transfer, TRANSFER),
    "reversal": (translation.reversal, REVERSAL),
    "account": (translation.account, ACCOUNT),
    "setup": (translation.setup, SETUP),
    "method": (translation.method, METHOD),
}
OPTIONAL = {
    ("cash", "source"),
    ("charge", "payment_method_details"),
    ("charge", "balance_transaction"),
    ("intent", "customer"),
    ("intent", "latest_charge"),
    ("intent", "last_payment_error"),
    ("intent", "client_secret"),
    ("intent", "next_action"),
    ("refund", "payment_intent"),
    ("refund", "balance_transaction"),
    ("transfer", "destination"),
    ("transfer", "balance_transaction"),
    ("reversal", "balance_transaction"),
    ("account", "metadata"),
    ("account", "capabilities"),
    ("setup", "payment_method"),
    ("method", "customer"),
}
FIELDS = [(name, field) for name, (_, example) in EXAMPLES.items() for field in example]


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_field_that_is_missing_or_null_is_foreign_unless_stripe_may_leave_it_out(name: str, field: str) -> None:
    translate, example = EXAMPLES[name]
    translate(example)
    without = {key: value for key, value in example.items() if key != field}
    for document in (without, {**example, field: None}):
        if (name, field) in OPTIONAL:
            translate(document)
        else:
            with pytest.raises(ForeignBody):
                translate(document)


@pytest.mark.parametrize(("name", "field"), FIELDS)
@pytest.mark.parametrize("value", [7.5, ["canary"], 10**30])
def test_a_field_of_another_kind_is_foreign_and_never_shown(name: str, field: str, value: object) -> None:
    translate, example = EXAMPLES[name]
    with pytest.raises(ForeignBody) as foreign:
        translate({**example, field: value})
    assert str(value) not in str(foreign.value)


@pytest.mark.parametrize(("name", "field"), [(name, field) for name, field in FIELDS if field in ("amount", "fee")])
@pytest.mark.parametrize("value", [True, "100", 100.0])
def test_what_only_looks_like_an_amount_is_foreign(name: str, field: str, value: object) -> None:
    translate, example = EXAMPLES[name]
    with pytest.raises(ForeignBody):
        translate({**example, field: value})


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in {"account", "setup"}])
def test_an_unexpanded_part_that_was_asked_for_is_foreign(name: str) -> None:
    translate, example = EXAMPLES[name]
    for field in ("balance_transaction", "latest_charge", "card"):
        if field in example:
            with pytest.raises(ForeignBody):
                translate({**example, field: "txn_1"})


def test_an_intent_says_all_that_counts() -> None:
    seen = translation.intent(INTENT)
    assert (seen.status, seen.amount, seen.received, seen.live) == (IntentStatus.SUCCEEDED, usd(2625), usd(2625), True)
    assert (seen.customer_id, seen.payment_id, seen.key) == ("cus_1", "pay_1", "k")
    assert seen.charge == SeenCharge("ch_1", usd(2625), "visa", "4242", translation.cash(CASH))
    assert "pi_1_secret_2" not in repr(seen)


def test_a_customer_expanded_is_the_customer() -> None:
    assert translation.intent({**INTENT, "customer": {"id": "cus_1"}}).customer_id == "cus_1"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("requires_payment_method", IntentStatus.REQUIRES_METHOD),
        ("requires_confirmation", IntentStatus.REQUIRES_CONFIRMATION),
        ("requires_action", IntentStatus.REQUIRES_ACTION),
        ("processing", IntentStatus.PROCESSING),
        ("succeeded", IntentStatus.SUCCEEDED),
        ("canceled", IntentStatus.CANCELLED),
    ],
)
def test_each_status_of_an_intent_has_its_word(word: str, status: IntentStatus) -> None:
    seen = translation.intent({**INTENT, "status": word})
    assert seen.status is status
    assert translation.setup({**SETUP, "status": word}).status is status
    assert (seen.charge is not None) is (word in {"processing", "succeeded"})


@pytest.mark.parametrize("word", ["requires_capture", "SUCCEEDED", "", "cancelled"])
def test_a_status_that_no_table_knows_is_foreign(word: str) -> None:
    for translate, example in ((translation.intent, INTENT), (translation.setup, SETUP), (translation.refund, REFUND)):
        with pytest.raises(ForeignBody):
            translate({**example, "status": word})


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("pending", RefundStatus.PENDING),
        ("requires_action", RefundStatus.PENDING),
        ("succeeded", RefundStatus.SUCCEEDED),
        ("failed", RefundStatus.FAILED),
        ("canceled", RefundStatus.FAILED),
    ],
)
def test_each_status_of_a_refund_has_its_word(word: str, status: RefundStatus) -> None:
    assert translation.refund({**REFUND, "status": word}).status is status


@pytest.mark.parametrize(
    ("capabilities", "can_receive"),
    [
        ({"transfers": "active"}, True),
        ({"transfers": "pending"}, False),
        ({"transfers": "inactive"}, False),
        ({"card_payments": "active"}, False),
        ({}, False),
        (None, False),
    ],
)
def test_only_an_active_capability_receives(capabilities: object, can_receive: bool) -> None:
    assert translation.account({**ACCOUNT, "capabilities": capabilities}).can_receive is can_receive


def test_a_capability_in_a_state_that_we_dont_know_is_foreign() -> None:
    with pytest.raises(ForeignBody):
        translation.account({**ACCOUNT, "capabilities": {"transfers": "restricted_soon"}})


def test_a_three_d_secure_that_failed_is_a_decline_without_a_decline_code() -> None:
    error = {"code": "payment_intent_authentication_failure", "type": "invalid_request_error", "message": "m"}
    seen = translation.intent({**INTENT, "status": "requires_payment_method", "last_payment_error": error})
    assert seen.declined is not None
    assert (seen.declined.code, seen.declined.decline_code) == ("payment_intent_authentication_failure", "")


def test_only_a_redirect_is_a_page_to_go_to() -> None:
    redirect = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://example.com/3ds"}}
    in_the_browser = {"type": "use_stripe_sdk", "use_stripe_sdk": {"stripe_js": "https://example.com/3ds"}}
    asked = {**INTENT, "status": "requires_action"}
    assert translation.intent({**asked, "next_action": redirect}).action_url == "https://example.com/3ds"
    assert translation.intent({**asked, "next_action": in_the_browser}).action_url == ""


def test_the_balance_of_a_currency_is_what_is_available_and_what_is_pending() -> None:
    funds = (
        {"amount": 100, "currency": "usd"},
        {"amount": 700, "currency": "isk"},
        {"amount": 7, "currency": "xxx"},
        {"amount": -30, "currency": "usd"},
    )
    assert translation.balance(funds, USD) == usd(70)
    assert translation.balance(funds, CURRENCIES["ISK"]) == Money(7, CURRENCIES["ISK"])


def test_the_words_for_statuses_are_words_of_the_sdk() -> None:
    """A typing slip in a table would turn answers into unknowns; the SDK's own types list Stripe's words."""
    stated = str(stripe.PaymentIntent.__annotations__["status"])
    assert [word for word in translation.INTENT_STATUS if word not in stated] == []
