"""Where things are kept: the database's file, and what stands beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

STRIPE: Final = ".stripe.db"
"""How the file ends in which the sandbox keeps its state."""


def file_of(url: str) -> Path | None:
    """The file in which an SQLite database is kept; no other database has one."""
    _, _, file = url.partition("sqlite:///")
    return Path(file) if file else None


def beside(url: str, suffix: str = STRIPE) -> Path:
    """Where the sandbox keeps its state: beside the SQLite file, or in the working folder."""
    return (file_of(url) or Path("linguapay.db")).with_suffix(suffix)
