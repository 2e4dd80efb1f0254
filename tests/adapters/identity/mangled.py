"""Tokens that nobody may believe, and one from which they are made."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

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
