"""A subscription: where the host platform wants to be told of our events, and of which.

Its signing secrets are a record of their own, which is shown to nobody (Standard Webhooks: Signing scheme).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from linguapay_core.domain.identifiers import SubscriptionId
from linguapay_core.domain.machine import Machine, Role
from linguapay_core.domain.secret import Secret


class SubscriptionState(StrEnum):
    """Where a subscription stands."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"
    REMOVED = "removed"


class SubscriptionTrigger(StrEnum):
    """What may happen to a subscription."""

    PAUSE = "pause"
    RESUME = "resume"
    DISABLE = "disable"
    REMOVE = "remove"


S, T = SubscriptionState, SubscriptionTrigger

IN_CHARGE: Final = frozenset({Role.ADMIN, Role.PLATFORM})
"""Who may change subscriptions: an admin, or the host platform's back end."""

SUBSCRIPTION: Final = Machine(
    name="subscription",
    start=S.ACTIVE,
    table={
        S.ACTIVE: {T.PAUSE: S.PAUSED, T.DISABLE: S.DISABLED, T.REMOVE: S.REMOVED},
        S.PAUSED: {T.RESUME: S.ACTIVE, T.REMOVE: S.REMOVED},
        S.DISABLED: {T.RESUME: S.ACTIVE, T.REMOVE: S.REMOVED},
        S.REMOVED: {},
    },
    who={T.PAUSE: IN_CHARGE, T.RESUME: IN_CHARGE, T.DISABLE: frozenset({Role.SYSTEM}), T.REMOVE: IN_CHARGE},
)

AT_MOST: Final = 50
"""How many subscriptions there may be that aren't removed."""

LONGEST_DESCRIPTION: Final = 200

RETIRED_COUNTS: Final = timedelta(hours=24)
"""For how long after a rotation messages are signed with the secret before, too."""

RETIRED_AT_MOST: Final = 5
"""With how many retired secrets a message is signed, the latest: more rotations than these in a day drop the oldest."""

FAILING: Final = timedelta(days=5)
"""After so long without one success a subscription is disabled."""

RESTS: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 300))
"""How long a subscriber is left alone after so many failures in a row, so that a dead one costs us little time."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Tell ``url`` of these events; an empty ``event_types`` means all.

    ``failing_since`` is the first failure after the last success, ``failures`` counts those since.
    """

    id: SubscriptionId
    version: int
    url: str
    event_types: tuple[str, ...]
    description: str
    state: SubscriptionState
    created_at: datetime
    failing_since: datetime | None = None
    failures: int = 0
    resting_until: datetime | None = None

    def wants(self, event_type: str) -> bool:
        """Whether it asked for events of this permanent name."""
        return not self.event_types or event_type in self.event_types


@dataclass(frozen=True, slots=True)
class RetiredSecret:
    """A secret that another has replaced. It counts until then, so that the subscriber has time to change, too."""

    secret: Secret
    until: datetime


@dataclass(frozen=True, slots=True)
class SigningSecrets:
    """What a subscription's messages are signed with: the current secret, and those before it that still count."""

    id: SubscriptionId
    version: int
    current: Secret
    retired: tuple[RetiredSecret, ...] = ()

    def counting(self, at: datetime) -> tuple[Secret, ...]:
        """The secrets that count at this moment, the newest first."""
        return (self.current, *(one.secret for one in self.retired if at < one.until))
