"""New names: 48 bits of milliseconds since 1970, then 80 bits of chance (as a ULID has them)."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final, TypeVar

from linguapay_core.domain.identifiers import Identifier
from linguapay_core.ports.clock import Clock

IdentifierT = TypeVar("IdentifierT", bound=Identifier)

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
CHANCE_BITS: Final = 80


class _Numbers:
    """128-bit numbers that only rise, however many threads ask within one millisecond."""

    def __init__(self, clock: Clock, chance: Callable[[int], int]) -> None:
        self._clock = clock
        self._chance = chance
        self._last = 0
        self._lock = Lock()

    def next(self) -> int:
        """A number above all that were given out, and out of this millisecond's if those don't run ahead of it."""
        with self._lock:
            milliseconds = (self._clock.now() - EPOCH) // MILLISECOND
            number = milliseconds << CHANCE_BITS | self._chance(CHANCE_BITS)
            in_time = number >> CHANCE_BITS > self._last >> CHANCE_BITS
            self._last = number if in_time else self._last + 1
            return self._last


class SystemIdentifiers:
    """Names that nobody can guess, nor anybody else make: their chance is the operating system's."""

    def __init__(self, clock: Clock) -> None:
        """Take the time from this clock."""
        self._numbers = _Numbers(clock, secrets.randbits)

    def new(self, kind: type[IdentifierT]) -> IdentifierT:
        """A new identifier of this kind, sorting after all that were made in this process."""
        return kind.of(self._numbers.next())

    def chance(self, size: int) -> bytes:
        """So many bytes of the operating system's chance."""
        return secrets.token_bytes(size)


class SeededIdentifiers:
    """The same names every time, for demos and tests: the chance comes from a seed."""

    def __init__(self, seed: int, clock: Clock) -> None:
        """Take the chance from this seed and the time from this clock."""
        self._random = random.Random(seed)  # noqa: S311 - meant to be foreseen
        self._numbers = _Numbers(clock, self._random.getrandbits)

    def new(self, kind: type[IdentifierT]) -> IdentifierT:
        """A new identifier of this kind, sorting after all that were made before."""
        return kind.of(self._numbers.next())

    def chance(self, size: int) -> bytes:
        """So many bytes, the same every time: secrets of a rehearsal."""
        return self._random.randbytes(size)
