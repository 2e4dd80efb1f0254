"""The keys that tokens are checked with: a shared secret, one public key, or the host platform's list of them.

Each is for one algorithm; a shared secret is for HS256 alone (RFC 8725, section 3.1).
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from linguapay_adapters.identity.key_set import KeySet, fetched_from
from linguapay_adapters.identity.public_key import SHORTEST_RSA_BITS, algorithm_of
from linguapay_adapters.identity.tokens import Key
from linguapay_core.domain.errors import Invalid


def shared(secret: str) -> Callable[[str], Key]:
    """One secret that the host platform and we know: HS256."""
    return lambda _token: (secret, "HS256")


def published(pem: str) -> Callable[[str], Key]:
    """One public key in PEM: RS256 or ES256, as the key is. Raises ``Invalid`` for any other."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Invalid("LINGUAPAY_JWT_PUBLIC_KEY", "that is no public key in PEM.") from error
    algorithm = algorithm_of(key)
    if algorithm is None:
        raise Invalid("LINGUAPAY_JWT_PUBLIC_KEY", f"a key is RSA of {SHORTEST_RSA_BITS} bits or more, or EC on P-256.")
    return lambda _token: (key, algorithm)


def listed(url: str) -> Callable[[str], Key]:
    """The host platform's JSON Web Key Set. Raises ``Invalid`` for a URL that isn't HTTPS."""
    return KeySet(fetched_from(url)).key_of
