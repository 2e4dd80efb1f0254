"""A state machine is a table: state -> trigger -> state. Nothing here knows which machine it runs.

A trigger is something that may happen to a record: a person asks, a deadline passes, Stripe tells. A state with an
empty row is an end. The table answers three questions: what comes next, what may be done now, and why something may
not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from linguapay_core.domain.errors import Refused


class Role(StrEnum):
    """Who may pull a trigger."""

    STUDENT = "student"
    TEACHER = "teacher"
    ADMIN = "admin"
    PLATFORM = "platform"
    CLOCK = "clock"
    STRIPE = "stripe"
    SYSTEM = "system"


StateT = TypeVar("StateT", bound=StrEnum)
TriggerT = TypeVar("TriggerT", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Machine(Generic[StateT, TriggerT]):
    """One record's life. ``start`` is where it begins; ``who`` names the roles behind each trigger."""

    name: str
    start: StateT
    table: Mapping[StateT, Mapping[TriggerT, StateT]]
    who: Mapping[TriggerT, frozenset[Role]]
    _led_to: Mapping[TriggerT, frozenset[StateT]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Turn the table around once, for the question whether a trigger has been pulled already."""
        led_to: dict[TriggerT, set[StateT]] = {trigger: set() for trigger in self.who}
        for row in self.table.values():
            for trigger, to in row.items():
                led_to[trigger].add(to)
        object.__setattr__(self, "_led_to", {trigger: frozenset(states) for trigger, states in led_to.items()})

    def after(self, state: StateT, trigger: TriggerT) -> StateT:
        """The state that a trigger leads to; the same state where it has led there already.

        Raises ``Refused`` with rule ``<machine>_<state>`` where the table has no such step.
        """
        to = self.table[state].get(trigger)
        if to is not None:
            return to
        if self.is_done(state, trigger):
            return state
        raise self.refusal(state, trigger)

    def is_done(self, state: StateT, trigger: TriggerT) -> bool:
        """Whether a trigger has led here already, and leads no further."""
        return not self.allows(state, trigger) and state in self._led_to[trigger]

    def allows(self, state: StateT, trigger: TriggerT) -> bool:
        """Whether the table has this step."""
        return trigger in self.table[state]

    def open_to(self, state: StateT, role: Role) -> tuple[TriggerT, ...]:
        """What somebody in this role may do now, in the table's order."""
        return tuple(trigger for trigger in self.table[state] if role in self.who[trigger])

    def ended(self, state: StateT) -> bool:
        """Whether nothing can happen any more."""
        return not self.table[state]

    def refusal(self, state: StateT, trigger: TriggerT) -> Refused:
        """Why a trigger can't be pulled in this state, in words, and from which states it can."""
        sources = [str(source) for source, row in self.table.items() if trigger in row]
        return Refused(
            f"{self.name.replace(' ', '_')}_{state}",
            f"{'An' if self.name[0] in 'aeiou' else 'A'} {self.name} that is {spoken(state)} can't {spoken(trigger)}.",
            way_out=f"That is possible while it is {either([spoken(source) for source in sources])}.",
        )

    def wrong_role(self, trigger: TriggerT, role: Role) -> Refused:
        """Why somebody in this role can't pull a trigger that is for others."""
        return Refused("wrong_role", f"That is for the {either(sorted(self.who[trigger]))}, and you are the {role}.")


def spoken(name: str) -> str:
    """A name from a table as words."""
    return name.replace("_", " ")


def either(words: Sequence[str]) -> str:
    """``a``, ``a or b``, ``a, b or c``."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
