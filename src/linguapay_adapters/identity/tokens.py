"""JSON Web Tokens of the host platform (RFC 7519, RFC 8725): one algorithm for each key, and every claim required."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt

from linguapay_core.domain.errors import Invalid, Unauthenticated
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.principal import Principal
from linguapay_core.ports.clock import Clock

LONGEST_TOKEN: Final = 8192
REMEMBERED: Final = 10_000
"""How many verified tokens are remembered until they expire: checking a signature costs more than the rest."""
LEEWAY: Final = timedelta(seconds=10)
"""How far the host platform's clock may be off."""

TYPES: Final = frozenset({"jwt", "at+jwt", "application/at+jwt"})
"""What a token may call itself (RFC 9068); one that says nothing is taken for a JWT."""

ROLES: Final = {str(role): role for role in (Role.STUDENT, Role.TEACHER, Role.ADMIN, Role.PLATFORM)}
"""The roles that a token may name."""

CLAIMS: Final = ("exp", "iss", "aud", "sub")

Key = tuple[Any, str]
"""What a signature is checked with, and the one algorithm for which it may be used."""


class TokenIdentity:
    """Believes tokens that one of the host platform's keys has signed for us."""

    def __init__(self, key_of: Callable[[str], Key], *, issuer: str, audience: str, clock: Clock) -> None:
        """``key_of`` finds the key for a token; see ``keys``."""
        self._key_of = key_of
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._remembered: OrderedDict[bytes, tuple[Principal, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, token: str) -> Principal:
        """Who a token speaks for. Raises ``Unauthenticated`` with a sentence that helps nobody to forge one.

        Raises ``Busy`` where the keys can't be had now.
        """
        if not 0 < len(token) <= LONGEST_TOKEN or not token.isascii():
            raise Unauthenticated("That is no token.")
        mark = hashlib.sha256(token.encode()).digest()
        with self._lock:
            remembered = self._remembered.get(mark)
        principal, until = remembered or self._verified(token)
        if self._clock.now() >= until + LEEWAY:
            raise Unauthenticated("The token has expired.")
        if remembered is None:
            self._remember(mark, principal, until)
        return principal

    def _verified(self, token: str) -> tuple[Principal, datetime]:
        try:
            key, algorithm = self._key_of(token)
            found = jwt.decode_complete(
                token,
                key,
                algorithms=[algorithm],
                audience=self._audience,
                issuer=self._issuer,
                options={"require": list(CLAIMS), "verify_exp": False, "verify_nbf": False, "verify_iat": False},
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise Unauthenticated("The token isn't one of the host platform's for us.") from error
        if str(found["header"].get("typ", "JWT")).lower() not in TYPES:
            raise Unauthenticated("The token is of another type.")
        return self._principal(found["payload"])

    def _principal(self, claims: Mapping[str, Any]) -> tuple[Principal, datetime]:
        until, begins = _instant(claims["exp"]), _instant(claims.get("nbf", 0))
        if self._clock.now() < begins - LEEWAY:
            raise Unauthenticated("The token isn't valid yet.")
        roles = claims.get("roles", [])
        if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
            raise Unauthenticated("The token's roles aren't a list of names.")
        try:
            person = PersonId.parse(str(claims["sub"]), field="sub")
        except Invalid as error:
            raise Unauthenticated("The token's subject can't be a person's identifier.") from error
        return Principal(person, frozenset(ROLES[role] for role in roles if role in ROLES)), until

    def _remember(self, mark: bytes, principal: Principal, until: datetime) -> None:
        with self._lock:
            self._remembered[mark] = principal, until
            if len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)


def _instant(seconds: object) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise Unauthenticated("The token's times aren't numbers.")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unauthenticated("The token's times can't be meant.") from error


def issue(secret: str, *, issuer: str, audience: str, person: str, roles: frozenset[Role], expires_at: datetime) -> str:
    """A token for development and for the command line, signed with the shared secret.

    Raises ``Invalid`` for a person's identifier that can't be one.
    """
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": PersonId.parse(person, field="person"),
        "roles": sorted(map(str, roles)),
        "exp": int(expires_at.timestamp()),
    }
    return jwt.encode(claims, secret, algorithm="HS256")
