"""The host platform's JSON Web Key Set (RFC 7517): fetched seldom, by one at a time, and kept while it can't be."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from http.client import HTTPException
from threading import Lock
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import jwt

from linguapay_adapters.identity.public_key import algorithm_of
from linguapay_adapters.identity.tokens import Key
from linguapay_core.domain.endpoint import THIS_MACHINE
from linguapay_core.domain.errors import Busy, Invalid

LOG: Final = logging.getLogger("linguapay.identity")

VARIABLE: Final = "LINGUAPAY_JWT_JWKS_URL"

PATIENCE_SECONDS: Final = 5
KEYS_LIVE_SECONDS: Final = 300
COOL_DOWN_SECONDS: Final = 30
"""How long nobody fetches after a fetch, however it ended: tokens of strangers can't make us ask more often."""

LARGEST_BYTES: Final = 256 * 1024


class KeySet:
    """The keys as they were last fetched, by their names. May be shared between threads."""

    def __init__(self, fetch: Callable[[], bytes], *, seconds: Callable[[], float] = monotonic) -> None:
        """``fetch`` gets the document, or raises ``OSError``; ``seconds`` is a clock that never goes back."""
        self._fetch = fetch
        self._seconds = seconds
        self._keys: Mapping[str, Key] = {}
        self._keys_until = self._rests_until = float("-inf")
        self._complete = False
        self._fetching = Lock()

    def key_of(self, token: str) -> Key:
        """The key that a token names by its ``kid``.

        Whoever finds the keys old, or an unknown name, fetches them; whoever comes meanwhile waits for nobody, and has
        the last ones. Raises ``Busy`` where a key isn't among them and the last fetch isn't over or failed.
        """
        name = jwt.get_unverified_header(token).get("kid")
        if not isinstance(name, str):
            raise jwt.InvalidKeyError("the token names no key")
        if self._is_due(name) and self._fetching.acquire(blocking=False):
            try:
                if self._is_due(name):  # nobody fetched in between
                    self._refresh()
            finally:
                self._fetching.release()
        if key := self._keys.get(name):
            return key
        if self._complete:
            raise jwt.InvalidKeyError("the host platform has no such key")
        raise Busy("The keys that tokens are checked with can't be fetched now.", retry_after_seconds=PATIENCE_SECONDS)

    def _is_due(self, name: str) -> bool:
        now = self._seconds()
        return now >= self._rests_until and (name not in self._keys or now >= self._keys_until)

    def _refresh(self) -> None:
        self._complete = False
        try:
            self._keys = usable(self._fetch())
        except (OSError, HTTPException, ValueError, RecursionError) as error:
            fields = {"url_of": VARIABLE, "error": type(error).__name__, "known_keys": len(self._keys)}
            LOG.warning("The host platform's keys can't be fetched: %s", error, extra={"fields": fields})
        else:
            self._complete = True
            self._keys_until = self._seconds() + KEYS_LIVE_SECONDS
        self._rests_until = self._seconds() + COOL_DOWN_SECONDS


def usable(document: bytes) -> Mapping[str, Key]:
    """The keys of a set that may check signatures, by their names; all others are left out. Raises ``ValueError``."""
    match json.loads(document):
        case {"keys": [*described]}:
            found = ((one["kid"], _key(one)) for one in described if isinstance(one, dict) and _is_named(one))
            return {name: key for name, key in found if key is not None}
        case _:
            raise ValueError("that is no JSON Web Key Set")


def _is_named(described: Mapping[str, Any]) -> bool:
    return isinstance(described.get("kid"), str) and described.get("use", "sig") == "sig"


def _key(described: dict[str, Any]) -> Key | None:
    try:
        read = jwt.PyJWK(described)
    except (jwt.PyJWTError, ValueError, TypeError):  # of a kind that we don't know, or broken
        return None
    algorithm = algorithm_of(read.key)
    return None if algorithm is None or algorithm != read.algorithm_name else (read.key, algorithm)


def fetched_from(url: str) -> Callable[[], bytes]:
    """Fetches the document at a URL; a redirect is an error. Raises ``Invalid`` for a URL that isn't HTTPS.

    Of this machine HTTP is enough.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Invalid(VARIABLE, f"that is no URL: {error}.") from error
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in THIS_MACHINE)
    if not secure or not parts.hostname or parts.username is not None:
        raise Invalid(VARIABLE, "keys are fetched over HTTPS: https://host.example/keys.json.")
    opener = build_opener(_NoRedirects())

    def fetch() -> bytes:
        with opener.open(url, timeout=PATIENCE_SECONDS) as answer:
            document: bytes = answer.read(LARGEST_BYTES)
        return document

    return fetch


class _NoRedirects(HTTPRedirectHandler):
    """Keys come from where the settings say, and from nowhere else."""

    def redirect_request(self, *_: object) -> None:
        """Go nowhere: the redirect stays the error that it is."""
