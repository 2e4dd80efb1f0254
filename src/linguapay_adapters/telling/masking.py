"""Nothing that is told may tell a secret or who somebody is. A net under whatever is logged: what looks so is masked.

Nobody means to log these; they come along in the words of other people's errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

MASK: Final = "[masked]"

MASKED: Final[Mapping[str, str]] = {
    "a secret key of Stripe's": r"\b(?:sk|rk)_(?:live|test)_\w+",
    "a webhook endpoint's secret": r"\bwhsec_[\w+/=]+",
    "a client secret": r"\b(?:pi|seti)_[^\W_]+_secret_\w+",
    "a JSON Web Token": r"\beyJ[\w-]+\.[\w-]+\.[\w-]*",
    "a bearer token": r"(?i:\bbearer\s+)\S+",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{0,8192}?-----END",
    "a URL's name and password": r"(?<=://)[^/\s@]{1,256}@",
    "an e-mail address": r"[\w.+%-]{1,64}@[\w-][\w.-]{0,254}",
    "a card's number": r"\b(?:\d{13,19}|\d{4}(?P<between>[ -])\d{4}(?P=between)\d{4}(?P=between)\d{1,7})\b",
}
"""What is masked. Each is bounded or begins with letters of its own, so that no text takes long to look through."""

_ANY: Final = re.compile("|".join(MASKED.values()))


def masked(text: str) -> str:
    """The text without secrets and people."""
    return _ANY.sub(MASK, text)
