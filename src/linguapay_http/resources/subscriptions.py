"""Subscriptions to our events, told by Standard Webhooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar, Final, Self

from pydantic import Field, StringConstraints

from linguapay_core.domain.secret import Secret
from linguapay_core.domain.subscription import LONGEST_DESCRIPTION, Subscription, SubscriptionState
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.finding import listed, shown
from linguapay_http.models import Address, Instant, Name, Page, PagedByTime, View, Wish
from linguapay_http.resources.deliveries import DeliveryView, present_delivery

TAG: Final = "Subscriptions"

EventTypes = Annotated[
    tuple[Name, ...],
    Field(max_length=100, description="Permanent names of events; none of them means all.", examples=[["gig.offered"]]),
]
Description = Annotated[str, StringConstraints(max_length=LONGEST_DESCRIPTION)]


class SubscriptionWish(Wish):
    """Where to tell, and of what."""

    url: Address
    event_types: EventTypes = ()
    description: Description = ""


class SubscriptionChange(Wish):
    """What becomes different. What is left out stays as it is."""

    url: Address | None = None
    event_types: EventTypes | None = None
    description: Description | None = None


class SubscriptionView(View):
    """A subscription. ``failing_since`` is the first failure after the last success."""

    named: ClassVar[str] = "subscription_id"
    id: str
    state: SubscriptionState
    url: str
    event_types: list[str]
    description: str
    created_at: Instant
    failing_since: Instant | None

    @classmethod
    def of(cls, subscription: Subscription) -> Self:
        """Show a subscription."""
        return cls(
            id=subscription.id,
            state=subscription.state,
            url=subscription.url,
            event_types=list(subscription.event_types),
            description=subscription.description,
            created_at=subscription.created_at,
            failing_since=subscription.failing_since,
        )


class SignedSubscriptionView(SubscriptionView):
    """A subscription, and the secret with which its messages are signed from now on.

    The secret is told this once: it is empty where the request is a repetition.
    """

    secret: Annotated[str | None, Field(repr=False)]

    @classmethod
    def with_secret(cls, subscription: Subscription, secret: Secret | None) -> Self:
        """Show a subscription, and its secret where that is new."""
        return cls(**vars(SubscriptionView.of(subscription)), secret=secret and secret.reveal())


class SubscriptionPage(Page):
    """A page of subscriptions."""

    items: list[SubscriptionView]


class SubscriptionSearch(PagedByTime):
    """Which subscriptions. ``from`` and ``to`` are about when they were added."""

    state: SubscriptionState | None = None


def list_subscriptions(desk: Desk, _caller: Caller, search: SubscriptionSearch) -> SubscriptionPage:
    """List subscriptions, those that were removed too, the newest first."""
    found = listed(desk, Subscription, search)
    return SubscriptionPage(items=[SubscriptionView.of(one) for one in found.items], next_cursor=found.next_cursor)


def add_subscription(desk: Desk, caller: Caller, wish: SubscriptionWish) -> SignedSubscriptionView:
    """Tell an address, signed by Standard Webhooks, of what happens from now on. Keep the secret: it is told once."""
    added = desk.linguapay.add_subscription(
        wish.url, caller.person, wish.event_types, wish.description, caller.in_charge_as
    )
    return SignedSubscriptionView.with_secret(added.subscription, added.secret)


def show_subscription(desk: Desk, _caller: Caller, subscription_id: str) -> SubscriptionView:
    """Show one subscription."""
    return SubscriptionView.of(shown(desk, Subscription, subscription_id))


def change_subscription(desk: Desk, caller: Caller, subscription_id: str, wish: SubscriptionChange) -> SubscriptionView:
    """Change an address, the events or the description. Messages that wait go to the new address."""
    changed = desk.linguapay.change_subscription(
        subscription_id, caller.person, wish.url, wish.event_types, wish.description, caller.in_charge_as
    )
    return SubscriptionView.of(changed)


def remove_subscription(desk: Desk, caller: Caller, subscription_id: str) -> None:
    """Never tell it anything again, and forget its secrets."""
    desk.linguapay.remove_subscription(subscription_id, caller.person, caller.in_charge_as)


def pause_subscription(desk: Desk, caller: Caller, subscription_id: str) -> SubscriptionView:
    """Tell it nothing for now: what is queued waits, and what happens meanwhile isn't queued."""
    return SubscriptionView.of(desk.linguapay.pause_subscription(subscription_id, caller.person, caller.in_charge_as))


def resume_subscription(desk: Desk, caller: Caller, subscription_id: str) -> SubscriptionView:
    """Tell it again, of what waits and of what happens from now on; also one that was disabled for failing."""
    return SubscriptionView.of(desk.linguapay.resume_subscription(subscription_id, caller.person, caller.in_charge_as))


def rotate_subscription_secret(desk: Desk, caller: Caller, subscription_id: str) -> SignedSubscriptionView:
    """Sign with a new secret, and for a day with the present one too. Keep the new one: it is told once."""
    signed = desk.linguapay.rotate_subscription_secret(subscription_id, caller.person, caller.in_charge_as)
    return SignedSubscriptionView.with_secret(signed.subscription, signed.secret)


def send_test_message(desk: Desk, caller: Caller, subscription_id: str) -> DeliveryView:
    """Queue a message of the type `test`, whatever events are wanted. Its delivery tells how it went."""
    return DeliveryView.of(desk.linguapay.send_test_message(subscription_id, caller.person, caller.in_charge_as))


def _without_secret(desk: Desk, _caller: Caller, subscription_id: str) -> SignedSubscriptionView:
    return SignedSubscriptionView.with_secret(shown(desk, Subscription, subscription_id), None)


def _action(action: str, enter: Callable[..., SubscriptionView]) -> Door:
    return Door("POST", f"{ONE}{action}/", enter, SubscriptionView, TAG, again=show_subscription)


ALL: Final = "/api/subscriptions/"
ONE: Final = "/api/subscriptions/{subscription_id}/"

DOORS: Final = (
    Door("GET", ALL, list_subscriptions, SubscriptionPage, TAG),
    Door("POST", ALL, add_subscription, SignedSubscriptionView, TAG, status=201, again=_without_secret),
    Door("GET", ONE, show_subscription, SubscriptionView, TAG),
    Door("PATCH", ONE, change_subscription, SubscriptionView, TAG),
    Door("DELETE", ONE, remove_subscription, None, TAG, status=204),
    _action("pause", pause_subscription),
    _action("resume", resume_subscription),
    Door(
        "POST",
        f"{ONE}rotate-secret/",
        rotate_subscription_secret,
        SignedSubscriptionView,
        TAG,
        again=_without_secret,
    ),
    Door("POST", f"{ONE}test/", send_test_message, DeliveryView, TAG, status=201, again=present_delivery),
)
