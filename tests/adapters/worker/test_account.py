"""Where Stripe didn't say whose key it is, the worker asks again; it works for no other account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from linguapay_adapters.composition import Rehearsal, sandbox
from linguapay_adapters.worker.worker import Worker
from linguapay_core.domain.answer import Answered, Unknown
from linguapay_core.domain.house import Mode
from tests.use_cases.answering import answering


@pytest.fixture
def lp(tmp_path: Path) -> Iterator[Rehearsal]:
    """A house that knows its account, on a file, so that several threads have connections."""
    with sandbox(f"sqlite:///{tmp_path / 'lessons.db'}", seed=1) as linguapay:
        linguapay.recognise_account(Mode.SANDBOX)
        yield linguapay


def test_an_account_that_stripe_didnt_tell_is_asked_for_until_it_is_told(lp: Rehearsal) -> None:
    answers = iter([Unknown("no answer"), Answered("acct_sandbox")])
    unsure = Worker(answering(lp, own_account=lambda: next(answers)), lp.clock, unconfirmed=Mode.SANDBOX)
    for _ in range(3):
        unsure._keep_up()
    assert list(answers) == []


def test_a_worker_with_the_key_of_another_account_tells_so_and_works_no_more(lp: Rehearsal) -> None:
    other = answering(lp, own_account=lambda: Answered("acct_other"))
    told: dict[str, Exception] = {}
    stop = Event()
    Worker(other, lp.clock, unconfirmed=Mode.SANDBOX).run(stop, tell=told.__setitem__)
    assert stop.is_set()
    assert "belongs to acct_other" in str(told["upkeep"])
