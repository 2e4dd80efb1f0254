"""Who is asking, once a token has been believed."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.machine import Role


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, or the host platform's back end, with the roles that the host platform gives them.

    One person may be student and teacher. Which of these counts is a question of what is asked for.
    """

    person: PersonId
    roles: frozenset[Role]
