"""What people do to a subscription, and what its subscriber's failures do."""

from base64 import b64decode
from dataclasses import replace
from datetime import timedelta

import pytest

from linguapay_core.domain import subscription_rules as rules
from linguapay_core.domain.decision import Actor, Decision
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.events.house import AlarmRaised
from linguapay_core.domain.events.telling import (
    SubscriptionAdded,
    SubscriptionChanged,
    SubscriptionDisabled,
    SubscriptionPaused,
    SubscriptionRemoved,
    SubscriptionResumed,
    SubscriptionSecretRotated,
)
from linguapay_core.domain.machine import Role
from linguapay_core.domain.secret import Secret
from linguapay_core.domain.subscription import (
    AT_MOST,
    RETIRED_AT_MOST,
    RetiredSecret,
    SigningSecrets,
    Subscription,
    SubscriptionState,
)
from linguapay_core.domain.subscription_rules import SECRET_BYTES, Wish
from linguapay_core.testing.builders import NOON, a_subscription
from tests.domain.reading import events, said

S = SubscriptionState
DAY = timedelta(days=1)
CARLA = Actor(Role.ADMIN, "carla")
HOST = Actor(Role.PLATFORM, "back-end")
URL = a_subscription().url
FIRST, SECOND, THIRD = Secret("whsec_Zmlyc3Q="), Secret("whsec_c2Vjb25k"), Secret("whsec_dGhpcmQ=")
SECRETS = SigningSecrets(a_subscription().id, 1, FIRST)
FAILING = a_subscription(failing_since=NOON, failures=3, resting_until=NOON + DAY)


def add(wish: Wish, *, there_are: int = 0) -> Decision[Subscription]:
    """Carla wishes for this."""
    return rules.add(a_subscription().id, wish, FIRST, there_are=there_are, by=CARLA, at=NOON)


def test_a_secret_is_written_as_the_specification_has_it() -> None:
    kind, _, encoded = rules.new_secret(bytes(range(32))).reveal().partition("_")
    assert (kind, b64decode(encoded, validate=True)) == ("whsec", bytes(range(32)))


def test_a_subscription_begins_active_beside_its_secret() -> None:
    decision = add(Wish(URL, ["gig.offered", "booking.paid", "gig.offered"], " ours "))
    subscription = a_subscription(event_types=("booking.paid", "gig.offered"), description="ours")
    assert decision.record == subscription
    assert decision.changed == (subscription, SigningSecrets(subscription.id, 0, FIRST))
    assert events(decision) == [said(SubscriptionAdded(), "admin carla", NOON)]


@pytest.mark.parametrize(
    ("field", "wish"),
    [
        ("event_types", Wish(URL, ["booking.paid", "booking.payed"])),
        ("event_types", Wish(URL, ["*"])),
        ("description", Wish(URL, (), "a" * 201)),
        ("description", Wish(URL, (), "two\nlines")),
    ],
)
def test_a_wish_that_cannot_be_meant_is_invalid(field: str, wish: Wish) -> None:
    with pytest.raises(Invalid) as added:
        add(wish)
    with pytest.raises(Invalid) as changed:
        rules.change(a_subscription(), wish, by=CARLA, at=NOON)
    assert added.value.field == changed.value.field == field


def test_there_are_only_so_many() -> None:
    assert add(Wish(URL), there_are=AT_MOST - 1)
    with pytest.raises(Refused, match="Remove one"):
        add(Wish(URL), there_are=AT_MOST)


def test_a_subscription_wants_what_it_named_or_everything() -> None:
    assert a_subscription().wants("booking.paid")
    assert a_subscription(event_types=("gig.offered",)).wants("gig.offered")
    assert not a_subscription(event_types=("gig.offered",)).wants("booking.paid")


def test_a_change_is_told_once_and_the_failures_stay_with_their_address() -> None:
    wish = Wish(URL, ["gig.offered"], "ours")
    decision = rules.change(FAILING, wish, by=HOST, at=NOON)
    assert decision.record == replace(FAILING, event_types=("gig.offered",), description="ours")
    assert events(decision) == [said(SubscriptionChanged(), "platform back-end", NOON)]
    assert not rules.change(decision.record, wish, by=HOST, at=NOON)
    elsewhere = rules.change(FAILING, Wish("https://other.example/"), by=HOST, at=NOON).record
    assert elsewhere == a_subscription(url="https://other.example/")


def test_both_secrets_count_for_a_day_after_a_rotation() -> None:
    decision = rules.rotate_secret(a_subscription(), SECRETS, SECOND, by=CARLA, at=NOON)
    rotated = decision.record
    assert events(decision) == [said(SubscriptionSecretRotated(NOON + DAY), "admin carla", NOON)]
    assert SECRETS.counting(NOON) == (FIRST,)
    assert rotated.counting(NOON + DAY - timedelta(microseconds=1)) == (SECOND, FIRST)
    assert rotated.counting(NOON + DAY) == (SECOND,)


def test_a_second_rotation_leaves_the_subscriber_the_secret_that_it_has() -> None:
    hour = timedelta(hours=1)
    rotated = rules.rotate_secret(a_subscription(), SECRETS, SECOND, by=CARLA, at=NOON).record
    again = rules.rotate_secret(a_subscription(), rotated, THIRD, by=CARLA, at=NOON + hour).record
    assert again.counting(NOON + hour) == (THIRD, SECOND, FIRST)
    assert again.counting(NOON + DAY) == (THIRD, SECOND), "each for a day from its own end"
    assert again.counting(NOON + DAY + hour) == (THIRD,)


def test_a_secret_is_forgotten_at_the_first_rotation_after_its_day() -> None:
    rotated = rules.rotate_secret(a_subscription(), SECRETS, SECOND, by=CARLA, at=NOON).record
    later = rules.rotate_secret(a_subscription(), rotated, THIRD, by=CARLA, at=NOON + DAY).record
    assert later.retired == (RetiredSecret(SECOND, NOON + 2 * DAY),)


def test_of_many_rotations_in_a_day_the_latest_secrets_count() -> None:
    secrets = SECRETS
    fresh = [rules.new_secret(bytes([number]) * SECRET_BYTES) for number in range(RETIRED_AT_MOST + 2)]
    for secret in fresh:
        secrets = rules.rotate_secret(a_subscription(), secrets, secret, by=CARLA, at=NOON).record
    assert secrets.counting(NOON) == tuple(reversed(fresh[1:]))


def test_a_secret_shows_itself_in_no_record_decision_or_event() -> None:
    decision = rules.rotate_secret(a_subscription(), SECRETS, SECOND, by=CARLA, at=NOON)
    for secret in (FIRST, SECOND):
        assert secret.reveal() not in repr(decision) + repr(add(Wish(URL))) + repr(SECRETS)


def test_a_pause_and_its_end_change_the_state_once() -> None:
    paused = rules.pause(FAILING, by=CARLA, at=NOON)
    assert paused.record == replace(FAILING, state=S.PAUSED)
    assert events(paused) == [said(SubscriptionPaused(), "admin carla", NOON)]
    assert not rules.pause(paused.record, by=CARLA, at=NOON)
    for stopped in (paused.record, replace(FAILING, state=S.DISABLED)):
        resumed = rules.resume(stopped, by=CARLA, at=NOON)
        assert resumed.record == a_subscription()
        assert events(resumed) == [said(SubscriptionResumed(), "admin carla", NOON)]
        assert not rules.resume(resumed.record, by=CARLA, at=NOON)


@pytest.mark.parametrize("state", [S.ACTIVE, S.PAUSED, S.DISABLED])
def test_a_removed_subscription_has_no_secret_and_stays_as_it_is(state: SubscriptionState) -> None:
    secrets = replace(SECRETS, retired=(RetiredSecret(SECOND, NOON + DAY),))
    decision = rules.remove(a_subscription(state=state), secrets, by=CARLA, at=NOON)
    removed = decision.record
    assert decision.changed == (a_subscription(state=S.REMOVED), SigningSecrets(secrets.id, 1, Secret("")))
    assert events(decision) == [said(SubscriptionRemoved(), "admin carla", NOON)]
    assert not rules.remove(removed, secrets, by=CARLA, at=NOON)
    for attempt in (
        lambda: rules.pause(removed, by=CARLA, at=NOON),
        lambda: rules.resume(removed, by=CARLA, at=NOON),
        lambda: rules.change(removed, Wish(URL), by=CARLA, at=NOON),
        lambda: rules.rotate_secret(removed, secrets, THIRD, by=CARLA, at=NOON),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.rule == "subscription_removed"


def test_each_failure_in_a_row_lets_it_rest_longer_and_a_success_forgets_them() -> None:
    subscription = a_subscription()
    for number, seconds in enumerate((5, 30, 120, 300, 300), start=1):
        subscription = rules.failed(subscription, gone=False, at=NOON).record
        assert subscription == a_subscription(
            failing_since=NOON, failures=number, resting_until=NOON + timedelta(seconds=seconds)
        )
    assert rules.succeeded(subscription).record == a_subscription()
    assert not rules.succeeded(a_subscription())


def test_after_five_days_without_a_success_it_is_disabled_with_an_alarm() -> None:
    last = NOON + 5 * DAY
    assert rules.failed(FAILING, gone=False, at=last - timedelta(seconds=1)).record.state is S.ACTIVE
    decision = rules.failed(FAILING, gone=False, at=last)
    reason = f"it has failed since {NOON:%Y-%m-%d %H:%M} UTC"
    assert decision.record.state is S.DISABLED
    assert events(decision) == [
        said(SubscriptionDisabled(), "system", last, reason),
        said(AlarmRaised("subscription_disabled"), "system", last, reason),
    ]


def test_one_that_is_gone_is_disabled_at_once() -> None:
    assert rules.failed(a_subscription(), gone=True, at=NOON).record.state is S.DISABLED


@pytest.mark.parametrize("state", [S.PAUSED, S.DISABLED, S.REMOVED])
def test_a_failure_that_comes_in_late_disables_nothing(state: SubscriptionState) -> None:
    decision = rules.failed(replace(FAILING, state=state), gone=True, at=NOON + 9 * DAY)
    assert decision.record.state is state
    assert decision.events == ()
