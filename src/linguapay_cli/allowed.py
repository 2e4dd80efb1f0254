"""Whether something happened to a record already or can happen now, by a table or the books, as an act asks."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

from linguapay_core.domain.decision import Actor
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.machine import Machine, StateT, TriggerT
from linguapay_core.domain.payment import Payment

if TYPE_CHECKING:
    from linguapay_core.application import LinguaPay

StateT_co = TypeVar("StateT_co", bound=StrEnum, covariant=True)


class Standing(Protocol[StateT_co]):
    """A record that stands somewhere in a machine's table."""

    @property
    def state(self) -> StateT_co:
        """Where."""
        ...


def done_by(
    machine: Machine[StateT, TriggerT], trigger: TriggerT
) -> Callable[[object, Standing[StateT], object], bool]:
    """Whether this has happened to a record already."""
    return lambda _, record, __: machine.is_done(record.state, trigger)


def refused_by(
    machine: Machine[StateT, TriggerT], trigger: TriggerT
) -> Callable[[object, Standing[StateT], Actor, object], Refused | None]:
    """Why this can't happen to a record now."""

    def refusal(_: object, record: Standing[StateT], *__: object) -> Refused | None:
        return None if machine.allows(record.state, trigger) else machine.refusal(record.state, trigger)

    return refusal


def has_entry(linguapay: LinguaPay, payment: Payment, key: str) -> bool:
    """Whether the books have the entry under this key, by which a repetition is known."""
    return any(entry.key == key for entry in linguapay.explain(payment.booking_id).story.entries)
