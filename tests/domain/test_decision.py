"""Decisions add up: each record once, the newer one, and everything else in order."""

from importlib import import_module
from pkgutil import iter_modules

from linguapay_core.domain import alarm, alarm_rules, bookmark
from linguapay_core.domain import events as facts
from linguapay_core.domain.decision import CLOCK, STRIPE, SYSTEM, Actor, Decision, changed, decided, named_in, same
from linguapay_core.domain.events.booking import GigRetired
from linguapay_core.domain.events.catalogue import FACTS
from linguapay_core.domain.events.fact import Fact
from linguapay_core.domain.events.house import AlarmCleared, AlarmRaised
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.secret import Secret
from linguapay_core.domain.story import Story
from linguapay_core.testing.builders import (
    CARLA,
    NOON,
    a_booking,
    a_gig,
    a_leg,
    a_payment,
    an_account,
    an_effect,
    an_entry,
    an_event,
)
from tests.domain.reading import events, held, said

CARLA_ACTS = Actor(Role.ADMIN, CARLA)


def test_what_was_decided_changes_the_record_and_says_how() -> None:
    decision = decided(a_gig(), GigRetired(), by=CARLA_ACTS, at=NOON, why="closed")
    assert (decision.record, decision.changed) == (a_gig(), (a_gig(),))
    assert events(decision) == [said(GigRetired(), "admin carla", NOON, "closed")]
    assert decision.events[0].subject == a_gig().id
    assert decided(a_gig(), GigRetired(), by=SYSTEM, at=NOON).events[0].why == ""


def test_a_silent_change_tells_nothing() -> None:
    assert changed(a_gig()) == Decision(a_gig(), (a_gig(),))


def test_of_a_record_that_both_changed_the_later_one_counts() -> None:
    first, second, payment = a_gig(), a_gig(active=False), a_payment()
    both = Decision(first, (first, payment)) + Decision(second, (second,))
    assert (both.record, both.changed) == (second, (payment, second))
    other = Decision(first, (first,)) + Decision(payment, (payment,))
    assert (other.record, other.changed) == (first, (first, payment))


def test_a_record_that_the_later_one_only_looked_at_stays() -> None:
    sum_of_both = Decision(a_gig(active=False), (a_gig(active=False),)) + Decision(a_gig())
    assert sum_of_both == Decision(a_gig(active=False), (a_gig(active=False),))


def test_events_entries_and_effects_follow_each_other() -> None:
    first = Decision(a_gig(), (), (an_event(why="1"),), (an_entry(key="1"),), (an_effect(id="1"),))
    second = Decision(a_payment(), (), (an_event(why="2"),), (an_entry(key="2"),), (an_effect(id="2"),))
    both = first + second
    assert [one.why for one in both.events] == ["1", "2"]
    assert [one.key for one in both.entries] == ["1", "2"]
    assert [one.id for one in both.effects] == ["1", "2"]


def test_a_decision_is_true_if_there_is_anything_to_store() -> None:
    gig = a_gig()
    assert not Decision(gig)
    assert Decision(gig, (gig,))
    assert Decision(gig, events=(an_event(),))
    assert Decision(gig, entries=(an_entry(),))
    assert Decision(gig, effects=(an_effect(),))


def test_records_are_the_same_by_type_and_name() -> None:
    assert same(a_gig(), a_gig(active=False))
    assert not same(a_gig(), a_payment(id=a_gig().id))
    assert not same(a_payment(), a_payment(id=PaymentId.of(2)))
    assert named_in(a_gig(), [a_payment(), a_gig(version=2)])
    assert not named_in(a_gig(), [a_payment()])


def test_an_actor_shows_the_role_and_the_person() -> None:
    assert [str(actor) for actor in (CARLA_ACTS, CLOCK, STRIPE, SYSTEM)] == ["admin carla", "clock", "stripe", "system"]


def test_an_alarm_stands_under_its_rule_and_object_and_is_cleared_once() -> None:
    raised = alarm_rules.raise_alarm("rule", "pay_1", "seen", at=NOON)
    assert raised.changed == (alarm.Alarm("rule:pay_1", 0, "rule", "pay_1", "seen", NOON),)
    assert events(raised) == [said(AlarmRaised("rule"), "system", NOON, "seen")]
    assert raised.events[0].subject == "pay_1"
    cleared = alarm_rules.clear(raised.record, by=CARLA_ACTS, at=NOON)
    assert cleared.changed == (alarm.Alarm("rule:pay_1", 0, "rule", "pay_1", "seen", NOON, cleared_at=NOON),)
    assert events(cleared) == [said(AlarmCleared("rule"), "admin carla", NOON)]
    assert cleared.events[0].subject == "pay_1"
    assert not alarm_rules.clear(cleared.record, by=CARLA_ACTS, at=NOON)


def test_a_bookmark_moves_forward_only() -> None:
    mark = bookmark.Bookmark("feed", 1, NOON)
    later = NOON.replace(hour=13)
    assert bookmark.move(mark, to=later).changed == (bookmark.Bookmark("feed", 1, later),)
    assert not bookmark.move(mark, to=NOON)
    assert not bookmark.move(mark, to=NOON.replace(hour=11))


def test_every_fact_of_every_module_is_in_the_catalogue_under_a_name_of_its_own() -> None:
    for module in iter_modules(facts.__path__, f"{facts.__name__}."):
        import_module(module.name)
    assert len(FACTS) == len(Fact.__subclasses__())
    assert all(name == fact.name and version == fact.version == 1 for (name, version), fact in FACTS.items())
    assert all("." in name for name, _ in FACTS)


def test_a_secret_shows_itself_to_nobody_but_who_asks() -> None:
    secret = Secret("pi_1_secret_x")
    assert secret.reveal() == "pi_1_secret_x"
    assert repr(secret) == "Secret('***')"
    assert "x" not in str(secret)
    assert secret == Secret("pi_1_secret_x") != Secret("y")
    assert secret != "pi_1_secret_x"
    assert len({secret, Secret("pi_1_secret_x"), Secret("y")}) == 2


def test_a_story_finds_its_payments_and_their_books() -> None:
    second = a_payment(id=PaymentId.of(2))
    entries = (an_entry(), an_entry(a_leg(payment_id=second.id), key="2"))
    story = Story(a_gig(), a_booking(), an_account(), (a_payment(), second), (), (), (), (), (), entries, ())
    assert story.payment(second.id) is second
    assert (
        held(story.books_of(second)) == held(story.books_of(a_payment())) == {"charge_clearing": 3150, "escrow": 3150}
    )
