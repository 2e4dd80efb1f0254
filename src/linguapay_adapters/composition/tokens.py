"""Who believes which tokens, and where the ones for development come from."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

from linguapay_adapters.composition.places import beside
from linguapay_adapters.settings import Settings
from linguapay_adapters.system.clock import SystemClock
from linguapay_core.domain.machine import Role
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identity import Identity

REHEARSAL_TOKEN_SECRET: Final = "a rehearsal moves no money, so anybody may know this"  # noqa: S105


def identity(settings: Settings | None, clock: Clock) -> Identity:
    """Who believes which tokens; in a rehearsal those of the fixed secret. Raises ``Refused`` or ``Invalid``."""
    from linguapay_adapters.identity.keys import shared  # noqa: PLC0415 - imported where it is used
    from linguapay_adapters.identity.of_settings import identity_of  # noqa: PLC0415
    from linguapay_adapters.identity.tokens import TokenIdentity  # noqa: PLC0415

    if settings is None:
        return TokenIdentity(shared(REHEARSAL_TOKEN_SECRET), issuer="linguapay", audience="linguapay", clock=clock)
    return identity_of(settings, clock, local=_secret_file(settings))


def check_identity(settings: Settings) -> None:
    """See that tokens can be checked. Raises ``Refused`` or ``Invalid``, with what to set.

    A shared secret can be checked without the libraries for tokens, which cost more than the rest of a start.
    """
    from linguapay_adapters.identity.secret import shared_secret  # noqa: PLC0415 - imported where it is used

    if settings.jwt_public_key or settings.jwt_jwks_url:
        identity(settings, SystemClock())
    else:
        shared_secret(settings, _secret_file(settings))


def issue_token(settings: Settings, *, person: str, roles: frozenset[Role], lives: timedelta) -> str:
    """A token for development. Raises ``Refused`` where only the host platform can sign them."""
    from linguapay_adapters.identity import of_settings  # noqa: PLC0415

    expires_at = SystemClock().now() + lives
    local = _secret_file(settings)
    return of_settings.issue_token(settings, local=local, person=person, roles=roles, expires_at=expires_at)


def _secret_file(settings: Settings) -> Path:
    """Where the secret for development's tokens is kept: beside the database, as the sandbox's state."""
    return beside(settings.database_url.get_secret_value(), ".tokens")
