"""LinguaPay on the same parts, where Stripe answers some calls in ways that no sandbox can be brought to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from linguapay_adapters.composition import Rehearsal
from linguapay_core.application import LinguaPay
from linguapay_core.ports.gateway import Gateway


class _Answering:
    """A gateway, some of whose calls are answered by somebody else."""

    def __init__(self, gateway: Gateway, calls: dict[str, Callable[..., object]]) -> None:
        self._gateway = gateway
        self._calls = calls

    def __getattr__(self, call: str) -> object:
        return self._calls.get(call) or getattr(self._gateway, call)


def answering(lp: Rehearsal, **calls: Callable[..., object]) -> LinguaPay:
    """The same database, clock and Stripe, but these calls of the gateway are answered by these functions."""
    return LinguaPay(replace(lp.ports, gateway=gateway_answering(lp, **calls)))


def gateway_answering(lp: Rehearsal, **calls: Callable[..., object]) -> Gateway:
    """The gateway alone."""
    return cast("Gateway", _Answering(lp.ports.gateway, calls))
