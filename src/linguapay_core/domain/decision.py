"""What a rule returns: the records as they are now, what became true, what moved, and what we now owe the outside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar, cast

from linguapay_core.domain.effect import Effect
from linguapay_core.domain.events.fact import Fact
from linguapay_core.domain.ledger import Entry
from linguapay_core.domain.machine import Role


class Record(Protocol):
    """What ``keep`` stores: something with a name and a version. Version 0 was never stored."""

    @property
    def id(self) -> str:
        """Its name, unique among records of its type."""
        ...

    @property
    def version(self) -> int:
        """How often it was stored when it was loaded."""
        ...


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a role, and the person's identifier where it was a person."""

    role: Role
    person: str = ""

    def __str__(self) -> str:
        """Show it as ``admin boris`` or ``clock``."""
        return f"{self.role} {self.person}".strip()


CLOCK = Actor(Role.CLOCK)
STRIPE = Actor(Role.STRIPE)
SYSTEM = Actor(Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class Event:
    """A fact of ours: what became true of which object, by whom, when, and under which rule or for which reason."""

    subject: str
    fact: Fact
    by: Actor
    at: datetime
    why: str = ""


RecordT = TypeVar("RecordT", bound=Record)
RecordT_co = TypeVar("RecordT_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Decision(Generic[RecordT_co]):
    """What was decided about ``record``, with all that must be stored together.

    ``changed`` are the records to write, each once; ``record`` is among them if it changed. An empty decision says that
    nothing is left to decide.
    """

    record: RecordT_co
    changed: tuple[Record, ...] = ()
    events: tuple[Event, ...] = ()
    entries: tuple[Entry, ...] = ()
    effects: tuple[Effect, ...] = ()

    def __add__(self, other: Decision[object]) -> Decision[RecordT_co]:
        """Decide both. Of a record that both changed the other's is the newer one: it was decided on this one's."""
        changed = tuple(one for one in self.changed if not named_in(one, other.changed)) + other.changed
        newer = next((one for one in other.changed if same(one, self.record)), self.record)
        return Decision(
            newer,  # type: ignore[arg-type]
            changed,
            self.events + other.events,
            self.entries + other.entries,
            self.effects + other.effects,
        )

    def newest(self, record: RecordT) -> RecordT:
        """A record as this decision leaves it; as it was, if it isn't changed."""
        return cast("RecordT", next((one for one in self.changed if same(one, record)), record))

    def __bool__(self) -> bool:
        """Tell whether there is anything to store."""
        return bool(self.changed or self.events or self.entries or self.effects)


def same(one: object, other: object) -> bool:
    """Whether both are the same record, perhaps at different times."""
    return type(one) is type(other) and getattr(one, "id", None) == getattr(other, "id", None)


def named_in(record: Record, records: Iterable[Record]) -> bool:
    """Whether this record is among those, perhaps as it was at another time."""
    return any(same(record, other) for other in records)


def decided(record: RecordT, fact: Fact, *, by: Actor, at: datetime, why: str = "") -> Decision[RecordT]:
    """A record that changed, and the one fact that says how."""
    return Decision(record, (record,), (Event(record.id, fact, by, at, why),))


def changed(record: RecordT) -> Decision[RecordT]:
    """A record that changed without anything to tell: a lease, or when to look again."""
    return Decision(record, (record,))
