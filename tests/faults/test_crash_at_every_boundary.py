"""A crash at every boundary of every tale: a new house on the same files finishes it, with the intended movements.

What a crash leaves is what was committed here and at Stripe. Of the crossings between two commits the last is taken,
when most has been done that must come to nothing; with ``LINGUAPAY_SOAK`` each of them.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final

import pytest

from linguapay_adapters.telling.boundary import Crossing
from tests.faults.crash import Crash, Fuse, Ruins
from tests.stories.tale import TALES, Tale, check_end, told

SOAK: Final = bool(os.environ.get("LINGUAPAY_SOAK"))
SHARES: Final = 4
"""In how many parts each tale's crossings are tried, so that several cores can do it."""


def committed(folder: Path, observers: dict[Path, sqlite3.Connection]) -> tuple[int, ...]:
    """What changes whenever something is committed to a database of this folder (SQLite: PRAGMA data_version)."""
    for file in sorted(folder.glob("*.db")):
        if file not in observers:
            observers[file] = sqlite3.connect(file, isolation_level=None)
    return tuple(observers[file].execute("PRAGMA data_version").fetchone()[0] for file in sorted(observers))


def crossings_of(tale: Tale, folder: Path) -> list[int]:
    """The numbers of the crossings at which to crash."""
    observers: dict[Path, sqlite3.Connection] = {}
    states: list[tuple[int, ...]] = []

    def note(_crossing: Crossing) -> None:
        states.append(committed(folder, observers))

    try:
        with Ruins(folder).house(note) as house:
            told(house, tale)
    finally:
        for observer in observers.values():
            observer.close()
    return [number for number, state in enumerate(states) if SOAK or state not in states[number + 1 : number + 2]]


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("tale", TALES, ids=lambda tale: tale.name)
def test_whatever_the_boundary_a_new_house_finishes_the_tale(tale: Tale, share: int, folder: Path) -> None:
    first = folder / "first"
    first.mkdir()
    for number in crossings_of(tale, first)[share::SHARES]:
        place = folder / str(number)
        place.mkdir()
        ruins, fuse = Ruins(place), Fuse(number)
        with pytest.raises(Crash), ruins.house(fuse) as house:
            told(house, tale)
        try:
            with ruins.house() as house:
                told(house, tale)
                check_end(house, tale)
        except BaseException as error:
            error.add_note(f"after a crash in '{tale.name}' at crossing {number}: {fuse.crossings[-1]}")
            raise
