"""A house on files that can be put back to a moment: what once was committed there, the time, and the worker's plan."""

from __future__ import annotations

import re
import sqlite3
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import count
from typing import Final

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_adapters.system.identifiers import SeededIdentifiers
from tests.faults.crash import Ruins
from tests.stories.tale import TALES, Tale, chapters, check_end

CHAPTERS: Final = [pytest.param(tale, name, id=f"{tale.name}, {name}") for tale in TALES for name in chapters(tale)]
"""Every chapter of every tale: the tale, and the chapter's name."""

NOT_COMPARED: Final = frozenset({"faults", "sqlite_sequence"})
"""The faults of a sandbox, which don't matter any more once they have struck, and SQLite's own counters."""

NOBODY_READS: Final = re.compile(r'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|"\w+\(reason=[^"]*"')
"""Keys that Stripe's SDK makes by chance where we give none, and why something didn't work, as people are told."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A copy of what was committed to each database; the time; and when the worker meant to poll next."""

    copies: tuple[sqlite3.Connection, ...]
    at: datetime
    poll_at: datetime | None


class Replay:
    """Puts a house back, and finishes tales from there.

    It looks at the files past the house itself, so that it sees what is committed and nothing else.
    """

    def __init__(self, ruins: Ruins, house: Rehearsal) -> None:
        """Look at the files of this house, which stands on these ruins."""
        self._house = house
        self._known: set[tuple[int, bytes]] = set()
        self._opened = ExitStack()
        self._files = tuple(self._open(str(file)) for file in ruins.files)

    def close(self) -> None:
        """Give the files back, and forget all moments."""
        self._opened.close()

    def versions(self) -> tuple[int, ...]:
        """What changes whenever the house commits something (SQLite: PRAGMA data_version)."""
        return tuple(file.execute("PRAGMA data_version").fetchone()[0] for file in self._files)

    def keep(self) -> Moment:
        """This moment, to be put back."""
        copies = tuple(self._open(":memory:") for _ in self._files)
        for file, copy in zip(self._files, copies, strict=True):
            file.backup(copy)
        return Moment(copies, self._house.clock.now(), self._house.worker._poll_at)

    def put_back(self, moment: Moment, *, seed: int) -> None:
        """Let it be this moment again. What is made from now on gets its names by a seed not used before."""
        for file, copy in zip(self._files, moment.copies, strict=True):
            copy.backup(file)
        house, numbers = self._house, count(1)
        house.clock._now = moment.at
        house.worker._poll_at = moment.poll_at
        assert isinstance(house.ports.identifiers, SeededIdentifiers)
        house.ports.identifiers._numbers = SeededIdentifiers(seed, house.clock)._numbers
        house.stripe._identifiers = lambda: f"{seed:04d}{next(numbers):012d}"

    def likeness(self) -> bytes:
        """The same for moments after which, in the same hands, the same happens: a sum of all rows and the times."""
        content = sha256(repr((self._house.clock.now(), self._house.worker._poll_at)).encode())
        for file in self._files:
            tables = {name for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            for table in sorted(tables - NOT_COMPARED):
                rows = repr(file.execute(f'SELECT * FROM "{table}"').fetchall())  # noqa: S608 - SQLite's own names
                content.update(NOBODY_READS.sub("", rows).encode())
        return content.digest()

    def finish(self, tale: Tale, told: int = 0) -> None:
        """Tell the tale, of which so many chapters are told, to its end and check that.

        Where it comes to a point that is like one from which it went on before, it ends: the rest is known.
        """
        for number, chapter in list(enumerate(chapters(tale).values()))[told:]:
            point = number, self.likeness()
            if point in self._known:
                return
            self._known.add(point)
            chapter(self._house)
        check_end(self._house, tale)

    def _open(self, database: str) -> sqlite3.Connection:
        return self._opened.enter_context(closing(sqlite3.connect(database, isolation_level=None)))
