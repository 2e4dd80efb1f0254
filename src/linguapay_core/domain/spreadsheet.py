"""What a spreadsheet would take for a formula, and run on the machine of whoever opens it (OWASP: CSV Injection)."""

from __future__ import annotations

from typing import Final

STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How such a cell begins; the last four are the same signs in full width."""


def harmless(text: str) -> str:
    """The text as it may stand in a cell: with an apostrophe before what would be a formula."""
    return f"'{text}" if text.startswith(STARTS) else text
