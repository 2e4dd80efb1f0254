"""The keys that tokens are checked with: a shared secret, one public key, or the host platform's list of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from linguapay_adapters.identity.tokens import Key
from linguapay_core.domain.errors import Invalid

SHORTEST_RSA_BITS: Final = 2048
PATIENCE_SECONDS: Final = 5
KEYS_LIVE_SECONDS: Final = 300

ALGORITHMS: Final = ("RS256", "ES256")
"""What keys of a list may be used for; a shared secret is for HS256 alone (RFC 8725, section 3.1)."""


def shared(secret: str) -> Callable[[str], Key]:
    """One secret that the host platform and we know: HS256."""
    return lambda _token: (secret, "HS256")


def published(pem: str) -> Callable[[str], Key]:
    """One public key in PEM: RS256 or ES256, as the key is. Raises ``Invalid`` for any other."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Invalid("LINGUAPAY_JWT_PUBLIC_KEY", "that is no public key in PEM.") from error
    match key:
        case RSAPublicKey() if key.key_size >= SHORTEST_RSA_BITS:
            return lambda _token: (key, "RS256")
        case EllipticCurvePublicKey(curve=SECP256R1()):
            return lambda _token: (key, "ES256")
        case _:
            raise Invalid(
                "LINGUAPAY_JWT_PUBLIC_KEY", f"a key is RSA of {SHORTEST_RSA_BITS} bits or more, or EC on P-256."
            )


def listed(url: str) -> Callable[[str], Key]:
    """The host platform's JSON Web Key Set (RFC 7517), fetched when needed and kept for five minutes."""
    client = jwt.PyJWKClient(url, lifespan=KEYS_LIVE_SECONDS, timeout=PATIENCE_SECONDS)

    def key_of(token: str) -> Key:
        found = client.get_signing_key_from_jwt(token)
        if found.algorithm_name not in ALGORITHMS:
            raise jwt.InvalidAlgorithmError(found.algorithm_name)
        return found.key, found.algorithm_name

    return key_of
