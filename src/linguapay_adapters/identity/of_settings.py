"""The identity that the settings describe, and tokens for it."""

from __future__ import annotations

import os
import secrets
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final

from linguapay_adapters.identity import keys, tokens
from linguapay_adapters.identity.tokens import TokenIdentity
from linguapay_adapters.settings import Settings
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.machine import Role
from linguapay_core.ports.clock import Clock

SECRET_BYTES: Final = 32


def identity_of(settings: Settings, clock: Clock, *, local: Path) -> TokenIdentity:
    """Believe the tokens that the settings name a key for; with the sandbox, those of the ``local`` secret's file.

    Raises ``Refused`` where real money needs a key and none is set, and ``Invalid`` for a key that can't be one.
    """
    if settings.jwt_public_key:
        key_of = keys.published(settings.jwt_public_key)
    elif settings.jwt_jwks_url:
        key_of = keys.listed(settings.jwt_jwks_url)
    else:
        key_of = keys.shared(_secret(settings, local))
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
    secret = _secret(settings, local)
    return tokens.issue(secret, issuer=issuer, audience=audience, person=person, roles=roles, expires_at=expires_at)


def _secret(settings: Settings, local: Path) -> str:
    """The shared secret: what is set, or with the sandbox the one in the local file, which is made when missing."""
    if secret := settings.jwt_secret.get_secret_value():
        return secret
    if not settings.uses_sandbox:
        raise Refused(
            "no_token_key",
            "Nothing says which tokens to believe.",
            way_out="Set LINGUAPAY_JWT_SECRET, LINGUAPAY_JWT_PUBLIC_KEY or LINGUAPAY_JWT_JWKS_URL.",
        )
    if not local.exists():
        _make(local)
    return local.read_text(encoding="ascii")


def _make(local: Path) -> None:
    """Write a new secret beside the file, then give it the file's name, if nobody else did: it is never half there."""
    written, beside = tempfile.mkstemp(prefix=f"{local.name}.", dir=local.parent)  # for its owner alone
    with os.fdopen(written, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(SECRET_BYTES))
    try:
        os.link(beside, local)
    except FileExistsError:
        return
    finally:
        Path(beside).unlink()
