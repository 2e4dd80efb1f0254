"""The rules of the books by name, with the sentence that says what must hold: the checks' own words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

from linguapay_core.domain import invariants

STRIPES: Final = "5 cash equals Stripe's"
"""The rule that can't be checked without asking Stripe."""


def _sentence(check: Callable[..., Any]) -> str:
    return (inspect.getdoc(check) or "").partition("\n")[0]


_OF_ALL: Final[Mapping[str, str]] = {
    "4 netting adds up": _sentence(invariants.netting_breaches),
    STRIPES: _sentence(invariants.cash_breaches),
    "10 projections equal a recount": _sentence(invariants.counting_breaches),
    "7 one payment per booking": "At most one payment of a booking is captured and not refunded.",
}
"""The rules that aren't about one payment alone."""

RULES: Final[Mapping[str, str]] = dict(
    sorted(
        {**{name: _sentence(check) for name, check in invariants.CHECKS}, **_OF_ALL}.items(),
        key=lambda rule: int(rule[0].partition(" ")[0]),
    )
)
"""Every rule, in the order of its number."""
