"""A call that we owe: under which key it is made, when again, and when a person looks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from linguapay_core.domain import effect as rules
from linguapay_core.domain import effect_rules
from linguapay_core.domain.answer import Answered, Postponed, Rejected, Unknown
from linguapay_core.domain.decision import Actor, Decision
from linguapay_core.domain.effect import EffectKind, EffectState, Step
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.events.house import EffectHandled
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.machine import Role, spoken
from linguapay_core.testing.builders import CARLA, NOON, an_effect
from tests.domain.reading import events, said

S = EffectState
CARLA_ACTS = Actor(Role.ADMIN, CARLA)
LATER = NOON + timedelta(minutes=5)
LEASED = an_effect(state=S.LEASED, leased_until=LATER, reason="before")


def test_a_promise_is_named_by_its_kind_its_subject_and_its_part() -> None:
    owed = rules.owe(EffectKind.CONFIRM_INTENT, "pay_1", PaymentId.of(1), at=NOON, target="pm_1", part="2")
    assert (owed.id, owed.key) == ("confirm_intent:pay_1:2", "confirm_intent:pay_1:2:1")
    assert (owed.version, owed.state, owed.due_at, owed.target) == (0, S.QUEUED, NOON, "pm_1")
    assert (owed.attempt, owed.tries, owed.postponed, owed.first_asked_at, owed.asked_at) == (1, 0, 0, None, None)
    assert rules.owe(EffectKind.CREATE_INTENT, "pay_1", PaymentId.of(1), at=NOON).id == "create_intent:pay_1"


def test_a_key_of_any_attempt_is_known_again() -> None:
    effect = an_effect(attempt=3)
    assert effect.key == f"{effect.id}:3"
    assert effect.made(f"{effect.id}:1")
    assert not effect.made(effect.id)
    assert not effect.made(f"{effect.id}:2:1")


@pytest.mark.parametrize("state", list(EffectState))
def test_an_effect_is_owed_until_its_end(state: EffectState) -> None:
    assert an_effect(state=state).open is (state not in {S.SUCCEEDED, S.REJECTED, S.CANCELLED})


@pytest.mark.parametrize("state", [S.QUEUED, S.LEASED, S.RETRY, S.UNKNOWN])
def test_a_lease_lasts_a_minute_and_a_half(state: EffectState) -> None:
    until = NOON + timedelta(seconds=90)
    assert rules.lease(an_effect(state=state), at=NOON) == an_effect(state=S.LEASED, leased_until=until, due_at=until)


def test_every_call_is_counted_and_the_first_remembered() -> None:
    once = rules.asked(LEASED, at=NOON)
    assert once == replace(LEASED, tries=1, first_asked_at=NOON, asked_at=NOON)
    assert rules.asked(once, at=LATER) == replace(LEASED, tries=2, first_asked_at=NOON, asked_at=LATER)


def test_the_ends_of_a_call_let_the_lease_go() -> None:
    assert rules.succeed(LEASED) == an_effect(state=S.SUCCEEDED)
    assert rules.reject(LEASED, "no") == an_effect(state=S.REJECTED, reason="no")
    assert rules.park(LEASED, "nobody knows") == an_effect(state=S.PARKED, reason="nobody knows")


@pytest.mark.parametrize(("postponed", "seconds"), [*enumerate((5, 30, 120, 600, 1800, 3600)), (6, 3600), (99, 3600)])
def test_what_stripe_postpones_costs_no_try_and_waits_longer_each_time(postponed: int, seconds: int) -> None:
    effect = replace(LEASED, postponed=postponed, tries=2)
    after = rules.postpone(effect, at=NOON, after=timedelta(seconds=1), reason="429")
    due = NOON + timedelta(seconds=seconds)
    assert after == an_effect(state=S.RETRY, due_at=due, tries=1, postponed=postponed + 1, reason="429")


def test_stripes_own_wait_counts_if_it_is_longer_and_tries_never_fall_below_nothing() -> None:
    after = rules.postpone(LEASED, at=NOON, after=timedelta(hours=2), reason="429")
    assert (after.due_at, after.tries) == (NOON + timedelta(hours=2), 0)


@pytest.mark.parametrize(
    ("attempt", "tries", "seconds"),
    [(1, 0, 5), (1, 1, 5), (1, 2, 30), (1, 3, 120), (2, 1, 600), (2, 3, 3600), (3, 1, 3600), (3, 3, 3600)],
)
def test_what_is_unknown_is_looked_for_after_a_while_that_grows(attempt: int, tries: int, seconds: int) -> None:
    lost = rules.lose(replace(LEASED, attempt=attempt, tries=tries), at=NOON, reason="time-out")
    due = NOON + timedelta(seconds=seconds)
    assert lost == an_effect(state=S.UNKNOWN, due_at=due, attempt=attempt, tries=tries, reason="time-out")


MINUTE = timedelta(minutes=1)
MONEY, INTENT = EffectKind.CREATE_TRANSFER, EffectKind.CREATE_INTENT


@pytest.mark.parametrize(
    ("effect", "since_first", "since_last", "step"),
    [
        ((MONEY, 1, 1), MINUTE, MINUTE, Step.REPEAT),
        ((MONEY, 2, 1), 23 * 60 * MINUTE - timedelta(seconds=1), MINUTE, Step.REPEAT),
        ((MONEY, 2, 1), 23 * 60 * MINUTE, MINUTE, Step.WAIT),
        ((MONEY, 3, 1), 10 * MINUTE, 10 * MINUTE - timedelta(seconds=1), Step.WAIT),
        ((MONEY, 3, 1), 10 * MINUTE, 10 * MINUTE, Step.NEW_ATTEMPT),
        ((MONEY, 3, 2), 10 * MINUTE, 10 * MINUTE, Step.NEW_ATTEMPT),
        ((MONEY, 3, 3), 10 * MINUTE, 10 * MINUTE, Step.PARK),
        ((MONEY, 3, 3), 10 * MINUTE, MINUTE, Step.WAIT),
        ((MONEY, 3, 4), 10 * MINUTE, 10 * MINUTE, Step.NEW_ATTEMPT),
        ((MONEY, 3, 6), 10 * MINUTE, 10 * MINUTE, Step.PARK),
        ((INTENT, 2, 1), timedelta(0), timedelta(0), Step.REPEAT),
        ((INTENT, 3, 1), timedelta(0), timedelta(0), Step.NEW_ATTEMPT),
    ],
)
def test_the_same_key_then_a_quiet_time_then_a_new_key_then_a_person(
    effect: tuple[EffectKind, int, int], since_first: timedelta, since_last: timedelta, step: Step
) -> None:
    kind, tries, attempt = effect
    asked = an_effect(kind=kind, tries=tries, attempt=attempt, first_asked_at=NOON, asked_at=NOON)
    asked = replace(asked, asked_at=NOON + since_first - since_last)
    assert rules.step_after_nothing_found(asked, at=NOON + since_first) is step


@pytest.mark.parametrize("kind", list(EffectKind))
def test_what_moves_money_waits_ten_quiet_minutes_and_an_intent_none(kind: EffectKind) -> None:
    moves_money = kind in {EffectKind.CREATE_REFUND, EffectKind.CREATE_TRANSFER}
    assert rules.QUIET[kind] == timedelta(minutes=10 if moves_money else 0)


@pytest.mark.parametrize("different", [{}, {"asked_at": NOON}, {"first_asked_at": NOON}], ids=str)
def test_what_was_never_asked_has_nothing_to_look_for(different: dict[str, object]) -> None:
    with pytest.raises(AssertionError):
        rules.step_after_nothing_found(an_effect(**different), at=NOON)


def test_a_new_attempt_is_the_same_call_under_a_new_key() -> None:
    tried = an_effect(attempt=1, tries=3, first_asked_at=NOON, asked_at=LATER)
    assert rules.new_attempt(tried) == an_effect(attempt=2)


def test_an_operator_lets_a_parked_call_be_made_under_a_new_key_once() -> None:
    decision = effect_rules.retry(an_effect(state=S.PARKED, attempt=3, tries=3), by=CARLA_ACTS, at=LATER)
    assert decision.record == an_effect(state=S.RETRY, attempt=4, due_at=LATER, first_asked_at=LATER)
    assert events(decision) == [said(EffectHandled("retried"), "admin carla", LATER)]
    assert effect_rules.retry(decision.record, by=CARLA_ACTS, at=LATER) == Decision(decision.record)
    with pytest.raises(Refused, match="An effect that is queued can't retry"):
        effect_rules.retry(an_effect(), by=CARLA_ACTS, at=LATER)


def test_an_operator_gives_a_parked_call_up_once() -> None:
    decision = effect_rules.abandon(an_effect(state=S.PARKED), by=CARLA_ACTS, at=LATER)
    assert decision.record == an_effect(state=S.REJECTED, reason="abandoned")
    assert events(decision) == [said(EffectHandled("abandoned"), "admin carla", LATER)]
    assert effect_rules.abandon(decision.record, by=CARLA_ACTS, at=LATER) == Decision(decision.record)
    with pytest.raises(Refused) as refusal:
        effect_rules.abandon(LEASED, by=CARLA_ACTS, at=LATER)
    assert refusal.value.rule == "effect_leased"
    assert str(refusal.value) == "An effect that is leased can't be given up. That is possible while it is parked."


@pytest.mark.parametrize("state", list(S))
def test_a_person_finds_only_what_nobody_knows_the_end_of(state: EffectState) -> None:
    if state in (S.UNKNOWN, S.PARKED):
        effect_rules.check_findable(an_effect(state=state))
        return
    with pytest.raises(Refused) as refusal:
        effect_rules.check_findable(an_effect(state=state))
    assert refusal.value.rule == f"effect_{state}"
    assert f"An effect that is {spoken(state)} can't be found. " in str(refusal.value)
    assert refusal.value.way_out == "That is possible while it is unknown or parked."


def test_what_a_person_found_was_done() -> None:
    parked = an_effect(state=S.PARKED, reason="lost")
    decision = effect_rules.found(parked, "re_1", by=CARLA_ACTS, at=LATER)
    assert (decision.record, decision.changed) == (rules.succeed(parked), (rules.succeed(parked),))
    assert decision.record.state is S.SUCCEEDED
    handled = said(EffectHandled("found"), "admin carla", LATER, "found as re_1")
    assert events(decision) == [handled]
    for over in (rules.succeed(parked), rules.reject(parked, "abandoned")):
        again = effect_rules.found(over, "re_1", by=CARLA_ACTS, at=LATER)
        assert (again.record, again.changed, events(again)) == (over, (), [handled])


def test_only_its_own_finding_tells_who_found_it() -> None:
    effect = an_effect(state=S.UNKNOWN)
    found = effect_rules.found(effect, "re_1", by=CARLA_ACTS, at=LATER)
    assert effect_rules.was_found(effect, found.events)
    assert not effect_rules.was_found(replace(effect, id="another"), found.events)
    retried = effect_rules.retry(an_effect(state=S.PARKED), by=CARLA_ACTS, at=LATER)
    assert not effect_rules.was_found(effect, retried.events)


def test_an_answer_is_one_of_four_ends() -> None:
    ends = Answered(1), Rejected("code", "message"), Postponed("429", MINUTE), Unknown("time-out")
    assert len(set(ends)) == 4
    assert Rejected("code", "message").param == ""
