"""A house starts: the account at Stripe must be the one that the database knows."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.answer import Answered
from linguapay_core.domain.house import Mode, ServedAccount, check_account, check_mode
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.watch import Watch
from linguapay_core.use_cases.steps.definite import definite


@dataclass(frozen=True, slots=True)
class RecogniseAccount:
    """In the mode that the settings say."""

    mode: Mode


@dataclass(frozen=True, slots=True)
class Recognised:
    """The account that is served. Not ``confirmed`` where Stripe didn't tell and the mode alone was compared."""

    account: ServedAccount
    confirmed: bool


def recognise_account(command: RecogniseAccount, *, gateway: Gateway, watch: Watch, clock: Clock) -> Recognised:
    """Remember the first account that a database serves, and recognise it from then on.

    Raises ``Refused`` for any other account or mode, ``GatewayUnreachable`` where Stripe is silent and no account is
    remembered yet.
    """
    remembered = watch.served_account()
    check_mode(remembered, command.mode)
    answer = gateway.own_account()
    if remembered is not None and not isinstance(answer, Answered):
        return Recognised(remembered, confirmed=False)
    seen = ServedAccount(definite(answer), command.mode)
    check_account(watch.remember_account(seen, at=clock.now()), seen)
    return Recognised(seen, confirmed=True)
