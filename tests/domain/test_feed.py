"""An event is told outside by what its fact says, and a cursor of the feed says a place in it."""

import json
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.events.fact import Fact
from linguapay_core.domain.feed import ToldEvent, cursor_at, place_at
from linguapay_core.domain.identifiers import EventId
from linguapay_core.domain.page import LARGEST_NUMBER
from linguapay_core.testing.builders import an_event
from linguapay_core.testing.facts import SAMPLES

PLACES = st.integers(0, LARGEST_NUMBER)


@pytest.mark.parametrize("fact", SAMPLES, ids=lambda fact: fact.name)
def test_the_data_of_every_fact_is_plain_json(fact: Fact) -> None:
    told = ToldEvent(EventId.of(7), an_event(fact=fact))
    assert (told.type, told.version) == (fact.name, fact.version)
    read = json.loads(json.dumps(dict(told.data)))
    assert read == dict(told.data)
    for name, value in vars(fact).items():
        assert (datetime.fromisoformat(read[name]) if isinstance(value, datetime) else read[name]) == value


def test_instants_are_told_as_rfc_3339_in_utc() -> None:
    assert ToldEvent(EventId.of(1), an_event()).data == {"pay_by": "2030-01-04T12:00:00Z"}


@given(PLACES, PLACES)
def test_a_cursor_leads_back_to_its_place(writer: int, number: int) -> None:
    assert place_at(cursor_at(writer, number)) == (writer, number)


def test_no_cursor_is_the_beginning() -> None:
    assert place_at("") == (0, 0)


@given(st.text(min_size=1, max_size=40))
@example(cursor_at(-1, 0))
@example(cursor_at(0, LARGEST_NUMBER + 1))
@example(cursor_at(1, 2)[:-1])
@example("ZmVlZHMgMSAx")
def test_any_other_text_is_no_cursor_of_the_feed(text: str) -> None:
    with pytest.raises(Invalid, match="no such cursor"):
        place_at(text)
