"""Which tokens are believed. Every mangled one is refused, and none of them ends in a bug."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any, Final

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from linguapay_adapters.identity import keys
from linguapay_adapters.identity.secret import shared_secret
from linguapay_adapters.identity.tokens import LEEWAY, TokenIdentity, issue
from linguapay_adapters.settings import SHORTEST_SECRET, Settings
from linguapay_adapters.system.clock import MovableClock
from linguapay_core.domain.errors import Invalid, Unauthenticated
from linguapay_core.domain.machine import Role
from tests.adapters.identity.mangled import (
    EC_KEY,
    GOOD,
    MANGLED,
    NOW,
    RSA_KEY,
    SECRET,
    STUDENT,
    claims,
    part,
    pem,
    private_pem,
    signed,
)


def identity(key_of: Callable[[str], Any] | None = None) -> TokenIdentity:
    clock = MovableClock(NOW)
    return TokenIdentity(key_of or keys.shared(SECRET), issuer="linguapay", audience="linguapay", clock=clock)


@pytest.mark.parametrize("token", MANGLED.values(), ids=MANGLED.keys())
def test_a_mangled_token_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        identity().read(token)


def test_there_are_forty_mangled_tokens_and_more() -> None:
    assert len(set(MANGLED.values())) == len(MANGLED) >= 40


def test_a_token_says_who_and_in_which_roles() -> None:
    principal = identity().read(signed(claims(roles=["student", "teacher", "astronaut"])))
    assert principal.person == "ben"
    assert principal.roles == {Role.STUDENT, Role.TEACHER}


def test_a_token_that_we_issue_is_believed() -> None:
    token = issue(
        SECRET,
        issuer="linguapay",
        audience="linguapay",
        person="ben",
        roles=STUDENT,
        expires_at=NOW + timedelta(hours=1),
    )
    assert identity().read(token).roles == STUDENT


def test_a_remembered_token_expires_all_the_same() -> None:
    clock = MovableClock(NOW)
    reader = TokenIdentity(keys.shared(SECRET), issuer="linguapay", audience="linguapay", clock=clock)
    assert reader.read(GOOD).person == "ben"
    clock.advance(timedelta(hours=1) + LEEWAY)
    with pytest.raises(Unauthenticated, match="expired"):
        reader.read(GOOD)


@pytest.mark.parametrize(("key", "algorithm"), [(RSA_KEY, "RS256"), (EC_KEY, "ES256")])
def test_a_public_key_is_for_its_own_algorithm(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, algorithm: str
) -> None:
    reader = identity(keys.published(pem(key)))
    assert reader.read(jwt.encode(claims(), private_pem(key), algorithm=algorithm)).person == "ben"


@pytest.mark.parametrize("key", [RSA_KEY, EC_KEY])
def test_a_public_key_is_never_taken_for_a_secret(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
    forged_head, body = part({"alg": "HS256", "typ": "JWT"}), part(claims())
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        f"{forged_head}.{body}".encode(), pem(key).encode()
    )
    with pytest.raises(Unauthenticated):
        identity(keys.published(pem(key))).read(f"{forged_head}.{body}.{part(mac)}")


WEAK: Final = rsa.generate_private_key(65537, 1024)  # noqa: S505 - that it is weak is the point
OTHER_CURVE: Final = ec.generate_private_key(ec.SECP384R1())


@pytest.mark.parametrize(
    "text", ["", "not a key", pem(OTHER_CURVE), pem(WEAK)], ids=["nothing", "words", "another curve", "weak"]
)
def test_a_key_that_is_none_or_too_weak_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="LINGUAPAY_JWT_PUBLIC_KEY"):
        keys.published(text)


def test_many_who_make_the_local_secret_at_once_agree_on_it(tmp_path: Path) -> None:
    """Each sees all of one secret, never a half: it gets its name when it is written."""
    settings, local = Settings(), tmp_path / "linguapay.tokens"
    begin = Barrier(16)

    def make(_: int) -> str:
        begin.wait()
        return shared_secret(settings, local)

    with ThreadPoolExecutor(16) as threads:
        (secret,) = set(threads.map(make, range(16)))
    assert len(secret) > SHORTEST_SECRET
    assert local.read_text(encoding="ascii") == secret
    assert [file.name for file in tmp_path.iterdir()] == [local.name]
    assert local.stat().st_mode & 0o777 == 0o600
