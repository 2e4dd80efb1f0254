"""A house starts: the account at Stripe must be the one that the database knows."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.answer import Answer, Answered, KeyNotTaken, Rejected
from linguapay_core.domain.errors import Refused
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

    Raises ``Refused`` for any other account or mode and for a key that Stripe doesn't take, ``GatewayUnreachable``
    where Stripe is silent and no account is remembered yet.
    """
    remembered = watch.served_account()
    check_mode(remembered, command.mode)
    answer = gateway.own_account()
    _check_key(answer)
    if remembered is not None and not isinstance(answer, Answered):
        return Recognised(remembered, confirmed=False)
    seen = ServedAccount(definite(answer), command.mode)
    check_account(watch.remember_account(seen, at=clock.now()), seen)
    return Recognised(seen, confirmed=True)


def _check_key(answer: Answer[str]) -> None:
    """A key that Stripe says no to isn't Stripe's silence."""
    match answer:
        case Rejected(_, said) | KeyNotTaken(said):
            raise Refused(
                "key_not_taken",
                f"Stripe was asked whose key this is, and said no: {said}",
                way_out="Set a STRIPE_SECRET_KEY that is good, and that may read its own account.",
            )
        case _:
            return
