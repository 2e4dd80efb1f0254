"""What people in charge may do about a subscription, and what its subscriber's answers do to it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from linguapay_core.domain.alarm_rules import raise_alarm
from linguapay_core.domain.decision import SYSTEM, Actor, Decision, changed, decided
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.events.catalogue import FACTS
from linguapay_core.domain.events.telling import (
    SubscriptionAdded,
    SubscriptionChanged,
    SubscriptionDisabled,
    SubscriptionPaused,
    SubscriptionRemoved,
    SubscriptionResumed,
    SubscriptionSecretRotated,
)
from linguapay_core.domain.identifiers import SubscriptionId
from linguapay_core.domain.secret import Secret
from linguapay_core.domain.subscription import (
    AT_MOST,
    FAILING,
    LONGEST_DESCRIPTION,
    RESTS,
    RETIRED_AT_MOST,
    RETIRED_COUNTS,
    SUBSCRIPTION,
    RetiredSecret,
    SigningSecrets,
    Subscription,
    SubscriptionState,
    SubscriptionTrigger,
)

S, T = SubscriptionState, SubscriptionTrigger

SECRET_BYTES: Final = 32
"""How much chance is in a secret (Standard Webhooks: between 24 and 64 bytes)."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a subscription: an address that was checked, names of events (none: all), a line about it."""

    url: str
    event_types: Collection[str] = ()
    description: str = ""


def new_secret(chance: bytes) -> Secret:
    """A signing secret as both sides write it: ``whsec_`` and base64 (Standard Webhooks: Signing scheme)."""
    return Secret(f"whsec_{b64encode(chance).decode()}")


def add(
    subscription_id: SubscriptionId, wish: Wish, secret: Secret, *, there_are: int, by: Actor, at: datetime
) -> Decision[Subscription]:
    """Tell a new subscriber from now on. Raises ``Invalid`` for a wish that can't be meant."""
    if there_are >= AT_MOST:
        raise Refused(
            "too_many_subscriptions", f"There are {there_are} subscriptions.", way_out="Remove one that isn't needed."
        )
    subscription = Subscription(
        subscription_id, 0, wish.url, _known(wish.event_types), _one_line(wish.description), S.ACTIVE, at
    )
    return decided(subscription, SubscriptionAdded(), by=by, at=at) + changed(
        SigningSecrets(subscription_id, 0, secret)
    )


def change(subscription: Subscription, wish: Wish, *, by: Actor, at: datetime) -> Decision[Subscription]:
    """Take over what is wished. A new address begins without a history of failures; the same wish changes nothing."""
    _check_there(subscription)
    told = replace(
        subscription,
        url=wish.url,
        event_types=_known(wish.event_types),
        description=_one_line(wish.description),
    )
    if told == subscription:
        return Decision(subscription)
    fresh = told if told.url == subscription.url else _well_again(told)
    return decided(fresh, SubscriptionChanged(), by=by, at=at)


def rotate_secret(
    subscription: Subscription, secrets: SigningSecrets, secret: Secret, *, by: Actor, at: datetime
) -> Decision[SigningSecrets]:
    """Sign with a new secret from now on, and for a day with the present one too.

    Older ones that still count go on counting for as long as was said: the subscriber may have none but these.
    """
    _check_there(subscription)
    until = at + RETIRED_COUNTS
    counting = (one for one in secrets.retired if at < one.until)
    retired = (RetiredSecret(secrets.current, until), *counting)[:RETIRED_AT_MOST]
    rotated = replace(secrets, current=secret, retired=retired)
    return decided(rotated, SubscriptionSecretRotated(until), by=by, at=at)


def pause(subscription: Subscription, *, by: Actor, at: datetime) -> Decision[Subscription]:
    """Tell nothing for now: what is queued waits, and what happens meanwhile isn't queued."""
    state = SUBSCRIPTION.after(subscription.state, T.PAUSE)
    if state is subscription.state:
        return Decision(subscription)
    return decided(replace(subscription, state=state), SubscriptionPaused(), by=by, at=at)


def resume(subscription: Subscription, *, by: Actor, at: datetime) -> Decision[Subscription]:
    """Tell it again, of what waits and of what will happen."""
    state = SUBSCRIPTION.after(subscription.state, T.RESUME)
    if state is subscription.state:
        return Decision(subscription)
    return decided(_well_again(replace(subscription, state=state)), SubscriptionResumed(), by=by, at=at)


def remove(subscription: Subscription, secrets: SigningSecrets, *, by: Actor, at: datetime) -> Decision[Subscription]:
    """Never tell it anything again, and forget its secrets."""
    state = SUBSCRIPTION.after(subscription.state, T.REMOVE)
    if state is subscription.state:
        return Decision(subscription)
    forgotten = SigningSecrets(secrets.id, secrets.version, Secret(""))
    removed = decided(replace(subscription, state=state), SubscriptionRemoved(), by=by, at=at)
    return removed + changed(forgotten)


def succeeded(subscription: Subscription) -> Decision[Subscription]:
    """It took a message: whatever failed before is forgotten."""
    return changed(_well_again(subscription)) if subscription.failures else Decision(subscription)


def failed(subscription: Subscription, *, gone: bool, at: datetime) -> Decision[Subscription]:
    """It didn't take a message: let it rest. One that is gone, or has failed for days, is disabled, with an alarm."""
    since = subscription.failing_since or at
    rest = RESTS[min(subscription.failures, len(RESTS) - 1)]
    failing = replace(subscription, failing_since=since, failures=subscription.failures + 1, resting_until=at + rest)
    if not SUBSCRIPTION.allows(failing.state, T.DISABLE) or not (gone or at - since >= FAILING):
        return changed(failing)
    reason = "its subscriber says that it is gone" if gone else f"it has failed since {since:%Y-%m-%d %H:%M} UTC"
    disabled = replace(failing, state=SUBSCRIPTION.after(failing.state, T.DISABLE))
    told = decided(disabled, SubscriptionDisabled(), by=SYSTEM, at=at, why=reason)
    return told + raise_alarm("subscription_disabled", subscription.id, reason, at=at)


def _well_again(subscription: Subscription) -> Subscription:
    return replace(subscription, failing_since=None, failures=0, resting_until=None)


def _check_there(subscription: Subscription) -> None:
    if SUBSCRIPTION.ended(subscription.state):
        raise Refused("subscription_removed", "A subscription that is removed stays as it is.", way_out="Add another.")


def _known(event_types: Collection[str]) -> tuple[str, ...]:
    known = {name for name, _ in FACTS}
    for event_type in event_types:
        if event_type not in known:
            raise Invalid("event_types", f"{event_type[:64]!r} is no event. Events are {', '.join(sorted(known))}.")
    return tuple(sorted(set(event_types)))


def _one_line(description: str) -> str:
    if len(description) > LONGEST_DESCRIPTION or not (description.isprintable()):
        raise Invalid("description", f"a description is one line of at most {LONGEST_DESCRIPTION} characters.")
    return description.strip()
