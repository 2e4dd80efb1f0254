"""Whether a machine's table lets something happen to a record now, as an act asks it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, TypeVar

from linguapay_core.domain.decision import Actor
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.machine import Machine, StateT, TriggerT

StateT_co = TypeVar("StateT_co", bound=StrEnum, covariant=True)


class Standing(Protocol[StateT_co]):
    """A record that stands somewhere in a machine's table."""

    @property
    def state(self) -> StateT_co:
        """Where."""
        ...


def done_by(machine: Machine[StateT, TriggerT], trigger: TriggerT) -> Callable[[Standing[StateT]], bool]:
    """Whether this has happened to a record already."""
    return lambda record: machine.is_done(record.state, trigger)


def refused_by(
    machine: Machine[StateT, TriggerT], trigger: TriggerT
) -> Callable[[Standing[StateT], Actor], Refused | None]:
    """Why this can't happen to a record now."""
    return lambda record, _: None if machine.allows(record.state, trigger) else machine.refusal(record.state, trigger)
