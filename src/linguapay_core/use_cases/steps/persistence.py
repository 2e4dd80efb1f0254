"""Trying again when somebody else wrote in between: the one place where ``Stale`` is retried."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from linguapay_core.domain.errors import Stale

P = ParamSpec("P")
R = TypeVar("R")

TRIES: Final = 20
"""How often a step is decided anew. With this many writers on one record at once one of them gets through each time."""


def until_fresh(step: Callable[P, R]) -> Callable[P, R]:
    """Run a step of one transaction again on what is there now, if what it read was changed before it could write."""

    @wraps(step)
    def persistently(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES - 1):
            try:
                return step(*args, **kwargs)
            except Stale:
                continue
        return step(*args, **kwargs)

    return persistently
