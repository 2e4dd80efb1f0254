"""New names, and chance."""

from __future__ import annotations

from typing import Protocol, TypeVar

from linguapay_core.domain.identifiers import Identifier

IdentifierT = TypeVar("IdentifierT", bound=Identifier)


class Identifiers(Protocol):
    """Makes identifiers that nobody else makes, later ones sorting after earlier ones."""

    def new(self, kind: type[IdentifierT]) -> IdentifierT:
        """A new identifier of this kind."""
        ...

    def chance(self, size: int) -> bytes:
        """So many bytes that nobody can foresee, for a secret."""
        ...
