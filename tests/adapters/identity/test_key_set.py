"""The host platform's keys are fetched seldom, by one at a time, and an outage of their endpoint harms nobody."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from linguapay_adapters.identity import keys
from linguapay_adapters.identity.key_set import COOL_DOWN_SECONDS, KEYS_LIVE_SECONDS, KeySet, usable
from linguapay_core.domain.errors import Busy, Invalid

PATIENCE_SECONDS = 20
Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def described(key: Private, kid: str, **more: object) -> dict[str, Any]:
    """A public key as a set tells it."""
    if isinstance(key, rsa.RSAPrivateKey):
        told = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        told = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return told | {"kid": kid, **more}


def set_of(*told: object) -> bytes:
    """The document that the host platform publishes."""
    return json.dumps({"keys": told}).encode()


def token(kid: str | None) -> str:
    """A token that names a key."""
    return jwt.encode({}, EC_KEY, algorithm="ES256", headers={"kid": kid} if kid else {})


class Host:
    """The host platform's endpoint, and a clock beside it."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.fetches = 0
        self.at = 0.0
        self.trouble: Exception | None = None
        self.document: bytes | None = None

    def fetch(self) -> bytes:
        """What it publishes, or its trouble."""
        self.fetches += 1
        if self.trouble:
            raise self.trouble
        return self.document or set_of(*(described(EC_KEY, name) for name in self.names))

    def key_set(self) -> KeySet:
        """Keys that are fetched here, by this clock."""
        return KeySet(self.fetch, seconds=lambda: self.at)


def test_keys_are_fetched_once_in_five_minutes() -> None:
    host = Host("one")
    known = host.key_set()
    for host.at in (0, 1, KEYS_LIVE_SECONDS - 1):
        assert known.key_of(token("one"))[1] == "ES256"
    assert host.fetches == 1
    host.at = KEYS_LIVE_SECONDS
    known.key_of(token("one"))
    assert host.fetches == 2


def test_a_key_that_was_withdrawn_is_forgotten_at_the_next_fetch() -> None:
    host = Host("one", "two")
    known = host.key_set()
    known.key_of(token("one"))
    host.names = ("two",)
    host.at = KEYS_LIVE_SECONDS
    with pytest.raises(jwt.InvalidKeyError):
        known.key_of(token("one"))


def test_an_unknown_name_fetches_the_keys_but_not_more_than_once_in_a_cool_down() -> None:
    host = Host("one")
    known = host.key_set()
    known.key_of(token("one"))
    for junk in range(100):
        with pytest.raises(jwt.InvalidKeyError):
            known.key_of(token(f"junk {junk}"))
    assert host.fetches == 1
    host.names, host.at = ("one", "next"), COOL_DOWN_SECONDS
    assert known.key_of(token("next"))
    assert host.fetches == 2


def test_a_token_that_names_no_key_makes_nobody_fetch() -> None:
    host = Host("one")
    with pytest.raises(jwt.InvalidKeyError, match="names no key"):
        host.key_set().key_of(token(None))
    assert host.fetches == 0


def test_the_last_keys_serve_through_an_outage_which_is_told(caplog: pytest.LogCaptureFixture) -> None:
    host = Host("one")
    known = host.key_set()
    known.key_of(token("one"))
    host.trouble, host.at = OSError("no route to host"), KEYS_LIVE_SECONDS
    for _ in range(3):
        assert known.key_of(token("one"))
    assert host.fetches == 2, "after a failure nobody fetches for a while"
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    with pytest.raises(Busy):
        known.key_of(token("unknown"))
    host.trouble, host.at = None, host.at + COOL_DOWN_SECONDS
    with pytest.raises(jwt.InvalidKeyError):
        known.key_of(token("unknown"))
    assert host.fetches == 3


@pytest.mark.parametrize(
    "document", [b"<html>Sign in</html>", b"[]", b'{"keys": {}}', b"\xff", b"[" * 100_000], ids=range(5)
)
def test_what_is_no_key_set_is_an_outage_and_not_the_tokens_fault(document: bytes) -> None:
    host = Host("one")
    host.document = document
    with pytest.raises(Busy):
        host.key_set().key_of(token("one"))


def test_while_one_fetches_the_others_have_the_last_keys_or_are_told_to_come_again() -> None:
    host, begun, go_on = Host("one"), Event(), Event()

    def hanging() -> bytes:
        if host.fetches:
            begun.set()
            assert go_on.wait(PATIENCE_SECONDS)
        return host.fetch()

    known = KeySet(hanging, seconds=lambda: host.at)
    known.key_of(token("one"))
    host.at = KEYS_LIVE_SECONDS
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(known.key_of, token("one"))
        assert begun.wait(PATIENCE_SECONDS)
        assert known.key_of(token("one"))
        with pytest.raises(Busy):
            known.key_of(token("unknown"))
        go_on.set()
        assert slow.result(PATIENCE_SECONDS)
    assert host.fetches == 2


def test_weak_and_foreign_keys_are_left_out_of_a_set() -> None:
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 - that it is weak is the point
    document = set_of(
        described(RSA_KEY, "rsa"),
        described(EC_KEY, "ec", alg="ES256", use="sig"),
        described(weak, "weak"),
        described(RSA_KEY, "another algorithm", alg="RS512"),
        described(RSA_KEY, "probabilistic", alg="PS256"),
        described(EC_KEY, "for encryption", use="enc"),
        described(ec.generate_private_key(ec.SECP384R1()), "another curve"),
        described(EC_KEY, "the wrong algorithm", alg="RS256"),
        jwt.algorithms.ECAlgorithm.to_jwk(EC_KEY, as_dict=True) | {"kid": "private"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "a secret"},
        {"kty": "EC", "kid": "broken"},
        {"kty": "new", "kid": "not invented yet"},
        described(EC_KEY, "") | {"kid": 7},
        "no key at all",
    )
    assert {name: algorithm for name, (_, algorithm) in usable(document).items()} == {"rsa": "RS256", "ec": "ES256"}


@pytest.mark.parametrize(
    "url",
    [
        "http://host.example/keys.json",
        "ftp://host.example/keys.json",
        "file:///etc/passwd",
        "host.example/keys.json",
        "https:///keys.json",
        "https://me:secret@host.example/keys.json",
        "https://[::1/keys.json",
    ],
)
def test_keys_come_over_https_or_nothing_starts(url: str) -> None:
    with pytest.raises(Invalid) as invalid:
        keys.listed(url)
    assert invalid.value.field == "LINGUAPAY_JWT_JWKS_URL"
    assert "secret" not in str(invalid.value)


@contextmanager
def published(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """An endpoint on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/keys.json"
        finally:
            server.shutdown()
            thread.join(PATIENCE_SECONDS)


def says(status: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer so."""

    def answer(line: BaseHTTPRequestHandler) -> None:
        line.send_response(status)
        for name, value in headers.items():
            line.send_header(name, value)
        line.end_headers()
        line.wfile.write(body)

    return answer


def test_keys_are_fetched_from_this_machine_over_http() -> None:
    with published(says(200, set_of(described(EC_KEY, "one")))) as url:
        assert keys.listed(url)(token("one"))[1] == "ES256"


@pytest.mark.parametrize(
    "answer", [says(500, b"{}"), says(302, Location="/elsewhere"), says(200, b"<html>")], ids=range(3)
)
def test_an_endpoint_that_gives_no_keys_is_busy(answer: Callable[[BaseHTTPRequestHandler], None]) -> None:
    with published(answer) as url, pytest.raises(Busy):
        keys.listed(url)(token("one"))
