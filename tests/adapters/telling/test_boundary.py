"""The choke point around ports: what it shows, and the one thing that it forbids."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from linguapay_adapters.composition import sandbox
from linguapay_adapters.telling.boundary import Boundary, Crossing, Side, seen_by
from linguapay_core.domain.errors import NotFound
from linguapay_core.domain.identifiers import PersonId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linguapay_adapters.composition import Rehearsal


@contextmanager
def watched(crossings: list[Crossing]) -> Iterator[Rehearsal]:
    """LinguaPay, every crossing noted down."""
    with sandbox(seed=1, on_crossing=crossings.append) as linguapay:
        yield linguapay


def test_a_call_to_stripe_inside_a_transaction_is_a_bug() -> None:
    with (
        sandbox(seed=1) as linguapay,
        pytest.raises(AssertionError, match=r"gateway\.intent inside a transaction: commit first"),
        linguapay.ports.transactions.begin(),
    ):
        linguapay.ports.gateway.intent("pi_1")


def test_a_post_to_a_subscriber_inside_a_transaction_is_a_bug() -> None:
    with (
        sandbox(seed=1) as linguapay,
        pytest.raises(AssertionError, match=r"messenger\.post inside a transaction: commit first"),
        linguapay.ports.transactions.begin(),
    ):
        linguapay.ports.messenger.post([], timeout=timedelta(seconds=1))


def test_stripe_may_be_called_before_and_after_a_transaction_that_failed() -> None:
    with sandbox(seed=1) as linguapay:
        linguapay.ports.gateway.intent("pi_1")
        with pytest.raises(RuntimeError, match="broken"), linguapay.ports.transactions.begin():
            raise RuntimeError("broken")
        linguapay.ports.gateway.intent("pi_1")


def test_the_transaction_of_another_thread_forbids_nothing() -> None:
    answers: list[object] = []
    with sandbox(seed=1) as linguapay, linguapay.ports.transactions.begin():
        caller = threading.Thread(target=lambda: answers.append(linguapay.ports.gateway.intent("pi_1")))
        caller.start()
        caller.join()
    assert len(answers) == 1


def test_each_call_crosses_on_its_way_out_and_back() -> None:
    crossings: list[Crossing] = []
    with watched(crossings) as linguapay:
        linguapay.offer_gig("anna", "French", 2500)
    assert crossings == [
        Crossing("transactions", "begin", Side.BEFORE),
        Crossing("transaction", "erasure", Side.BEFORE),
        Crossing("transaction", "erasure", Side.AFTER),
        Crossing("transaction", "keep", Side.BEFORE),
        Crossing("transaction", "keep", Side.AFTER),
        Crossing("transactions", "commit", Side.BEFORE),
        Crossing("transactions", "commit", Side.AFTER),
    ]


def test_a_call_that_raises_crosses_as_failed_and_the_transaction_never_commits() -> None:
    crossings: list[Crossing] = []
    with watched(crossings) as linguapay, pytest.raises(NotFound), linguapay.ports.transactions.begin() as inside:
        inside.effect("create_refund:nothing")
    assert Crossing("transaction", "effect", Side.FAILED) in crossings
    assert Crossing("transactions", "commit", Side.BEFORE) not in crossings
    assert crossings[-1] == Crossing("transactions", "commit", Side.FAILED)


def test_several_may_look_each_in_turn() -> None:
    looks: list[str] = []
    with sandbox(
        seed=1, on_crossing=seen_by(lambda _: looks.append("one"), lambda _: looks.append("two"))
    ) as linguapay:
        linguapay.ports.gateway.intent("pi_1")
    assert looks == ["one", "two"] * 2


def test_whoever_looks_may_stop_a_call() -> None:
    """So tests kill the process just there."""

    def stop(crossing: Crossing) -> None:
        if crossing == Crossing("transaction", "keep", Side.AFTER):
            raise KeyboardInterrupt

    with sandbox(seed=1, on_crossing=stop) as linguapay:
        with pytest.raises(KeyboardInterrupt):
            linguapay.describe_person("ben", "Ben", "ben@example.com")
        with linguapay.ports.transactions.begin() as transaction:
            assert transaction.person(PersonId("ben")).version == 0


def test_what_isnt_called_is_handed_through() -> None:
    class Port:
        answer = 42

        def ask(self) -> int:
            return self.answer

    port = Boundary().around("port", Port())
    assert (port.answer, port.ask(), port.ask()) == (42, 42, 42)
