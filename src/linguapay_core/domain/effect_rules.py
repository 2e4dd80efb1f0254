"""What an operator may do about a call that was left to a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from linguapay_core.domain import effect as effects
from linguapay_core.domain.decision import Actor, Decision, Event, decided
from linguapay_core.domain.effect import EFFECT, Effect, EffectState, EffectTrigger
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.events.house import EffectHandled
from linguapay_core.domain.machine import spoken


def retry(effect: Effect, *, by: Actor, at: datetime) -> Decision[Effect]:
    """Look for it once more, and ask under three new keys if nothing is found. A second time changes nothing.

    What is parked has been quiet for long enough, so that the look is believed and the first new key used at once.
    """
    state = EFFECT.after(effect.state, EffectTrigger.RETRY)
    if state is effect.state:
        return Decision(effect)
    again = replace(effect, state=state, due_at=at, attempt=effect.attempt + 1, tries=0, first_asked_at=at)
    return decided(again, EffectHandled("retried"), by=by, at=at)


def abandon(effect: Effect, *, by: Actor, at: datetime) -> Decision[Effect]:
    """Give it up. A second time changes nothing; what isn't parked can't be given up."""
    if effect.state is EffectState.REJECTED:
        return Decision(effect)
    if refusal := why_not_abandon(effect):
        raise refusal
    return decided(effects.reject(effect, "abandoned"), EffectHandled("abandoned"), by=by, at=at)


def why_not_abandon(effect: Effect) -> Refused | None:
    """Why it can't be given up now: only a person may know that what is under way did nothing."""
    if effect.state is EffectState.PARKED:
        return None
    return _not_now(effect, "be given up", "parked")


FINDABLE: Final = frozenset({EffectState.UNKNOWN, EffectState.PARKED})
"""The states of an effect of which a person may say what became of it."""


def check_findable(effect: Effect) -> None:
    """See that it was asked for, and that nobody knows what came of it. Raises ``Refused``."""
    if effect.state not in FINDABLE:
        raise _not_now(effect, "be found", "unknown or parked")


def was_found(effect: Effect, events: Iterable[Event]) -> bool:
    """Whether these events tell who found out that it was done."""
    return any(event.subject == effect.id and event.fact == EffectHandled("found") for event in events)


def found(effect: Effect, stripe_id: str, *, by: Actor, at: datetime) -> Decision[Effect]:
    """It was done, and the object at Stripe is this one: what it says is written down already."""
    handled = Event(effect.id, EffectHandled("found"), by, at, f"found as {stripe_id}")
    now = effects.succeed(effect) if effect.open else effect
    return Decision(now, (now,) if effect.open else (), (handled,))


def _not_now(effect: Effect, what: str, states: str) -> Refused:
    return Refused(
        f"effect_{effect.state}",
        f"An effect that is {spoken(effect.state)} can't {what}.",
        way_out=f"That is possible while it is {states}.",
    )
