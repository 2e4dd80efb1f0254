"""Who stands at a door, and how much of the house is theirs to see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.machine import Role


class Scope(StrEnum):
    """Whose objects a door shows to somebody: their own, or all."""

    OWN = "own"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Caller:
    """A person whom a door's policy let in. ``agent`` is the host platform's back end where it acts for that person."""

    person: PersonId
    roles: frozenset[Role]
    scope: Scope
    agent: PersonId | None = None

    @property
    def principal(self) -> str:
        """Whose requests are counted and told apart by their keys: a person's own are not those of its agent."""
        return self.person if self.agent is None else f"{self.agent} for {self.person}"

    @property
    def party(self) -> PersonId | None:
        """Whose objects a query may find; ``None`` where all may be found."""
        return self.person if self.scope is Scope.OWN else None

    @property
    def in_charge_as(self) -> Role:
        """In which of the two roles that may run the house: as an admin, or as the host platform's back end."""
        return Role.ADMIN if Role.ADMIN in self.roles else Role.PLATFORM


NOBODY = Caller(PersonId(""), frozenset(), Scope.OWN)
"""Whoever comes through a door that asks for no token."""
