"""`linguapay outbox`, `alarms`, `webhooks`, `subscriptions`, `messages`: what an operator sees and mends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from linguapay_core.domain.effect import EffectKind
from tests.cli.conftest import Kept
from tests.cli.place import LONG_AGO, Place
from tests.cli.terminal import numbered, recorded
from tests.use_cases.owed import OWED_REFUND, a_refund, effect_of, silent
from tests.use_cases.stage import at_stripe, funded

HOOKS = "https://host.example/hooks"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty folder, where somebody may sit down."""
    return Place(tmp_path, "house.db")


@pytest.fixture
def parked(place: Place) -> str:
    """A refund that Stripe was asked for nine times without an answer, and never made: the effect's name."""
    with place.house(LONG_AGO, seed=1) as lp:
        booking_id = silent(lp, OWED_REFUND)
        return effect_of(lp, booking_id, EffectKind.CREATE_REFUND).id


@pytest.fixture
def unknown(place: Place) -> tuple[str, str]:
    """A refund that was made, and whose answer was lost: the effect's name, and Stripe's of the refund."""
    with place.house(LONG_AGO, seed=1) as lp:
        booking_id = a_refund(lp)
        lp.stripe.faults.add("dropped_after", method="POST", path="/v1/refunds")
        lp.deliver_effects()
        return effect_of(lp, booking_id, EffectKind.CREATE_REFUND).id, at_stripe(lp).refunds.list().data[0].id


def test_what_is_parked_is_shown_and_mended_only_by_somebody_who_is_known(place: Place, parked: str) -> None:
    listed = place.run("outbox", "list", "--state", "parked")
    assert numbered(listed.out) == recorded("outbox", numbered(listed.out))
    (effect,) = json.loads(place.run("outbox", "list", "--state", "parked", "--json").out)["items"]
    assert (effect["id"], effect["kind"], effect["state"]) == (parked, "create_refund", "parked")
    assert place.run("outbox", "retry", parked, "--yes").code == 7
    place.login()
    assert place.run("outbox", "retry", parked[:20], "--yes").out.endswith(f"[1/1] {parked}: queued\n1 queued.\n")
    again = place.run("outbox", "retry", "--state", "retry", "--yes")
    assert (again.code, f"{parked}: queued already" in again.out) == (0, True)
    refused = place.run("outbox", "abandon", parked, "--yes")
    assert refused.code == 3
    assert "An effect that is retry can't be given up. That is possible while it is parked." in refused.out


def test_what_is_given_up_frees_what_was_set_aside(place: Place, parked: str) -> None:
    place.login()
    given_up = place.run("outbox", "abandon", parked, "--yes", "--json")
    assert json.loads(given_up.out)["outcomes"] == [{"id": parked, "outcome": "abandoned", "problem": None}]
    assert json.loads(place.run("outbox", "show", parked, "--json").out)["state"] == "rejected"
    with place.house() as lp:
        assert lp.check_books().breaches == ()


def test_what_was_found_at_stripe_is_looked_at_before_it_is_believed(place: Place, unknown: tuple[str, str]) -> None:
    effect_id, stripe_id = unknown
    assert place.run("outbox", "resolve", effect_id, "--found-as", stripe_id).code == 7
    place.login()
    wrong = place.run("outbox", "resolve", effect_id, "--found-as", "re_another")
    assert (wrong.code, wrong.out) == (3, "")
    found = place.run("outbox", "resolve", effect_id, "--found-as", stripe_id)
    assert found.out == f"{effect_id} was found as {stripe_id}, and what that says is written down.\n"
    again = place.run("outbox", "resolve", effect_id, "--found-as", stripe_id)
    assert (again.code, again.out) == (0, f"{effect_id} was done already.\n")
    as_json = place.run("outbox", "resolve", effect_id, "--found-as", stripe_id, "--json")
    assert json.loads(as_json.out)["state"] == "succeeded"


def test_an_alarm_is_cleared_with_a_note_that_can_be_read(place: Place) -> None:
    with place.house(LONG_AGO, seed=1) as lp:
        funded(lp)
    place.login()
    listed = place.run("alarms", "list")
    shown = numbered(listed.out)
    assert shown == recorded("alarms", shown)
    (alarm,) = json.loads(place.run("alarms", "list", "--json").out)["items"]
    cleared = place.run("alarms", "clear", "--open", "--note", "A top-up of ours.", "--yes")
    assert (cleared.code, cleared.out.endswith("1 cleared.\n")) == (0, True)
    assert place.run("alarms", "list").err == "There are no such alarms.\n"
    assert "A top-up of ours." in place.run("alarms", "show", alarm["id"]).out
    again = place.run("alarms", "clear", alarm["id"], "--yes")
    assert (again.code, "cleared already" in again.out) == (0, True)


def test_webhook_events_are_looked_at_again_by_filter(copy: Kept) -> None:
    assert copy.run("login").code == 0
    events = json.loads(copy.run("webhooks", "list", "--state", "done", "-n", "1000", "--json").out)["items"]
    dry = copy.run("webhooks", "replay", "--state", "done", "--dry-run")
    assert dry.out.endswith(f"This would replay {len(events)} webhook events.\n")
    replayed = copy.run("webhooks", "replay", "--state", "done", "--yes")
    assert replayed.out.endswith(f"{len(events)} queued.\n")
    (first,) = json.loads(copy.run("webhooks", "list", "--state", "received", "-n", "1", "--json").out)["items"]
    assert json.loads(copy.run("webhooks", "show", first["id"], "--json").out)["state"] == "received"
    named = copy.run("webhooks", "replay", first["id"], "--yes")
    assert (named.code, "queued already" in named.out) == (0, True)


def test_a_subscription_lives_from_its_secret_to_its_removal(place: Place) -> None:
    with place.house():
        pass
    assert place.run("subscriptions", "add", HOOKS).code == 7
    place.login()
    added = json.loads(place.run("subscriptions", "add", HOOKS, "--event", "booking.paid", "--json").out)
    assert (added["state"], added["event_types"], added["secret"][:6]) == ("active", ["booking.paid"], "whsec_")
    shown = place.run("subscriptions", "show", added["id"])
    assert added["secret"] not in shown.out
    rotated = place.run("subscriptions", "rotate", added["id"][:12])
    assert "Its secret, told this once: whsec_" in rotated.out
    assert added["secret"] not in rotated.out
    tested = json.loads(place.run("subscriptions", "test", added["id"], "--json").out)
    (message,) = json.loads(place.run("messages", "list", "--json").out)["items"]
    assert (message["id"], message["event_type"], message["state"]) == (tested["id"], "test", "queued")
    assert place.run("messages", "show", message["id"]).code == 0
    again = place.run("messages", "redeliver", "--state", "queued", "--yes")
    assert "queued already" in again.out
    for act, state in (("pause", "paused"), ("resume", "active"), ("remove", "removed")):
        for _ in range(2):
            assert place.run("subscriptions", act, added["id"], "--yes").code == 0
        assert json.loads(place.run("subscriptions", "show", added["id"], "--json").out)["state"] == state
    refused = place.run("subscriptions", "pause", added["id"], "--yes")
    assert refused.code == 3
    with place.house() as lp:
        lp.forget_messages()
    assert json.loads(place.run("messages", "show", message["id"], "--json").out)["state"] == "cancelled"
    gone = json.loads(place.run("messages", "redeliver", message["id"], "--dry-run", "--json").out)["would"][0]
    assert (gone["done_already"], gone["refusal"]["rule"]) == (False, "subscription_removed")
    assert place.run("subscriptions", "add", "ftp://host.example").code == 2
    assert place.run("subscriptions", "add", HOOKS, "--event", "nothing.happened").code == 2


def test_the_fields_of_an_effect_are_those_that_programs_know(place: Place, parked: str) -> None:
    told = json.loads(place.run("outbox", "show", parked, "--json").out)
    assert list(told) == [
        *("id", "kind", "state", "subject", "payment_id", "target", "attempt", "tries", "due_at"),
        *("first_asked_at", "asked_at", "reason", "notes"),
    ]
