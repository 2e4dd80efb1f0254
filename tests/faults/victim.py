"""A program that tells a tale and kills itself at a crossing, as a power cut would: no handler, no flush, no rollback.

It prints the instant at which its clock stood, so that whoever comes after goes on from there.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from itertools import count
from pathlib import Path

from linguapay_adapters.composition import Rehearsal
from linguapay_adapters.telling.boundary import Crossing, Side
from tests.faults.crash import Ruins
from tests.stories.tale import TALES, told


def main(ruins: Ruins, tale_name: str, call: str, side: str, nth: str) -> None:
    """Die at the nth crossing of this kind."""
    tale = next(tale for tale in TALES if tale.name == tale_name)
    passed = count(1)
    houses: list[Rehearsal] = []

    def dying(crossing: Crossing) -> None:
        if crossing.call == call and crossing.side is Side(side) and next(passed) == int(nth):
            sys.stdout.write(houses[0].clock.now().isoformat())
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    with ruins.house(dying) as house:
        houses.append(house)
        told(house, tale)


if __name__ == "__main__":
    folder, database_url, at, number, *death = sys.argv[1:]
    main(Ruins(Path(folder), database_url, datetime.fromisoformat(at), int(number)), *death)
