"""A real kill, at the moments that hurt: a new process on the same files finishes the tale, and the books agree."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from tests.faults.crash import Ruins
from tests.stories.tale import CALLED_OFF, GIVEN_UP, TAUGHT, Tale, check_end, told

ROOT = Path(__file__).parents[2]

DEATHS = (
    # tale, call, side, nth
    (TAUGHT, "create_intent", "before", 1),  # promised, and not asked for
    (TAUGHT, "create_intent", "after", 1),  # made at Stripe, and not written down
    (CALLED_OFF, "confirm_intent", "after", 1),
    (TAUGHT, "create_refund", "after", 1),
    (TAUGHT, "create_transfer", "after", 1),
    (GIVEN_UP, "cancel_intent", "after", 1),
    (TAUGHT, "commit", "before", 25),  # while the student pays: written, and not committed
    (TAUGHT, "commit", "after", 25),
)


def killed(ruins: Ruins, tale: Tale, call: str, side: str, nth: int) -> None:
    """Let a process tell the tale until it is killed, and let the clock go on from there."""
    place = [str(ruins.folder), ruins.database_url, ruins.at.isoformat(), str(ruins.houses)]
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults.victim", *place, tale.name, call, side, str(nth)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    ruins.at = datetime.fromisoformat(ended.stdout)
    ruins.houses += 1


def finished(ruins: Ruins, tale: Tale) -> None:
    """Put the house up again on what is there, and tell the tale to its end."""
    with ruins.house() as house:
        told(house, tale)
        check_end(house, tale)


@pytest.mark.parametrize(
    ("tale", "call", "side", "nth"), DEATHS, ids=[f"{side} {call} of {tale.name}" for tale, call, side, _ in DEATHS]
)
def test_a_process_killed_on_sqlite_loses_and_doubles_nothing(
    tale: Tale, call: str, side: str, nth: int, tmp_path: Path
) -> None:
    ruins = Ruins(tmp_path)
    killed(ruins, tale, call, side, nth)
    finished(ruins, tale)


@pytest.mark.parametrize("call", ["create_refund", "create_transfer"])
def test_a_process_killed_on_postgresql_loses_and_doubles_nothing(call: str, tmp_path: Path, postgres_url: str) -> None:
    ruins = Ruins(tmp_path, database_url=postgres_url)
    killed(ruins, TAUGHT, call, "after", 1)
    finished(ruins, TAUGHT)


def test_killed_again_and_again_it_still_ends_well(tmp_path: Path) -> None:
    ruins = Ruins(tmp_path)
    for call in ("create_intent", "create_refund", "create_transfer"):
        killed(ruins, TAUGHT, call, "after", 1)
    finished(ruins, TAUGHT)
