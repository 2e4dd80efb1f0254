"""Which tokens are believed. Every mangled one is refused, and none of them ends in a bug."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any, Final

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from linguapay_adapters.identity import keys
from linguapay_adapters.identity.secret import shared_secret
from linguapay_adapters.identity.tokens import LEEWAY, TokenIdentity, issue
from linguapay_adapters.settings import SHORTEST_SECRET, Settings
from linguapay_adapters.system.clock import MovableClock
from linguapay_core.domain.errors import Invalid, Unauthenticated
from linguapay_core.domain.machine import Role

NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET: Final = "a secret of thirty-two bytes or more"
OTHER: Final = "another secret of thirty-two bytes!!"
STUDENT: Final = frozenset({Role.STUDENT})
RSA_KEY: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY: Final = ec.generate_private_key(ec.SECP256R1())


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def private_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def claims(**changes: object) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "iss": "linguapay",
        "aud": "linguapay",
        "sub": "ben",
        "roles": ["student"],
        "exp": int((NOW + timedelta(hours=1)).timestamp()),
    }
    return {name: value for name, value in (whole | changes).items() if value is not ...}


def signed(payload: Mapping[str, Any] | None = None, *, header: Mapping[str, Any] | None = None) -> str:
    return jwt.encode(dict(payload or claims()), SECRET, algorithm="HS256", headers=dict(header or {}))


def part(value: object) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def with_payload(payload: bytes) -> str:
    """A token whose signature is right and whose payload is any bytes."""
    return jwt.api_jws.encode(payload, SECRET, algorithm="HS256")


GOOD: Final = signed()
HEAD, BODY, SIGNATURE = GOOD.split(".")
FOREVER: Final = claims(exp=2**62)

MANGLED: Final[Mapping[str, str]] = {
    "empty": "",
    "a word": "token",
    "one dot": f"{HEAD}.{BODY}",
    "three dots": f"{GOOD}.{SIGNATURE}",
    "without a signature": f"{HEAD}.{BODY}.",
    "signature cut off": GOOD[:-4],
    "signature of zeros": f"{HEAD}.{BODY}.{part(bytes(32))}",
    "signature of another": f"{HEAD}.{BODY}.{signed(claims(sub='eve')).split('.')[2]}",
    "another's payload": f"{HEAD}.{part(claims(sub='eve'))}.{SIGNATURE}",
    "more roles": f"{HEAD}.{part(claims(roles=['admin']))}.{SIGNATURE}",
    "algorithm none": f"{part({'alg': 'none', 'typ': 'JWT'})}.{BODY}.",
    "algorithm None": f"{part({'alg': 'None', 'typ': 'JWT'})}.{BODY}.",
    "none with a signature": f"{part({'alg': 'none'})}.{BODY}.{SIGNATURE}",
    "no algorithm": f"{part({'typ': 'JWT'})}.{BODY}.{SIGNATURE}",
    "algorithm is a list": f"{part({'alg': ['HS256']})}.{BODY}.{SIGNATURE}",
    "HS384": jwt.encode(claims(), SECRET + OTHER, algorithm="HS384"),
    "HS512 of the same secret": jwt.encode(claims(), SECRET + SECRET, algorithm="HS512"),
    "RS256 of somebody": jwt.encode(claims(), private_pem(RSA_KEY), algorithm="RS256"),
    "ES256 of somebody": jwt.encode(claims(), private_pem(EC_KEY), algorithm="ES256"),
    "another secret": jwt.encode(claims(), OTHER, algorithm="HS256"),
    "another issuer": signed(claims(iss="somebody")),
    "no issuer": signed(claims(iss=...)),
    "issuer is a list": with_payload(json.dumps(claims(iss=["linguapay"])).encode()),
    "another audience": signed(claims(aud="others")),
    "no audience": signed(claims(aud=...)),
    "expired": signed(claims(exp=int((NOW - timedelta(minutes=1)).timestamp()))),
    "no expiry": signed(claims(exp=...)),
    "expiry is text": with_payload(json.dumps(claims(exp="tomorrow")).encode()),
    "expiry is true": with_payload(json.dumps(claims(exp=True)).encode()),
    "expiry beyond all years": with_payload(json.dumps(FOREVER).encode()),
    "expiry is infinite": with_payload(json.dumps(claims(exp=float("inf"))).encode()),
    "not valid yet": signed(claims(nbf=int((NOW + timedelta(hours=1)).timestamp()))),
    "no subject": signed(claims(sub=...)),
    "empty subject": signed(claims(sub="")),
    "subject is a number": with_payload(json.dumps(claims(sub=7)).encode()),
    "subject with a newline": signed(claims(sub="ben\nadmin")),
    "subject too long": signed(claims(sub="b" * 65)),
    "roles are a word": signed(claims(roles="admin")),
    "roles are numbers": signed(claims(roles=[1])),
    "another type": signed(header={"typ": "dpop+jwt"}),
    "unknown critical extension": signed(header={"crit": ["exp"], "exp": 1}),
    "payload is a list": with_payload(b"[]"),
    "payload is no JSON": with_payload(b"\xff\xfe"),
    "payload nested deeply": with_payload(b"[" * 3000 + b"]" * 3000),
    "header is a list": f"{part([])}.{BODY}.{SIGNATURE}",
    "not base64": f"!!!.{BODY}.{SIGNATURE}",
    "not ASCII": GOOD + "é",
    "oversized": signed(claims(note="x" * 9000)),
    "with spaces": f" {GOOD}",
}


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
