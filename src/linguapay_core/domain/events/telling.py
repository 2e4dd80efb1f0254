"""What becomes true of subscriptions and their messages."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from linguapay_core.domain.events.fact import Fact


class SubscriptionAdded(Fact):
    """Somebody wants to be told of events."""

    name: ClassVar[str] = "subscription.added"


class SubscriptionChanged(Fact):
    """They want to be told elsewhere, or of other events."""

    name: ClassVar[str] = "subscription.changed"


class SubscriptionSecretRotated(Fact):
    """Messages are signed with a new secret, and until then with the one before too."""

    name: ClassVar[str] = "subscription.secret_rotated"
    previous_until: datetime


class SubscriptionPaused(Fact):
    """They are told nothing for now."""

    name: ClassVar[str] = "subscription.paused"


class SubscriptionResumed(Fact):
    """They are told again."""

    name: ClassVar[str] = "subscription.resumed"


class SubscriptionDisabled(Fact):
    """They didn't take what they were told, for days, or are gone."""

    name: ClassVar[str] = "subscription.disabled"


class SubscriptionRemoved(Fact):
    """They are told nothing any more."""

    name: ClassVar[str] = "subscription.removed"


class MessageRedelivered(Fact):
    """Somebody had a message sent once more."""

    name: ClassVar[str] = "message.redelivered"
    subscription_id: str
