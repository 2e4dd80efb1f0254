"""What an operator may do about a call that was left to a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from linguapay_core.domain import effect as effects
from linguapay_core.domain.decision import Actor, Decision, decided
from linguapay_core.domain.effect import EFFECT, Effect, EffectState, EffectTrigger
from linguapay_core.domain.events import EffectHandled


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
    if effect.state is not EffectState.PARKED:
        raise EFFECT.refusal(effect.state, EffectTrigger.REJECT)
    return decided(effects.reject(effect, "abandoned"), EffectHandled("abandoned"), by=by, at=at)
