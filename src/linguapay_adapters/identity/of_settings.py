"""The identity that the settings describe, and tokens for it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from linguapay_adapters.identity import keys, tokens
from linguapay_adapters.identity.secret import shared_secret
from linguapay_adapters.identity.tokens import TokenIdentity
from linguapay_adapters.settings import Settings
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.machine import Role
from linguapay_core.ports.clock import Clock


def identity_of(settings: Settings, clock: Clock, *, local: Path) -> TokenIdentity:
    """Believe the tokens that the settings name a key for; with the sandbox, those of the ``local`` secret's file.

    Raises ``Refused`` where real money needs a key and none is set, and ``Invalid`` for a key that can't be one.
    """
    if settings.jwt_public_key:
        key_of = keys.published(settings.jwt_public_key)
    elif settings.jwt_jwks_url:
        key_of = keys.listed(settings.jwt_jwks_url)
    else:
        key_of = keys.shared(shared_secret(settings, local))
    return TokenIdentity(key_of, issuer=settings.jwt_issuer, audience=settings.jwt_audience, clock=clock)


def issue_token(settings: Settings, *, local: Path, person: str, roles: frozenset[Role], expires_at: datetime) -> str:
    """A token for development. Raises ``Refused`` where only the host platform can sign them."""
    if settings.jwt_public_key or settings.jwt_jwks_url:
        raise Refused(
            "host_signs",
            "Tokens are signed by the host platform; its private key isn't here.",
            way_out="Ask the host platform for one, or set LINGUAPAY_JWT_SECRET for development.",
        )
    issuer, audience = settings.jwt_issuer, settings.jwt_audience
    secret = shared_secret(settings, local)
    return tokens.issue(secret, issuer=issuer, audience=audience, person=person, roles=roles, expires_at=expires_at)
