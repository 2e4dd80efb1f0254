"""Binding a use case to the ports that its signature names."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
CommandT = TypeVar("CommandT")
ResultT = TypeVar("ResultT")


def bind(
    ports: object, command: Callable[P, CommandT], run: Callable[Concatenate[CommandT, ...], ResultT]
) -> Callable[P, ResultT]:
    """A use case as a function of its command's fields; ``ports`` has an attribute for each port that it names."""
    names = [
        name
        for name, parameter in inspect.signature(run).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    ]
    bound = partial(run, **{name: getattr(ports, name) for name in names})

    def use_case(*args: P.args, **kwargs: P.kwargs) -> ResultT:
        return bound(command(*args, **kwargs))

    use_case.__name__ = use_case.__qualname__ = run.__name__
    use_case.__doc__ = run.__doc__
    return use_case
