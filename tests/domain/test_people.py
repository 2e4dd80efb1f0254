"""What is personal stands apart, and can be erased without touching what happened."""

from dataclasses import replace

import pytest

from linguapay_core.domain import people_rules as rules
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.events.house import CustomerKnown, PersonErased
from linguapay_core.domain.events.transfer import AccountChanged, AccountOpened
from linguapay_core.domain.identifiers import TextId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.people import Customer, FreeText, Person
from linguapay_core.testing.builders import ANNA, BEN, CARLA, NOON, a_person, a_text, an_account
from tests.domain.reading import events, said

CARLA_ACTS = Actor(Role.ADMIN, CARLA)
GOOD = {"name": "Ben Berg", "email": "ben@example.org", "zone": "Europe/Berlin"}


def test_the_host_platforms_description_is_taken_over_once() -> None:
    decision = rules.describe(Person(BEN, 0), **GOOD)
    assert decision.changed == (a_person(),)
    assert decision.events == ()
    assert rules.describe(a_person(), **GOOD)
    assert not rules.describe(a_person(version=1), **GOOD)
    assert rules.describe(a_person(version=1), **{**GOOD, "zone": "UTC"}).record.zone == "UTC"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("name", "  "),
        ("name", "a\nb"),
        ("email", "a b@c"),
        ("email", "a@b\x00"),
        ("zone", ""),
        ("zone", "Europe/"),
        ("zone", "../etc"),
        ("zone", "x" * 65),
        ("email", ""),
        ("email", "ben"),
        ("email", "@b"),
        ("email", "b@"),
        ("email", "b@" + "x" * 253),
    ],
)
def test_what_is_too_long_or_no_address_is_invalid(field: str, text: str) -> None:
    with pytest.raises(Invalid) as error:
        rules.describe(Person(BEN, 0), **{**GOOD, field: text})
    assert error.value.field == field


def test_the_shortest_and_the_longest_description_are_fine() -> None:
    for name, email in (("x", "a@b"), ("x" * 200, "b@" + "x" * 252)):
        assert rules.describe(Person(BEN, 0), name=name, email=email, zone="x" * 64).record.name == name


def test_erasing_blanks_the_person_and_every_text_once() -> None:
    person, texts = a_person(version=4), (a_text(version=2), a_text(id=TextId.of(2), text=None))
    decision = rules.erase(person, texts, by=CARLA_ACTS, at=NOON)
    assert decision.record == Person(BEN, 4, "", "", "UTC")
    assert decision.changed == (decision.record, a_text(version=2, text=None))
    assert events(decision) == [said(PersonErased(), "admin carla", NOON)]
    blank_texts = (a_text(version=3, text=None), texts[1])
    assert not rules.erase(decision.record, blank_texts, by=CARLA_ACTS, at=NOON)
    assert rules.erase(decision.record, texts, by=CARLA_ACTS, at=NOON)
    assert rules.erase(person, (), by=CARLA_ACTS, at=NOON)


def test_what_somebody_wrote_is_kept_without_its_margins() -> None:
    decision = rules.write_down(TextId.of(1), subject="s", author=BEN, text="  Bad sound. ", field="reason")
    assert decision.changed == (FreeText(TextId.of(1), 0, "s", BEN, "Bad sound."),)
    assert rules.write_down(TextId.of(1), subject="s", author=BEN, text="x" * 4000, field="reason")


@pytest.mark.parametrize("text", ["", " \n ", "x" * 4001, "a\x00b"], ids=["empty", "blank", "long", "nul"])
def test_text_that_is_empty_too_long_or_no_text_is_invalid(text: str) -> None:
    with pytest.raises(Invalid) as error:
        rules.write_down(TextId.of(1), subject="s", author=BEN, text=text, field="notes")
    assert (error.value.field, error.value.reason) == ("notes", "write 1 to 4000 characters of text.")


def test_a_student_is_known_to_stripe() -> None:
    decision = rules.customer_known(BEN, "cus_1", at=NOON)
    assert decision.changed == (Customer(BEN, 0, "cus_1"),)
    assert events(decision) == [said(CustomerKnown("cus_1"), "system", NOON)]


def test_a_teachers_account_is_opened_and_followed() -> None:
    opened = rules.account_opened(ANNA, "acct_anna", can_receive=False, at=NOON)
    assert opened.changed == (an_account(can_receive=False),)
    assert events(opened) == [said(AccountOpened("acct_anna"), "system", NOON)]
    ready = rules.account_seen(opened.record, can_receive=True, at=NOON)
    assert ready.changed == (replace(opened.record, can_receive=True),)
    assert events(ready) == [said(AccountChanged(can_receive=True), "system", NOON)]
    assert not rules.account_seen(ready.record, can_receive=True, at=NOON)
