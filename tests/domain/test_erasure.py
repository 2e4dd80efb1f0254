"""Who asked to be forgotten is, as soon as nothing is open; deciding twice decides nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from linguapay_core.domain import erasure_rules as rules
from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.erasure import Erasure
from linguapay_core.domain.erasure_rules import LOOK, UNSETTLED, WAYS_OUT, Matter
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.events.booking import GigRetired
from linguapay_core.domain.events.house import (
    AlarmRaised,
    ErasureAsked,
    PersonErased,
)
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import GigId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import USD, Parts
from linguapay_core.domain.payment import Counters, PaymentState
from linguapay_core.domain.people import Person
from linguapay_core.domain.refund import RefundState
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.transfer import TransferState
from linguapay_core.testing.builders import (
    ANNA,
    BEN,
    CARLA,
    NOON,
    a_booking,
    a_gig,
    a_payment,
    a_person,
    a_refund,
    a_refund_request,
    a_text,
    a_transfer,
    an_account,
    usd,
)
from tests.domain.reading import events, said

CARLA_ACTS = Actor(Role.ADMIN, CARLA)
WISH = Erasure(BEN, 1, NOON, look_at=NOON)


def test_a_wish_is_kept_once() -> None:
    decision = rules.ask(BEN, None, by=CARLA_ACTS, at=NOON)
    assert decision.changed == (Erasure(BEN, 0, NOON, look_at=NOON),)
    assert events(decision) == [said(ErasureAsked(), "admin carla", NOON)]
    assert decision.record.due_at == NOON
    assert not rules.ask(BEN, WISH, by=CARLA_ACTS, at=NOON + LOOK)


@pytest.mark.parametrize(
    ("matter", "reason"),
    [
        (a_booking(state=BookingState.CONTESTED), "the booking is contested"),
        (a_payment(state=PaymentState.QUARANTINED), "the payment is quarantined"),
        (a_refund_request(state=RequestState.BLOCKED), "the refund request is blocked"),
        (a_refund(state=RefundState.PARKED), "the refund is parked"),
        (a_transfer(state=TransferState.ON_HOLD), "the transfer is on hold"),
    ],
)
def test_what_is_open_is_named_with_its_way_out(matter: Matter, reason: str) -> None:
    (obstacle,) = rules.obstacles(BEN, [matter], [], [])
    assert (obstacle.subject, obstacle.reason) == (matter.id, reason)
    assert obstacle.way_out.endswith(".")


def test_every_type_that_may_be_open_has_its_way_out() -> None:
    assert [*UNSETTLED] == [*WAYS_OUT]


def test_credit_is_in_the_students_way_alone() -> None:
    counters = replace(Counters.none(USD), credit=Parts(usd(900), usd(50)))
    payment = a_payment(state=PaymentState.SUCCEEDED, counters=counters)
    (obstacle,) = rules.obstacles(BEN, [payment], [], [])
    assert obstacle.reason == "9.50 USD are owed to the student"
    assert rules.obstacles(ANNA, [payment], [], []) == ()
    assert rules.obstacles(BEN, [a_payment(state=PaymentState.SUCCEEDED)], [], []) == ()


def test_what_a_teacher_owes_is_in_the_teachers_way() -> None:
    (obstacle,) = rules.obstacles(ANNA, [], [(a_payment(), usd(700))], [])
    assert (obstacle.subject, obstacle.reason) == (a_payment().id, "7.00 USD are owed back by the teacher")


def test_what_came_back_from_stripe_is_in_the_students_way() -> None:
    (obstacle,) = rules.obstacles(BEN, [], [], [(a_payment(), usd(2625))])
    assert (obstacle.subject, obstacle.reason) == (a_payment().id, "26.25 USD didn't go back")
    assert obstacle.way_out == "Refund it again."


def test_forgetting_blanks_the_person_their_texts_and_their_gigs_titles() -> None:
    gig = a_gig(version=1)
    texts = (a_text(version=1), a_text(version=1))
    decision = rules.carry_out(WISH, a_person(version=2), texts, [gig], None, by=CARLA_ACTS, at=NOON)
    assert decision.record == Erasure(BEN, 1, NOON, look_at=NOON + LOOK, erased_at=NOON)
    nameless = replace(gig, title="Lessons", active=False)
    assert set(decision.changed) == {decision.record, Person(BEN, 2), a_text(version=1, text=None), nameless}
    assert events(decision) == [said(PersonErased(), "admin carla", NOON), said(GigRetired(), "admin carla", NOON)]


def test_forgetting_somebody_of_whom_nothing_is_known_is_told_once() -> None:
    decision = rules.carry_out(WISH, Person(BEN, 0), (), (), None, by=CARLA_ACTS, at=NOON)
    assert decision.changed == (replace(WISH, look_at=NOON + LOOK, erased_at=NOON),)
    assert events(decision) == [said(PersonErased(), "admin carla", NOON)]
    again = rules.carry_out(decision.record, Person(BEN, 0), (), (), an_account(), by=CARLA_ACTS, at=NOON)
    assert not again


def test_who_was_forgotten_is_looked_at_once_more_and_then_no_more() -> None:
    done = rules.carry_out(WISH, Person(BEN, 0), (), (), None, by=CARLA_ACTS, at=NOON).record
    rested = replace(done, look_at=None)
    for account in (None, an_account()):
        last = rules.carry_out(done, Person(BEN, 0), (), (), account, by=CARLA_ACTS, at=NOON + LOOK)
        assert (last.changed, last.events) == ((rested,), ())
    assert not rules.carry_out(rested, Person(BEN, 0), (), (), None, by=CARLA_ACTS, at=NOON + LOOK)


def test_who_waits_although_forgotten_rests_when_all_is_settled() -> None:
    """Something was open when they asked again: that look is the last."""
    waiting = rules.wait(replace(WISH, look_at=None, erased_at=NOON), at=NOON).record
    decision = rules.carry_out(waiting, Person(BEN, 0), (), (), None, by=CARLA_ACTS, at=NOON + LOOK)
    assert decision.record == replace(WISH, look_at=None, erased_at=NOON)


def test_forgetting_again_takes_what_was_written_since() -> None:
    done = replace(WISH, look_at=None, erased_at=NOON)
    later = NOON + timedelta(days=1)
    decision = rules.carry_out(done, Person(BEN, 3), (a_text(version=1),), (), None, by=CARLA_ACTS, at=later)
    assert decision.record == done
    assert a_text(version=1, text=None) in decision.changed


@pytest.mark.parametrize(
    ("gig", "retired"), [(a_gig(active=False), False), (a_gig(title="Lessons"), True), (a_gig(), True)]
)
def test_a_gig_is_taken_down_without_its_title(gig: Gig, retired: bool) -> None:
    decision = rules.carry_out(WISH, Person(BEN, 0), (), [gig], None, by=CARLA_ACTS, at=NOON)
    assert replace(gig, active=False, title="Lessons") in decision.changed
    assert (GigRetired() in [event.fact for event in decision.events]) is retired


def test_a_gig_that_was_taken_down_isnt_again() -> None:
    gig = a_gig(id=GigId.of(7), active=False, title="Lessons")
    assert gig not in rules.carry_out(WISH, Person(BEN, 0), (), [gig], None, by=CARLA_ACTS, at=NOON).changed


def test_an_account_at_stripe_calls_for_a_person() -> None:
    decision = rules.carry_out(WISH, Person(BEN, 0), (), (), an_account(), by=CARLA_ACTS, at=NOON)
    assert AlarmRaised("erased_account_at_stripe") in [event.fact for event in decision.events]


def test_whoever_writes_after_they_were_forgotten_is_looked_at_again() -> None:
    rested = replace(WISH, look_at=None, erased_at=NOON)
    assert rules.revive(rested, at=NOON).changed == (replace(rested, look_at=NOON + LOOK),)
    assert not rules.revive(replace(rested, look_at=NOON), at=NOON)
    assert not rules.revive(None, at=NOON)


def test_who_waits_is_looked_at_again_in_an_hour_and_not_before() -> None:
    decision = rules.wait(WISH, at=NOON)
    assert decision.changed == (replace(WISH, look_at=NOON + LOOK),)
    assert not rules.wait(decision.record, at=NOON + LOOK - timedelta(seconds=1))
    assert rules.wait(decision.record, at=NOON + LOOK)
    assert rules.wait(replace(WISH, look_at=None), at=NOON)


def test_nothing_new_begins_with_who_asked_to_be_forgotten() -> None:
    rules.check_remembered(None, "This student")
    for wish in (WISH, replace(WISH, look_at=None, erased_at=NOON)):
        with pytest.raises(Refused) as refused:
            rules.check_remembered(wish, "This student")
        assert (refused.value.rule, refused.value.reason) == ("erasure_asked", "This student asked to be forgotten.")
