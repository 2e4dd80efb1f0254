"""Many refund requests at once: interrupted or killed in the middle and given again, each is refunded exactly once."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from linguapay_core.domain import effect
from tests.cli.place import LONG_AGO, Place
from tests.cli.terminal import at_home, program
from tests.use_cases.stage import DAY, HOUR, asked_back, at_stripe, confirmed, funded, offered, pay, paying

REQUESTS = 500 if os.environ.get("LINGUAPAY_SOAK") else 40
MIDDLE = REQUESTS // 3


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A database with so many paid lessons, of each of which 10.00 is asked back."""
    place = Place(tmp_path_factory.mktemp("crowd"), "crowd.db")
    with place.house(LONG_AGO) as lp:
        funded(lp, REQUESTS * 1000)
        gig = offered(lp)
        checkouts = [
            paying(lp, confirmed(lp, gig, student=f"student-{number}", notice=3 * DAY + number * HOUR))
            for number in range(REQUESTS)
        ]
        for checkout in checkouts:
            pay(lp, checkout)
        lp.work()
        for checkout in checkouts:
            asked_back(lp, checkout.payment)
    return place


@pytest.fixture
def busy(crowd: Place, tmp_path: Path) -> Place:
    """That database, to work at; an admin has logged in."""
    place = crowd.copied(tmp_path)
    place.login()
    return place


@contextmanager
def halfway(place: Place, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command that has told a third of what it does."""
    surroundings = at_home(place.folder, place.variables)
    with subprocess.Popen(
        program(*arguments),
        cwd=place.folder,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if line.startswith(f"[{MIDDLE}/"))
        yield process


def interrupted(place: Place, *arguments: str) -> None:
    """Press Ctrl-C in the middle of a command: it ends what is under way, and says how much is left."""
    with halfway(place, *arguments) as process:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
        assert process.returncode == 130
    assert err == "Stopping after this one …\n"
    assert out.splitlines()[-1].endswith(" left: give the command again to go on.")


def killed(place: Place, *arguments: str) -> None:
    """End a command in its middle as a power cut does (kill -9)."""
    with halfway(place, *arguments) as process:
        process.kill()


def check_each_is_refunded_once(place: Place) -> None:
    """By Stripe's own count and by the books, when a worker has done what was in hand, its lease being over."""
    with place.house(datetime.now(UTC) + effect.LEASE + timedelta(minutes=5)) as lp:
        lp.work()
        refunds = list(at_stripe(lp).refunds.list({"limit": 100}).auto_paging_iter())
    assert Counter(refund.amount for refund in refunds) == {1000: REQUESTS}
    assert len({refund.payment_intent for refund in refunds}) == REQUESTS
    found = place.data("refunds", "list", "--limit", "1000")["items"]
    assert Counter(one["state"] for one in found) == {"done": REQUESTS}
    assert place.run("books", "verify", "--no-stripe").code == 0


APPROVE = ("refunds", "approve", "--state", "submitted", "--yes")
PROCESS = ("refunds", "process", "--state", "approved", "--yes")


def test_what_ctrl_c_interrupted_goes_on_when_it_is_given_again(busy: Place) -> None:
    for command in (APPROVE, PROCESS):
        interrupted(busy, *command)
        assert busy.run(*command).code == 0
    check_each_is_refunded_once(busy)


def test_what_was_killed_goes_on_when_it_is_given_again(busy: Place) -> None:
    for command in (APPROVE, PROCESS):
        killed(busy, *command)
        assert busy.run(*command).code == 0
    check_each_is_refunded_once(busy)
