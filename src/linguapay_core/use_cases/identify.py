"""Somebody shows a token."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.principal import Principal
from linguapay_core.ports.identity import Identity


@dataclass(frozen=True, slots=True)
class Identify:
    """A bearer token, without the word before it."""

    token: str


def identify(command: Identify, *, identity: Identity) -> Principal:
    """Who is asking. Raises ``Unauthenticated`` for a token that isn't believed."""
    return identity.read(command.token)
