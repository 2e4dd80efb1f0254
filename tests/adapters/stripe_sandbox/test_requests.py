"""How requests are read: forms, parameters, keys and versions, expansion, lists."""

import json
from urllib.parse import urlencode

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from linguapay_adapters.stripe_sandbox.errors import Refusal
from linguapay_adapters.stripe_sandbox.forms import decode
from tests.adapters.stripe_sandbox.shop import Shop


@pytest.mark.parametrize(
    ("form", "decoded"),
    [
        ("", {}),
        ("a=1&b=", {"a": "1", "b": ""}),
        ("a[b][c]=x&a[b][d]=y", {"a": {"b": {"c": "x", "d": "y"}}}),
        ("a[0]=x&a[1]=y", {"a": {"0": "x", "1": "y"}}),
        ("a[]=x&a[]=y", {"a": {"0": "x", "1": "y"}}),
        ("a%5Bb%5D=%C3%A9+%26", {"a": {"b": "é &"}}),
        ("a=1&a=2", {"a": "2"}),
    ],
)
def test_forms_decode_into_nested_objects(form: str, decoded: dict[str, object]) -> None:
    assert decode(form) == decoded


@pytest.mark.parametrize(
    "form", ["a=1&a[b]=2", "a[b]=1&a=2", "a[b=1", "[a]=1", "a]b=1", "a" + "[b]" * 20 + "=1", "&" * 2000]
)
def test_a_form_that_makes_no_sense_is_refused(form: str) -> None:
    with pytest.raises(Refusal) as refused:
        decode(form)
    assert refused.value.status == 400


@given(form=st.text(alphabet="ab[]=&0%\x00é", max_size=40))
def test_any_form_is_decoded_or_refused(form: str) -> None:
    try:
        decode(form)
    except Refusal as refusal:
        assert refusal.status == 400  # noqa: PT017 - being refused is one of two right outcomes


@given(
    path=st.sampled_from(["/v1/payment_intents", "/v1/refunds", "/v1/transfers", "/v1/accounts", "/v1/customers"]),
    pairs=st.lists(
        st.tuples(
            st.sampled_from(
                ["amount", "currency", "customer", "metadata", "metadata[a]", "expand[0]", "email", "payment_intent"]
            ),
            st.text(max_size=12),
        ),
        max_size=6,
    ),
)
def test_no_parameters_break_the_sandbox(path: str, pairs: list[tuple[str, str]]) -> None:
    shop = Shop()
    answer = shop.send("POST", path, urlencode(pairs, errors="replace"))
    shop.sandbox.close()
    assert answer.status in (200, 400, 404)


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ("amount=100", "parameter_missing", "currency"),
        ("amount=100&currency=usd&colour=red", "parameter_unknown", "colour"),
        ("amount=100&currency=usd&metadata[k]=v&shade[deep]=1", "parameter_unknown", "shade"),
        ("amount=ten&currency=usd", "parameter_invalid_integer", "amount"),
        ("amount=&currency=usd", "parameter_invalid_empty", "amount"),
        ("amount[a]=1&currency=usd", None, "amount"),
        ("amount=100&currency=usd&confirm=yes", None, "confirm"),
        ("amount=100&currency=usd&expand=customer", None, "expand"),
        ("amount=100&currency=usd&metadata=x", None, "metadata"),
        (
            "amount=100&currency=usd&automatic_payment_methods[on]=1",
            "parameter_unknown",
            "automatic_payment_methods[on]",
        ),
        ("amount=100&currency=usd&automatic_payment_methods[enabled]=", "parameter_invalid_empty", None),
        ("amount=100&currency=usd&allowed_payment_method_types[0]=bitcoin", None, "allowed_payment_method_types[0]"),
    ],
)
def test_bad_parameters_are_refused_by_name(shop: Shop, body: str, code: str | None, param: str | None) -> None:
    answer = shop.send("POST", "/v1/payment_intents", body)
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["type"], error.get("code")) == (400, "invalid_request_error", code)
    assert param is None or error["param"] == param


@pytest.mark.parametrize(
    ("metadata", "is_taken"),
    [
        ({f"k{n}": "v" for n in range(50)}, True),
        ({f"k{n}": "v" for n in range(51)}, False),
        ({"k" * 40: "v" * 500}, True),
        ({"k" * 41: "v"}, False),
        ({"k": "v" * 501}, False),
    ],
)
def test_metadata_has_limits(shop: Shop, metadata: dict[str, str], is_taken: bool) -> None:
    if is_taken:
        assert shop.stripe.customers.create({"metadata": metadata}).to_dict()["metadata"] == metadata
        return
    with pytest.raises(stripe.InvalidRequestError):
        shop.stripe.customers.create({"metadata": metadata})


def test_metadata_grows_to_its_limit_and_no_further(shop: Shop) -> None:
    customer = shop.stripe.customers.create({"metadata": {f"k{n}": "v" for n in range(50)}})
    with pytest.raises(stripe.InvalidRequestError):
        shop.stripe.customers.update(customer.id, {"metadata": {"one_more": "v"}})
    shop.stripe.customers.update(customer.id, {"metadata": {"one_more": "v", "k0": ""}})


@pytest.mark.parametrize("key", ["sk_test_wrong", ""])
def test_a_wrong_key_is_refused(shop: Shop, key: str) -> None:
    answer = shop.send("GET", "/v1/balance", Authorization=f"Bearer {key}")
    assert answer.status == 401
    with pytest.raises(stripe.AuthenticationError):
        shop.client("sk_test_wrong").v1.balance.retrieve()


def test_another_version_is_refused(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="2020-08-27"):
        shop.client("sk_test_sandbox", version="2020-08-27").v1.balance.retrieve()
    assert shop.client("sk_test_sandbox", version="2026-10-28.endive").v1.balance.retrieve().object == "balance"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/nothing"), ("DELETE", "/v1/charges/ch_1"), ("GET", "/v1//"), ("GET", "")]
)
def test_an_unknown_path_is_not_found(shop: Shop, method: str, path: str) -> None:
    assert shop.send(method, path).status == 404


def test_every_answer_names_its_request(shop: Shop) -> None:
    first = shop.stripe.customers.create({}).last_response
    second = shop.stripe.customers.create({}).last_response
    assert first is not None
    assert second is not None
    assert first.request_id is not None
    assert first.request_id.startswith("req_")
    assert first.request_id != second.request_id


def test_expansion_goes_through_four_levels_and_no_further(shop: Shop) -> None:
    customer = shop.stripe.customers.create({})
    intent = shop.paid(customer=customer.id, capture_method="automatic")
    path = "latest_charge.balance_transaction.source.payment_intent"
    deep = shop.stripe.payment_intents.retrieve(intent.id, {"expand": [path, "customer"]}).to_dict()
    assert deep["customer"]["id"] == customer.id
    assert deep["latest_charge"]["balance_transaction"]["source"]["payment_intent"]["id"] == intent.id
    for wrong in (f"{path}.customer", "amount", "latest_charge.amount", "data.customer"):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            shop.stripe.payment_intents.retrieve(intent.id, {"expand": [wrong]})
        assert refused.value.param == "expand"


def test_expansion_works_in_lists_and_on_creation(shop: Shop) -> None:
    made = shop.paid(capture_method="automatic", expand=["latest_charge.balance_transaction"])
    assert made.to_dict()["latest_charge"]["balance_transaction"]["net"] == 2009
    listed = shop.stripe.charges.list({"expand": ["data.balance_transaction", "data.refunds"]}).to_dict()["data"][0]
    assert listed["balance_transaction"]["net"] == 2009
    assert listed["refunds"]["data"] == []


def test_what_is_null_stays_null_when_expanded(shop: Shop) -> None:
    intent = shop.stripe.payment_intents.retrieve(shop.intent().id, {"expand": ["latest_charge", "customer"]})
    assert (intent.latest_charge, intent.customer) == (None, None)


def test_lists_are_paged_newest_first_in_both_directions(shop: Shop) -> None:
    made = [shop.stripe.customers.create({}).id for _ in range(25)][::-1]
    first = shop.stripe.customers.list({})
    assert ([one.id for one in first.data], first.has_more) == (made[:10], True)
    last = shop.stripe.customers.list({"limit": 10, "starting_after": made[19]})
    assert ([one.id for one in last.data], last.has_more) == (made[20:], False)
    back = shop.stripe.customers.list({"limit": 10, "ending_before": made[20]})
    assert ([one.id for one in back.data], back.has_more) == (made[10:20], True)
    assert [one.id for one in shop.stripe.customers.list({"limit": 7}).auto_paging_iter()] == made


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 101}, {"starting_after": "cus_unknown"}])
def test_a_page_that_cannot_be_is_refused(shop: Shop, asked: dict[str, object]) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shop.stripe.customers.list(asked)  # type: ignore[arg-type]


def test_both_cursors_at_once_are_refused(shop: Shop) -> None:
    one = shop.stripe.customers.create({}).id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.stripe.customers.list({"starting_after": one, "ending_before": one})
    assert refused.value.code == "parameters_exclusive"
