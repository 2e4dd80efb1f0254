"""A crash at every boundary of every tale: whoever comes after it finishes the tale, with the intended movements.

A crash leaves what was committed here and at Stripe, which is the same for all crossings between two commits. So each
tale is finished from every state in which it ever left the files, at the last hour of that state. A crash that is an
exception, as Ctrl-C is, unwinds our code, and leaves no more than that: this is tried at each kind of crossing in each
chapter, and with ``LINGUAPAY_SOAK`` at each crossing.
"""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from linguapay_adapters.telling.boundary import Crossing, OnCrossing, unseen
from tests.faults.crash import Crash, Fuse, Ruins
from tests.faults.replay import CHAPTERS, Moment, Replay
from tests.stories.tale import TALES, Tale, chapters, told

SOAK: Final = bool(os.environ.get("LINGUAPAY_SOAK"))
SHARES: Final = 4
"""In how many parts each tale's states are tried, so that several cores can do it."""

DOWN: Final = timedelta(seconds=5)
"""How long it takes until somebody goes on."""


@dataclass
class Witness:
    """Stands at the boundary of a house from its first day, and begins to look when it is told how."""

    look: OnCrossing = unseen

    def __call__(self, crossing: Crossing) -> None:
        """Look."""
        self.look(crossing)


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("tale", TALES, ids=lambda tale: tale.name)
def test_from_whatever_a_crash_leaves_the_tale_is_finished(tale: Tale, share: int, folder: Path) -> None:
    ruins, witness = Ruins(folder), Witness()
    with ruins.house(witness) as house, closing(Replay(ruins, house)) as replay:
        left: dict[tuple[int, ...], Moment] = {}

        def keep(_crossing: Crossing) -> None:
            versions = replay.versions()
            left[versions] = replace(left.get(versions) or replay.keep(), at=house.clock.now() + DOWN, poll_at=None)

        witness.look = keep
        told(house, tale)
        witness.look = unseen
        for number, moment in list(enumerate(left.values()))[share::SHARES]:
            replay.put_back(moment, seed=2)
            try:
                replay.finish(tale)
            except BaseException as error:
                error.add_note(f"after a crash in '{tale.name}' past commit {number}, at {moment.at}")
                raise


@pytest.mark.parametrize(("tale", "name"), CHAPTERS)
def test_a_crash_that_unwinds_our_code_leaves_what_was_committed(tale: Tale, name: str, folder: Path) -> None:
    ruins, witness = Ruins(folder), Witness()
    here = list(chapters(tale)).index(name)
    *before, chapter = list(chapters(tale).values())[: here + 1]
    with ruins.house(witness) as house, closing(Replay(ruins, house)) as replay:
        for earlier in before:
            earlier(house)
        beginning = replay.keep()
        crossings: list[Crossing] = []
        witness.look = crossings.append
        chapter(house)
        witness.look = unseen
        for last, crossing in enumerate(crossings):
            if SOAK or crossing not in crossings[:last]:
                replay.put_back(beginning, seed=2)
                committed: list[bytes] = []
                witness.look = Fuse(last, lambda found=committed: found.append(replay.likeness()))  # type: ignore[misc]
                with pytest.raises(Crash):
                    chapter(house)
                witness.look = unseen
                assert replay.likeness() == committed[0], f"unwinding after crossing {last}, {crossing}, did something"
