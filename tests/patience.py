"""Waiting for what other processes and threads do, where nobody tells: the only place in which a test looks again."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep
from typing import Final

PATIENCE_SECONDS: Final = 240
"""Longer than a killed server's claim of an Idempotency-Key stands; all else happens at once."""

LOOK_EVERY_SECONDS: Final = 0.01


def until(condition: Callable[[], object], what: str) -> None:
    """Look again and again until it is so. Fails after some minutes, and says what wasn't."""
    deadline = monotonic() + PATIENCE_SECONDS
    while not condition():
        assert monotonic() < deadline, f"still not: {what}"
        sleep(LOOK_EVERY_SECONDS)
