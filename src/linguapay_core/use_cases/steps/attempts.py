"""The keys of calls that are harmless to make twice: nothing is written down about them, and the minute names each."""

from __future__ import annotations

from datetime import datetime


def harmless_key(kind: str, subject: str, *, at: datetime) -> str:
    """A key that all who ask within one minute share, so that a thousand of them make one object.

    Stripe keeps what it answered under a key for a day, a breakdown too (Stripe: Idempotent requests). The next
    minute's key asks anew.
    """
    return f"{kind}:{subject}:{at:%Y%m%dT%H%M}"
