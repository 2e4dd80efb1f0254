"""The host platform says where it wants to be told of what, and by which secret it knows us."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.application import LinguaPay
from linguapay_core.domain.errors import Invalid, NotAllowed, NotFound, Refused
from linguapay_core.domain.identifiers import SubscriptionId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.secret import Secret
from linguapay_core.domain.subscription import AT_MOST, SigningSecrets, SubscriptionState
from tests.use_cases.postbox import Postbox, with_postbox
from tests.use_cases.stage import ADMIN, DAY

URL = "https://lessons.example/events"
NOBODY = SubscriptionId.of(1)


@pytest.fixture
def house(lp: Rehearsal) -> Iterator[LinguaPay]:
    """LinguaPay as it runs in production: it posts to nobody on this machine."""
    with with_postbox(lp, Postbox()) as linguapay:
        yield linguapay


def secrets_of(lp: Rehearsal, subscription_id: SubscriptionId) -> SigningSecrets:
    """What is stored, which no use case tells."""
    with lp.ports.transactions.begin() as transaction:
        return transaction.signing_secrets(subscription_id)


def test_whoever_subscribes_is_told_the_secret_once(lp: Rehearsal, house: LinguaPay) -> None:
    subscribed = house.add_subscription(URL, ADMIN, ["gig.offered"], "Ours")
    subscription = subscribed.subscription
    assert (subscription.url, subscription.event_types, subscription.description) == (URL, ("gig.offered",), "Ours")
    assert subscribed.secret == secrets_of(lp, subscription.id).current
    assert len(subscribed.secret.reveal()) == len("whsec_") + 44
    assert subscribed.secret.reveal() not in repr(subscribed)
    assert house.add_subscription(URL, ADMIN).secret != subscribed.secret


def test_the_host_platform_may_do_what_an_admin_may_and_nobody_else(house: LinguaPay) -> None:
    subscribed = house.add_subscription(URL, "back-end", role=Role.PLATFORM)
    name = subscribed.subscription.id
    assert house.pause_subscription(name, "back-end", Role.PLATFORM).state is SubscriptionState.PAUSED
    doors: list[Callable[[Role], object]] = [
        lambda role: house.add_subscription(URL, "ben", role=role),
        lambda role: house.change_subscription(name, "ben", URL, role=role),
        lambda role: house.rotate_subscription_secret(name, "ben", role),
        lambda role: house.pause_subscription(name, "ben", role),
        lambda role: house.resume_subscription(name, "ben", role),
        lambda role: house.remove_subscription(name, "ben", role),
        lambda role: house.send_test_message(name, "ben", role),
        lambda role: house.redeliver_message("msg_1", "ben", role),
    ]
    for role in (Role.STUDENT, Role.TEACHER, Role.CLOCK):
        for door in doors:
            with pytest.raises(NotAllowed):
                door(role)


def test_a_subscription_changes_in_what_is_named_only(house: LinguaPay) -> None:
    first = house.add_subscription(URL, ADMIN, ["gig.offered"], "Ours").subscription
    everything = house.change_subscription(first.id, ADMIN, event_types=())
    assert (everything.url, everything.event_types, everything.description) == (URL, (), "Ours")
    elsewhere = house.change_subscription(first.id, ADMIN, url="https://other.example/", description="")
    assert (elsewhere.url, elsewhere.event_types, elsewhere.description) == ("https://other.example/", (), "")
    assert house.change_subscription(first.id, ADMIN).url == "https://other.example/"


@pytest.mark.parametrize("url", ["http://lessons.example/", "http://localhost:8000/", "https://10.0.0.1/"])
def test_an_address_inside_is_refused_at_the_door(house: LinguaPay, url: str) -> None:
    name = house.add_subscription(URL, ADMIN).subscription.id
    for attempt in (lambda: house.add_subscription(url, ADMIN), lambda: house.change_subscription(name, ADMIN, url)):
        with pytest.raises(Invalid) as invalid:
            attempt()
        assert invalid.value.field == "url"


def test_a_rehearsal_may_tell_this_machine(lp: Rehearsal) -> None:
    url = "http://localhost:8000/events"
    subscription = lp.add_subscription(url, ADMIN, ["gig.offered"]).subscription
    assert subscription.url == url


def test_there_are_only_so_many_and_a_removed_one_makes_room(house: LinguaPay) -> None:
    names = [house.add_subscription(URL, ADMIN).subscription.id for _ in range(AT_MOST)]
    with pytest.raises(Refused) as refusal:
        house.add_subscription(URL, ADMIN)
    assert refusal.value.rule == "too_many_subscriptions"
    house.remove_subscription(names[0], ADMIN)
    house.add_subscription(URL, ADMIN)


def test_a_rotation_tells_the_new_secret_once_and_keeps_the_old_for_a_day(lp: Rehearsal, house: LinguaPay) -> None:
    subscribed = house.add_subscription(URL, ADMIN)
    name = subscribed.subscription.id
    rotated = house.rotate_subscription_secret(name, ADMIN)
    assert rotated.subscription.id == name
    fresh = rotated.secret
    stored = secrets_of(lp, name)
    assert stored.counting(lp.clock.now()) == (fresh, subscribed.secret)
    assert stored.counting(lp.clock.now() + DAY) == (fresh,)


def test_a_removed_subscription_is_forgotten_but_for_its_name(lp: Rehearsal, house: LinguaPay) -> None:
    name = house.add_subscription(URL, ADMIN).subscription.id
    house.rotate_subscription_secret(name, ADMIN)
    assert house.remove_subscription(name, ADMIN).state is SubscriptionState.REMOVED
    assert house.remove_subscription(name, ADMIN).state is SubscriptionState.REMOVED
    assert secrets_of(lp, name).counting(lp.clock.now()) == (Secret(""),)
    with pytest.raises(Refused):
        house.resume_subscription(name, ADMIN)


def test_pausing_and_resuming_twice_is_doing_so_once(house: LinguaPay) -> None:
    name = house.add_subscription(URL, ADMIN).subscription.id
    for _ in range(2):
        assert house.pause_subscription(name, ADMIN).state is SubscriptionState.PAUSED
    for _ in range(2):
        assert house.resume_subscription(name, ADMIN).state is SubscriptionState.ACTIVE


def test_what_is_not_there_is_not_found(house: LinguaPay) -> None:
    for attempt in (
        house.change_subscription,
        house.rotate_subscription_secret,
        house.pause_subscription,
        house.resume_subscription,
        house.remove_subscription,
        house.send_test_message,
    ):
        with pytest.raises(NotFound):
            attempt(NOBODY, ADMIN)
        with pytest.raises(Invalid):
            attempt("pay_1", ADMIN)
    with pytest.raises(NotFound):
        house.redeliver_message("msg_00000000000000000000000001", ADMIN)
    with pytest.raises(Invalid):
        house.redeliver_message("evt_1", ADMIN)


def test_no_secret_stands_in_any_event(lp: Rehearsal, house: LinguaPay) -> None:
    subscribed = house.add_subscription(URL, ADMIN)
    fresh = house.rotate_subscription_secret(subscribed.subscription.id, ADMIN).secret
    with lp.ports.transactions.begin() as transaction:
        told, _ = transaction.news(transaction.feed_mark("a reader"), limit=100)
    assert [one.type for one in told] == ["subscription.added", "subscription.secret_rotated"]
    for secret in (subscribed.secret, fresh):
        assert secret.reveal() not in repr(told)
