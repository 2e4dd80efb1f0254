"""The secret that tokens are signed under, where the host platform shares one with us."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path
from typing import Final

from linguapay_adapters.settings import Settings
from linguapay_core.domain.errors import Refused

SECRET_BYTES: Final = 32


def shared_secret(settings: Settings, local: Path) -> str:
    """The shared secret: what is set, or with the sandbox the one in the local file, which is made when missing.

    Raises ``Refused`` where real money needs one and none is set.
    """
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
