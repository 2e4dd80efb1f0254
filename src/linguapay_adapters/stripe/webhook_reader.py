"""Stripe's webhooks, told from everybody else's (Stripe: Verify webhook signatures manually).

The check is the standard library's HMAC over the bytes as they came: the SDK decodes them first, fails on bytes that
aren't text, takes no stamp for too new, and reads the system's clock.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from linguapay_adapters.stripe import lanes
from linguapay_adapters.stripe.reading import Document, ForeignBody
from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.secret import Secret
from linguapay_core.domain.seen import SeenEvent
from linguapay_core.ports.clock import Clock

TOLERANCE_SECONDS: Final = 300
LARGEST_BYTES: Final = 256 * 1024
_LARGEST_HEADER: Final = 4096
_STAMP: Final = re.compile(r"[0-9]{1,11}")


class StripeWebhookReader:
    """Reads webhooks signed with any of several secrets, so that one can be exchanged for another.

    ``live`` is the mode that events must have; None admits both, for an endpoint of connected accounts, which
    also receives test events in live mode (Stripe: Connect webhooks).
    """

    def __init__(
        self,
        secrets: Sequence[str],
        clock: Clock,
        *,
        live: bool | None,
        tolerance_seconds: int = TOLERANCE_SECONDS,
        largest_bytes: int = LARGEST_BYTES,
    ) -> None:
        """Take the secrets as Stripe shows them. There is at least one, and none is blank."""
        if not secrets or not all(secret.strip() for secret in secrets):
            raise ValueError("a webhook reader needs a secret, and a blank one would let anybody in")
        self._secrets = tuple(Secret(secret) for secret in secrets)
        self._clock = clock
        self._live = live
        self._tolerance = timedelta(seconds=tolerance_seconds)
        self._largest_bytes = largest_bytes

    def read(self, body: bytes, signature: str | bytes) -> SeenEvent:
        """Check size, signature and both directions of time, then parse strictly.

        Raises ``Invalid`` (field ``signature`` or ``body``) for anything that isn't an event of Stripe's.
        """
        if len(body) > self._largest_bytes:
            raise Invalid("body", f"an event has at most {self._largest_bytes} bytes.")
        stamp, signatures = _parts(signature)
        self._check_signature(stamp, body, signatures)
        self._check_time(stamp)
        event = _event(body)
        if self._live is not None and event.live is not self._live:
            raise Invalid(
                "body", f"it is an event of {'live' if event.live else 'test'} mode, and we are in the other."
            )
        return event

    def _check_signature(self, stamp: str, body: bytes, signatures: Sequence[str]) -> None:
        signed = stamp.encode() + b"." + body
        for secret in self._secrets:
            expected = hmac.digest(secret.reveal().encode(), signed, "sha256").hex()
            if any(hmac.compare_digest(expected, signature) for signature in signatures):
                return
        raise Invalid("signature", "it isn't made with any of our secrets.")

    def _check_time(self, stamp: str) -> None:
        age_seconds = self._clock.now().timestamp() - int(stamp)
        if abs(age_seconds) > self._tolerance.total_seconds():
            raise Invalid("signature", f"its time is more than {self._tolerance.seconds} seconds from ours.")


def _parts(header: str | bytes) -> tuple[str, tuple[str, ...]]:
    """Take the header ``t=…,v1=…,v1=…`` apart into its stamp and its signatures of the scheme ``v1``."""
    if len(header) > _LARGEST_HEADER:
        raise Invalid("signature", f"it has at most {_LARGEST_HEADER} characters.")
    try:
        plain = header.decode("ascii") if isinstance(header, bytes) else header.encode("ascii").decode("ascii")
    except UnicodeError:
        raise Invalid("signature", "it is plain ASCII.") from None
    fields = [item.partition("=")[::2] for item in plain.split(",")]
    stamps = [value for name, value in fields if name.strip() == "t"]
    signatures = tuple(value for name, value in fields if name.strip() == "v1")
    if len(stamps) != 1 or not _STAMP.fullmatch(stamps[0]) or not signatures:
        raise Invalid("signature", "it has one time t and at least one signature v1.")
    return stamps[0], signatures


def _event(body: bytes) -> SeenEvent:
    try:
        return lanes.event(_object(body))
    except (ValueError, RecursionError) as error:
        raise Invalid("body", "it isn't JSON in UTF-8.") from error
    except ForeignBody as error:
        raise Invalid("body", f"it isn't an event of Stripe's: {error}.") from error


def _object(body: bytes) -> Document:
    document: object = json.loads(body.decode("utf-8"))
    if not isinstance(document, dict):
        raise ForeignBody("it isn't an object")
    return document
