"""Which public keys are good enough to check signatures, and for which one algorithm."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

SHORTEST_RSA_BITS: Final = 2048


def algorithm_of(key: object) -> str | None:
    """The algorithm that a key is for (RFC 8725, section 3.1); nothing for a weak, a private or another key."""
    match key:
        case RSAPublicKey() if key.key_size >= SHORTEST_RSA_BITS:
            return "RS256"
        case EllipticCurvePublicKey(curve=SECP256R1()):
            return "ES256"
        case _:
            return None
