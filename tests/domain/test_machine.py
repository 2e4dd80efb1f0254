"""A machine is a table; the look-ups behave alike for every table."""

from dataclasses import replace
from enum import StrEnum

import pytest

from linguapay_core.domain.errors import Refused
from linguapay_core.domain.machine import Machine, Role, either, spoken


class Lamp(StrEnum):
    """A lamp."""

    OFF = "off"
    ON_DIM = "on_dim"
    BROKEN = "broken"


class Hand(StrEnum):
    """What is done to it."""

    SWITCH = "switch"
    DROP = "let_fall"


LAMP = Machine(
    name="desk lamp",
    start=Lamp.OFF,
    table={
        Lamp.OFF: {Hand.SWITCH: Lamp.ON_DIM, Hand.DROP: Lamp.BROKEN},
        Lamp.ON_DIM: {Hand.DROP: Lamp.BROKEN},
        Lamp.BROKEN: {},
    },
    who={Hand.SWITCH: frozenset({Role.STUDENT}), Hand.DROP: frozenset({Role.STUDENT, Role.TEACHER})},
)


def test_a_step_leads_where_the_table_says() -> None:
    assert LAMP.after(Lamp.OFF, Hand.SWITCH) is Lamp.ON_DIM


def test_a_trigger_that_has_led_here_already_leads_nowhere_else() -> None:
    assert LAMP.after(Lamp.ON_DIM, Hand.SWITCH) is Lamp.ON_DIM
    assert LAMP.after(Lamp.BROKEN, Hand.DROP) is Lamp.BROKEN
    assert not LAMP.allows(Lamp.BROKEN, Hand.DROP)


def test_a_refusal_says_what_where_and_from_which_states_it_is_possible() -> None:
    with pytest.raises(Refused) as refusal:
        LAMP.after(Lamp.BROKEN, Hand.SWITCH)
    assert refusal.value.rule == "desk_lamp_broken"
    assert refusal.value.reason == "A desk lamp that is broken can't switch."
    assert refusal.value.way_out == "That is possible while it is off."


def test_a_refusal_speaks_names_as_words_and_lists_every_source() -> None:
    refusal = LAMP.refusal(Lamp.ON_DIM, Hand.DROP)
    assert refusal.reason == "A desk lamp that is on dim can't let fall."
    assert refusal.way_out == "That is possible while it is off or on dim."


def test_who_has_the_wrong_role_is_told_for_whom_it_is() -> None:
    refusal = LAMP.wrong_role(Hand.DROP, Role.CLOCK)
    assert refusal.rule == "wrong_role"
    assert refusal.reason == "That is for the student or teacher, and you are the clock."


def test_what_a_role_may_do_stands_in_the_tables_order() -> None:
    assert LAMP.open_to(Lamp.OFF, Role.STUDENT) == (Hand.SWITCH, Hand.DROP)
    assert LAMP.open_to(Lamp.OFF, Role.TEACHER) == (Hand.DROP,)
    assert LAMP.open_to(Lamp.OFF, Role.CLOCK) == ()


def test_an_end_is_a_state_with_an_empty_row() -> None:
    assert [LAMP.ended(state) for state in Lamp] == [False, False, True]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")],
)
def test_alternatives_are_joined_as_people_say_them(words: list[str], sentence: str) -> None:
    assert either(words) == sentence


def test_a_name_from_a_table_is_spoken_as_words() -> None:
    assert spoken("pass_answer_by") == "pass answer by"


def test_a_machine_that_is_made_anew_knows_where_its_triggers_lead() -> None:
    lamp = replace(LAMP, name="lamp")
    assert lamp.after(Lamp.ON_DIM, Hand.SWITCH) is Lamp.ON_DIM
    assert lamp.after(Lamp.BROKEN, Hand.DROP) is Lamp.BROKEN
    with pytest.raises(Refused):
        lamp.after(Lamp.BROKEN, Hand.SWITCH)


def test_a_machine_shows_itself_without_the_table_it_turned_around() -> None:
    assert "_led_to" not in repr(LAMP)
