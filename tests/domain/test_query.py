"""A list is asked for by documented fields only, and a cursor goes on where its own list stopped."""

from base64 import urlsafe_b64encode
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.listing import LISTINGS
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.people import Customer
from linguapay_core.domain.query import ask
from linguapay_core.domain.wording import Wording, instant
from linguapay_core.testing.builders import ANNA, BEN, NOON, a_payment

KINDS: list[Any] = list(LISTINGS)
PAYMENTS = [a_payment(id=PaymentId.of(number), started_at=NOON + timedelta(hours=number)) for number in range(3)]


def cursor(**asked: Any) -> str:  # noqa: ANN401 - whatever a list can be asked for
    """Give the cursor of a list's first page of one."""
    return ask(Payment, asked.pop("filters", {}), limit=1, **asked).page(PAYMENTS).next_cursor


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_row_of_the_table_names_fields_that_the_records_have(kind: type[Any]) -> None:
    listing = LISTINGS[kind]
    assert is_dataclass(kind)
    known = {field.name for field in fields(kind)} | {name for name in dir(kind) if not name.startswith("_")}
    assert {*listing.fields, *listing.times, *(listing.parties or ())} <= known


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_filter_or_a_sort_that_nobody_knows_is_invalid_and_what_is_possible_is_said(kind: type[Any]) -> None:
    listing = LISTINGS[kind]
    with pytest.raises(Invalid, match=listing.filters[0]) as unknown_filter:
        ask(kind, {"colour": "red"})
    assert unknown_filter.value.field == "colour"
    with pytest.raises(Invalid, match=listing.sorts[0]) as unknown_sort:
        ask(kind, {}, sort="--id")
    assert unknown_sort.value.field == "sort"


def test_a_list_of_what_comes_to_no_amount_has_no_bounds() -> None:
    with pytest.raises(Invalid, match="customer_id") as refusal:
        ask(Customer, {"at_least_minor": 1})
    assert refusal.value.field == "at_least_minor"


def test_a_list_without_times_has_no_span() -> None:
    with pytest.raises(Invalid, match="from"):
        ask(Customer, {"from": NOON})


WRONG: list[tuple[type[Any], str, Wording]] = [
    (Payment, "state", "asleep"),
    (Payment, "state", ""),
    (Payment, "booking_id", "pay_1"),
    (Payment, "student_id", "b en"),
    (Payment, "with_credit", "maybe"),
    (Payment, "with_credit", "True"),
    (Payment, "intent_id", ""),
    (Payment, "intent_id", "pi_\n"),
    (Payment, "intent_id", "é"),
    (Payment, "intent_id", "x" * 256),
    (Payment, "from", "yesterday"),
    (Payment, "from", "2026-03-02"),
    (Payment, "to", "2026-03-02T09:00:00"),
    (Payment, "to", datetime(2026, 3, 2, 9)),  # noqa: DTZ001 - that is what is wrong with it
    (Payment, "to", "0001-01-01T00:00:00Z"),
    (Payment, "to", "9999-12-31T23:59:59-23:00"),
    (Payment, "to", True),
    (Payment, "at_least_minor", "-1"),
    (Payment, "at_least_minor", "1.5"),
    (Payment, "at_least_minor", True),
    (Payment, "at_most_minor", 100_000_000),
    (Payment, "begins", ""),
]


@pytest.mark.parametrize(("kind", "name", "given"), WRONG)
def test_a_value_that_cannot_be_meant_is_invalid(kind: type[Any], name: str, given: Wording) -> None:
    with pytest.raises(Invalid) as refusal:
        ask(kind, {name: given})
    assert refusal.value.field == name


@pytest.mark.parametrize("limit", [0, -1, 101, True])
def test_a_page_holds_one_to_a_hundred(limit: int) -> None:
    with pytest.raises(Invalid, match="1 to 100"):
        ask(Payment, {}, limit=limit)
    assert [ask(Payment, {}, limit=fine).limit for fine in (1, 100)] == [1, 100]


def test_values_are_read_as_their_types() -> None:
    asked = ask(
        Payment, {"state": "open", "student_id": "ben", "with_credit": "true", "from": "2030-01-01T14:00+02:00"}
    )
    assert asked.equal == (("state", PaymentState.OPEN), ("student_id", BEN))
    assert [type(value) for _, value in asked.equal] == [PaymentState, type(BEN)]
    assert asked.flags == (("with_credit", True),)
    assert (asked.since, asked.until) == (NOON, None)
    assert ask(Gig, {"active": False}).flags == (("active", False),)
    bounded = ask(Payment, {"at_least_minor": "100", "at_most_minor": 2625, "begins": "pay_0"})
    assert (bounded.at_least, bounded.at_most, bounded.begins) == (100, 2625, "pay_0")


def test_an_instant_is_told_in_utc() -> None:
    assert instant("at", NOON.astimezone(timezone(timedelta(hours=9)))).tzinfo is UTC


def test_the_newest_come_first_unless_asked_otherwise() -> None:
    assert (ask(Payment, {}).sort, ask(Payment, {}).descending) == ("started_at", True)
    assert (ask(Payment, {}, sort="started_at").sort, ask(Payment, {}, sort="started_at").descending) == (
        "started_at",
        False,
    )
    assert (ask(Customer, {}).sort, ask(Customer, {}).descending) == ("id", False)


def test_the_last_page_has_no_cursor() -> None:
    assert ask(Payment, {}, limit=3).page(PAYMENTS).next_cursor == ""
    assert ask(Payment, {}, limit=3).page([]).items == ()
    assert len(ask(Payment, {}, limit=2).page(PAYMENTS).items) == 2


def test_a_cursor_says_the_place_of_the_last_record() -> None:
    assert ask(Payment, {}, cursor=cursor()).after == (NOON, PaymentId.of(0))


def test_a_page_may_grow_or_shrink_while_turning() -> None:
    assert ask(Payment, {}, cursor=cursor(), limit=7).after is not None


@pytest.mark.parametrize(
    "other",
    [
        {"sort": "started_at"},
        {"party": ANNA},
        {"filters": {"state": "open"}},
        {"filters": {"student_id": "ben"}},
        {"filters": {"from": NOON}},
        {"filters": {"to": NOON}},
        {"filters": {"with_credit": True}},
    ],
)
def test_a_cursor_of_another_list_is_invalid(other: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="no such cursor"):
        ask(Payment, {}, cursor=cursor(**other))
    filters = other.pop("filters", {})
    with pytest.raises(Invalid, match="no such cursor"):
        ask(Payment, filters, cursor=cursor(), **other)


def test_a_cursor_of_another_kind_of_list_is_invalid() -> None:
    with pytest.raises(Invalid, match="no such cursor"):
        ask(Alarm, {}, cursor=cursor())


def forged(text: str) -> str:
    """Give what looks like a cursor."""
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@given(st.one_of(st.text(max_size=40), st.text(max_size=40).map(forged)))
@example("=")
@example("a")
@example(forged("x\ny\nz"))
def test_any_other_text_is_no_cursor(text: str) -> None:
    if text:
        with pytest.raises(Invalid):
            ask(Payment, {}, cursor=text)


@given(value=st.text(max_size=30), name=st.text(max_size=30))
def test_a_forged_place_is_read_as_strictly_as_a_filter(value: str, name: str) -> None:
    """Whoever makes a cursor for the right list can't put anything into it that a store would choke on."""
    digest = ask(Payment, {})._digest()
    with pytest.raises(Invalid):
        ask(Payment, {}, cursor=forged(f"{digest}\n{value}\n{name}"))
