"""The gate before Stripe: nothing is asked with a key until Stripe has said that it is the served account's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Final, cast

from linguapay_adapters.stripe.outcome import KEY_MENDED
from linguapay_adapters.telling import logs
from linguapay_core.domain.answer import Answer, KeyNotTaken, Postponed
from linguapay_core.domain.errors import LinguaPayError, Refused
from linguapay_core.domain.house import Mode
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.watch import Watch
from linguapay_core.use_cases.recognise_account import RecogniseAccount, Recognised, recognise_account

SILENCE: Final = timedelta(seconds=10)
"""When whoever came while Stripe didn't say whose key this is should come again."""


def gated(gateway: Gateway, *, watch: Watch, mode: Mode, clock: Clock) -> Gateway:
    """The same gateway behind a gate, which opens for good at the first call for which Stripe confirms the account.

    Until then Stripe is asked whose key this is before each call. A call that isn't let through has done nothing: it is
    ``Postponed`` while Stripe is silent, and ``KeyNotTaken`` where the key is another account's, or none's.
    """

    def recognise() -> Recognised:
        return recognise_account(RecogniseAccount(mode), gateway=gateway, watch=watch, clock=clock)

    return cast("Gateway", _Gate(gateway, recognise))


class _Gate:
    def __init__(self, gateway: Gateway, recognise: Callable[[], Recognised]) -> None:
        self._gateway = gateway
        self._recognise = recognise
        self._is_open = False
        self._told = ""

    def own_account(self) -> Answer[str]:
        """Whose key it is may always be asked."""
        return self._gateway.own_account()

    def __getattr__(self, call: str) -> object:
        method = getattr(self._gateway, call)

        @wraps(method)
        def let_through(*args: object, **kwargs: object) -> object:
            return self._barred() or method(*args, **kwargs)

        return let_through

    def _barred(self) -> Postponed | None:
        """Why nothing is let through; ``None`` where the gate is open, or opens now."""
        if self._is_open:
            return None
        try:
            self._is_open = self._recognise().confirmed
        except Refused as refusal:
            if self._told != str(refusal):
                logs.tell_barred(refusal)
            self._told = str(refusal)
            return KeyNotTaken(refusal.reason, KEY_MENDED)
        except LinguaPayError as error:
            return Postponed(str(error), SILENCE)
        return None if self._is_open else Postponed("Stripe doesn't say whose key this is", SILENCE)
