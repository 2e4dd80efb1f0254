"""`linguapay outbox`, `alarms`, `webhooks`, `subscriptions`, `messages`: what an operator sees and mends."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from linguapay_adapters.composition import Rehearsal, beside, sandbox
from linguapay_core.domain.effect import EffectKind
from tests.cli.conftest import Kept
from tests.cli.terminal import Ended, numbered, recorded, run_here
from tests.use_cases.owed import OWED_REFUND, a_refund, effect_of, silent
from tests.use_cases.stage import at_stripe, funded

HOOKS = "https://host.example/hooks"


class House:
    """A folder with a database and a sandbox, where somebody may sit down."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder / 'house.db'}"

    def open(self) -> AbstractContextManager[Rehearsal]:
        """LinguaPay there, with a clock that can be moved."""
        return sandbox(self.url, stripe_path=beside(self.url), seed=1)

    def run(self, *arguments: str) -> Ended:
        return run_here(self.folder, *arguments, LINGUAPAY_DATABASE_URL=self.url)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def parked(house: House) -> str:
    """A refund that Stripe was asked for nine times without an answer, and never made: the effect's name."""
    with house.open() as lp:
        booking_id = silent(lp, OWED_REFUND)
        return effect_of(lp, booking_id, EffectKind.CREATE_REFUND).id


@pytest.fixture
def unknown(house: House) -> tuple[str, str]:
    """A refund that was made, and whose answer was lost: the effect's name, and Stripe's of the refund."""
    with house.open() as lp:
        booking_id = a_refund(lp)
        lp.stripe.faults.add("dropped_after", method="POST", path="/v1/refunds")
        lp.deliver_effects()
        return effect_of(lp, booking_id, EffectKind.CREATE_REFUND).id, at_stripe(lp).refunds.list().data[0].id


def test_what_is_parked_is_shown_and_mended_only_by_somebody_who_is_known(house: House, parked: str) -> None:
    listed = house.run("outbox", "list", "--state", "parked")
    assert numbered(listed.out) == recorded("outbox", numbered(listed.out))
    (effect,) = json.loads(house.run("outbox", "list", "--state", "parked", "--json").out)["items"]
    assert (effect["id"], effect["kind"], effect["state"]) == (parked, "create_refund", "parked")
    assert house.run("outbox", "retry", parked, "--yes").code == 7
    assert house.run("login").code == 0
    assert house.run("outbox", "retry", parked[:20], "--yes").out.endswith(f"[1/1] {parked}: queued\n1 queued.\n")
    again = house.run("outbox", "retry", "--state", "retry", "--yes")
    assert (again.code, f"{parked}: queued already" in again.out) == (0, True)
    refused = house.run("outbox", "abandon", parked, "--yes")
    assert refused.code == 3
    assert "An effect that is retry can't be given up. That is possible while it is parked." in refused.out


def test_what_is_given_up_frees_what_was_set_aside(house: House, parked: str) -> None:
    assert house.run("login").code == 0
    given_up = house.run("outbox", "abandon", parked, "--yes", "--json")
    assert json.loads(given_up.out)["outcomes"] == [{"id": parked, "outcome": "abandoned", "problem": None}]
    assert json.loads(house.run("outbox", "show", parked, "--json").out)["state"] == "rejected"
    with house.open() as lp:
        assert lp.check_books().breaches == ()


def test_what_was_found_at_stripe_is_looked_at_before_it_is_believed(house: House, unknown: tuple[str, str]) -> None:
    effect_id, stripe_id = unknown
    assert house.run("outbox", "resolve", effect_id, "--found-as", stripe_id).code == 7
    assert house.run("login").code == 0
    wrong = house.run("outbox", "resolve", effect_id, "--found-as", "re_another")
    assert (wrong.code, wrong.out) == (3, "")
    found = house.run("outbox", "resolve", effect_id, "--found-as", stripe_id)
    assert found.out == f"{effect_id} was found as {stripe_id}, and what that says is written down.\n"
    again = house.run("outbox", "resolve", effect_id, "--found-as", stripe_id)
    assert (again.code, again.out) == (0, f"{effect_id} was done already.\n")
    as_json = house.run("outbox", "resolve", effect_id, "--found-as", stripe_id, "--json")
    assert json.loads(as_json.out)["state"] == "succeeded"


def test_an_alarm_is_cleared_with_a_note_that_can_be_read(house: House) -> None:
    with house.open() as lp:
        funded(lp)
    assert house.run("login").code == 0
    listed = house.run("alarms", "list")
    shown = numbered(listed.out)
    assert shown == recorded("alarms", shown)
    (alarm,) = json.loads(house.run("alarms", "list", "--json").out)["items"]
    cleared = house.run("alarms", "clear", "--open", "--note", "A top-up of ours.", "--yes")
    assert (cleared.code, cleared.out.endswith("1 cleared.\n")) == (0, True)
    assert house.run("alarms", "list").err == "There are no such alarms.\n"
    assert "A top-up of ours." in house.run("alarms", "show", alarm["id"]).out
    again = house.run("alarms", "clear", alarm["id"], "--yes")
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


def test_a_subscription_lives_from_its_secret_to_its_removal(house: House) -> None:
    with house.open():
        pass
    assert house.run("subscriptions", "add", HOOKS).code == 7
    assert house.run("login").code == 0
    added = json.loads(house.run("subscriptions", "add", HOOKS, "--event", "booking.paid", "--json").out)
    assert (added["state"], added["event_types"], added["secret"][:6]) == ("active", ["booking.paid"], "whsec_")
    shown = house.run("subscriptions", "show", added["id"])
    assert added["secret"] not in shown.out
    rotated = house.run("subscriptions", "rotate", added["id"][:12])
    assert "Its secret, told this once: whsec_" in rotated.out
    assert added["secret"] not in rotated.out
    tested = json.loads(house.run("subscriptions", "test", added["id"], "--json").out)
    (message,) = json.loads(house.run("messages", "list", "--json").out)["items"]
    assert (message["id"], message["event_type"], message["state"]) == (tested["id"], "test", "queued")
    assert house.run("messages", "show", message["id"]).code == 0
    again = house.run("messages", "redeliver", "--state", "queued", "--yes")
    assert "queued already" in again.out
    for act, state in (("pause", "paused"), ("resume", "active"), ("remove", "removed")):
        for _ in range(2):
            assert house.run("subscriptions", act, added["id"], "--yes").code == 0
        assert json.loads(house.run("subscriptions", "show", added["id"], "--json").out)["state"] == state
    refused = house.run("subscriptions", "pause", added["id"], "--yes")
    assert refused.code == 3
    with house.open() as lp:
        lp.clock.move_to(datetime.now(UTC))
        lp.forget_messages()
    assert json.loads(house.run("messages", "show", message["id"], "--json").out)["state"] == "cancelled"
    gone = json.loads(house.run("messages", "redeliver", message["id"], "--dry-run", "--json").out)["would"][0]
    assert (gone["done_already"], gone["refusal"]["rule"]) == (False, "subscription_removed")
    assert house.run("subscriptions", "add", "ftp://host.example").code == 2
    assert house.run("subscriptions", "add", HOOKS, "--event", "nothing.happened").code == 2


def test_the_fields_of_an_effect_are_those_that_programs_know(house: House, parked: str) -> None:
    told = json.loads(house.run("outbox", "show", parked, "--json").out)
    assert list(told) == [
        *("id", "kind", "state", "subject", "payment_id", "target", "attempt", "tries", "due_at"),
        *("first_asked_at", "asked_at", "reason", "notes"),
    ]
