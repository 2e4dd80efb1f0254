"""What we owe the outside world: one call to Stripe, written down together with the reason for it, before it is made.

The key under which Stripe is asked names the effect and the attempt. The same key is repeated while Stripe remembers
it; a new attempt, and so a new key, is made only after a look says that no earlier one did anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.machine import Machine, Role


class EffectKind(StrEnum):
    """The calls that we can owe."""

    CREATE_INTENT = "create_intent"
    CONFIRM_INTENT = "confirm_intent"
    CANCEL_INTENT = "cancel_intent"
    CREATE_REFUND = "create_refund"
    CREATE_TRANSFER = "create_transfer"


class EffectState(StrEnum):
    """Where an effect stands."""

    QUEUED = "queued"
    LEASED = "leased"
    SUCCEEDED = "succeeded"
    REJECTED = "rejected"
    RETRY = "retry"
    UNKNOWN = "unknown"
    PARKED = "parked"
    CANCELLED = "cancelled"


class EffectTrigger(StrEnum):
    """What may happen to an effect."""

    LEASE = "lease"
    SUCCEED = "succeed"
    REJECT = "reject"
    POSTPONE = "postpone"
    LOSE = "lose"
    PARK = "park"
    RETRY = "retry"
    CANCEL = "cancel"


S, T = EffectState, EffectTrigger
_WORKER: Final = frozenset({Role.SYSTEM})
_OPERATOR: Final = frozenset({Role.SYSTEM, Role.ADMIN})

EFFECT: Final = Machine(
    name="effect",
    start=S.QUEUED,
    table={
        S.QUEUED: {T.LEASE: S.LEASED, T.SUCCEED: S.SUCCEEDED, T.CANCEL: S.CANCELLED},
        S.LEASED: {
            T.LEASE: S.LEASED,
            T.SUCCEED: S.SUCCEEDED,
            T.REJECT: S.REJECTED,
            T.POSTPONE: S.RETRY,
            T.LOSE: S.UNKNOWN,
            T.PARK: S.PARKED,
        },
        S.RETRY: {T.LEASE: S.LEASED, T.SUCCEED: S.SUCCEEDED},
        S.UNKNOWN: {T.LEASE: S.LEASED, T.SUCCEED: S.SUCCEEDED},
        S.PARKED: {T.RETRY: S.RETRY, T.SUCCEED: S.SUCCEEDED, T.REJECT: S.REJECTED},
        S.SUCCEEDED: {},
        S.REJECTED: {},
        S.CANCELLED: {},
    },
    who={
        T.LEASE: _WORKER,
        T.SUCCEED: _OPERATOR,
        T.REJECT: _OPERATOR,
        T.POSTPONE: _WORKER,
        T.LOSE: _WORKER,
        T.PARK: _WORKER,
        T.RETRY: frozenset({Role.ADMIN}),
        T.CANCEL: _WORKER,
    },
)

LEASE: Final = timedelta(seconds=90)
"""How long one worker may take over a call; longer than every time-out of the gateway together."""

REMEMBERED: Final = timedelta(hours=23)
"""For how long we rely on Stripe to remember a key: an hour less than it promises (Stripe: Idempotent requests)."""

QUIET: Final = {
    EffectKind.CREATE_INTENT: timedelta(0),
    EffectKind.CONFIRM_INTENT: timedelta(0),
    EffectKind.CANCEL_INTENT: timedelta(0),
    EffectKind.CREATE_REFUND: timedelta(minutes=10),
    EffectKind.CREATE_TRANSFER: timedelta(minutes=10),
}
"""How long after the last call a look that finds nothing may be believed. Of an intent, at once: one can be paid."""

TRIES_PER_ATTEMPT: Final = 3
"""How many calls are made under one key."""

ATTEMPTS: Final = 3
"""How many keys are tried before a person looks; a person who retries grants as many again."""

BACK_OFF: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600))


@dataclass(frozen=True, slots=True)
class Effect:
    """A call that we owe. ``subject`` is the record it is for; ``target`` the Stripe object it acts on, if fixed.

    ``attempt`` counts keys, ``tries`` the calls made under the present one, ``asked_at`` tells when the last was made.
    """

    id: str
    version: int
    kind: EffectKind
    subject: str
    payment_id: PaymentId
    state: EffectState
    due_at: datetime
    target: str = ""
    attempt: int = 1
    tries: int = 0
    postponed: int = 0
    leased_until: datetime | None = None
    first_asked_at: datetime | None = None
    asked_at: datetime | None = None
    reason: str = ""

    @property
    def key(self) -> str:
        """The idempotency key of the present attempt, which also stands in the object's metadata."""
        return f"{self.id}:{self.attempt}"

    @property
    def open(self) -> bool:
        """Whether it is still owed."""
        return not EFFECT.ended(self.state)

    def made(self, key: str) -> bool:
        """Whether a key found in an object's metadata is one of this effect's, of any attempt."""
        return key.rpartition(":")[0] == self.id


def owe(
    kind: EffectKind, subject: str, payment_id: PaymentId, *, at: datetime, target: str = "", part: str = ""
) -> Effect:
    """Promise a call. One effect of a kind exists per subject; ``part`` tells several of the same kind apart."""
    name = f"{kind}:{subject}:{part}" if part else f"{kind}:{subject}"
    return Effect(name, 0, kind, subject, payment_id, S.QUEUED, at, target)


def lease(effect: Effect, *, at: datetime) -> Effect:
    """Take it for one call, until the lease ends. An expired lease may be taken over: its call counts as unknown."""
    state = EFFECT.after(effect.state, T.LEASE)
    return replace(effect, state=state, leased_until=at + LEASE, due_at=at + LEASE)


def asked(effect: Effect, *, at: datetime) -> Effect:
    """Note that a call is about to be made under the present key."""
    return replace(effect, tries=effect.tries + 1, first_asked_at=effect.first_asked_at or at, asked_at=at)


def succeed(effect: Effect) -> Effect:
    """Done, whoever found out."""
    return replace(effect, state=EFFECT.after(effect.state, T.SUCCEED), leased_until=None, reason="")


def reject(effect: Effect, reason: str) -> Effect:
    """Stripe refused before any effect, for good."""
    return replace(effect, state=EFFECT.after(effect.state, T.REJECT), leased_until=None, reason=reason)


def postpone(effect: Effect, *, at: datetime, after: timedelta, reason: str) -> Effect:
    """Stripe did nothing and asked us to come again. That costs no try: only what may have had an effect does."""
    state = EFFECT.after(effect.state, T.POSTPONE)
    wait = max(after, BACK_OFF[min(effect.postponed, len(BACK_OFF) - 1)])
    return replace(
        effect,
        state=state,
        leased_until=None,
        due_at=at + wait,
        tries=max(effect.tries - 1, 0),
        postponed=effect.postponed + 1,
        reason=reason,
    )


def lose(effect: Effect, *, at: datetime, reason: str) -> Effect:
    """No definite answer came. Look again after a while that grows."""
    state = EFFECT.after(effect.state, T.LOSE)
    calls = effect.tries + TRIES_PER_ATTEMPT * (effect.attempt - 1)
    wait = BACK_OFF[min(max(calls - 1, 0), len(BACK_OFF) - 1)]
    return replace(effect, state=state, leased_until=None, due_at=at + wait, reason=reason)


def park(effect: Effect, reason: str) -> Effect:
    """Leave it to a person."""
    return replace(effect, state=EFFECT.after(effect.state, T.PARK), leased_until=None, reason=reason)


class Step(StrEnum):
    """What to do about a leased effect whose calls so far brought no definite answer, when a look found nothing."""

    REPEAT = "repeat"
    WAIT = "wait"
    NEW_ATTEMPT = "new_attempt"
    PARK = "park"


def step_after_nothing_found(effect: Effect, *, at: datetime) -> Step:
    """Repeat the same key while Stripe surely remembers it; after a quiet time ask under a new key; then give up."""
    assert effect.asked_at is not None and effect.first_asked_at is not None  # noqa: PT018 - both are set by the same call
    if effect.tries < TRIES_PER_ATTEMPT and at - effect.first_asked_at < REMEMBERED:
        return Step.REPEAT
    if at - effect.asked_at < QUIET[effect.kind]:
        return Step.WAIT
    return Step.NEW_ATTEMPT if effect.attempt % ATTEMPTS else Step.PARK


def new_attempt(effect: Effect) -> Effect:
    """The same call under a new key."""
    return replace(effect, attempt=effect.attempt + 1, tries=0, first_asked_at=None, asked_at=None)
