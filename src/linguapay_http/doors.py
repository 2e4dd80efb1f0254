"""A door: one route of the API, with everything that is known about it in one row.

The routes, the checks, the OpenAPI description and the tests of who may what are all made from these rows.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from linguapay_adapters.settings import Settings
from linguapay_core.application import LinguaPay
from linguapay_http.caller import Caller
from linguapay_http.models import Search, View, Wish
from linguapay_http.telling import Telling

PARAMETER: Final = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class Desk:
    """What every handler may use."""

    linguapay: LinguaPay
    settings: Settings
    telling: Telling


@dataclass(frozen=True)
class Door:
    """One route.

    ``enter`` is its handler: ``enter(desk, caller, …)`` with the path's parameters by name, ``wish`` for the body and
    ``search`` for the query, as its signature says; its name is the operation's, its docstring the description. It
    returns a view, or ``None`` for an answer without a body.

    ``again`` presents an earlier answer anew from its reference, for a repeated ``Idempotency-Key``; without it the
    handler is asked again, which only doors may do where asking twice is asking once. ``calls_stripe`` doors wait in a
    line of their own, so that a slow Stripe blocks no other; ``at_once`` doors wait for nothing, and take no thread.
    ``promises`` says that what was asked goes on without the caller where Stripe gives no answer.
    """

    method: str
    path: str
    enter: Callable[..., View | None]
    gives: type[View] | None
    tag: str
    status: int = 200
    again: Callable[[Desk, Caller, str], View] | None = None
    calls_stripe: bool = False
    promises: bool = False
    at_once: bool = False

    @property
    def name(self) -> str:
        """The operation's permanent name."""
        return self.enter.__name__

    @cached_property
    def wish(self) -> type[Wish] | None:
        """What the body must be."""
        return self._parameter("wish")

    @cached_property
    def search(self) -> type[Search] | None:
        """What the query may be."""
        return self._parameter("search")

    @cached_property
    def takes_raw(self) -> bool:
        """Whether the handler wants the body as it came, and the signature beside it."""
        return self._parameter("body") is not None

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters of the path."""
        return tuple(PARAMETER.findall(self.path))

    def _parameter(self, name: str) -> type[Any] | None:
        signature = inspect.signature(self.enter, eval_str=True)
        found = signature.parameters.get(name)
        return None if found is None else found.annotation

    def enter_with(self, desk: Desk, caller: Caller, named: Mapping[str, object]) -> View | None:
        """Go through."""
        return self.enter(desk, caller, **named)
