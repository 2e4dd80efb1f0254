"""The worker: hands webhooks over, reads them, keeps promises, lets deadlines pass, and asks where no news came.

It decides nothing. Each step is a use case, so that a door, a test and an operator can take the same step by hand.
``run`` takes rounds until it is told to stop, and tells subscribers beside them, so that none of these delays the
money; ``run_until_idle`` takes rounds of everything but upkeep until nothing is left, for rehearsals and tests.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Lock, Thread
from typing import Final

from linguapay_adapters.worker.rests import Rests
from linguapay_core.application import LinguaPay
from linguapay_core.domain.delivery import TIME_OUT
from linguapay_core.domain.errors import LinguaPayError
from linguapay_core.domain.stored_answer import KEPT
from linguapay_core.ports.clock import Clock

POLL_EVERY: Final = timedelta(minutes=10)
"""How often Stripe's events and balance transactions are listed: no silence of webhooks lasts longer."""

EFFECTS_AT_ONCE: Final = 20
"""How many effects one step delivers, one after the other; between two of them it may be told to stop."""

MESSAGES_IN_A_ROW: Final = 20
"""How many messages a rehearsal's step delivers to each subscriber, one after the other."""

ROUNDS: Final = 200
"""How many rounds in a row may find something to do before that is taken for a bug."""

FOLD_EVERY: Final = timedelta(seconds=5)
"""How often what happened is counted for the dashboard. A reading counts what is newer, so nobody waits for it."""

UPKEEP_EVERY: Final = timedelta(minutes=10)
"""How often old keys and messages are forgotten, and it is asked whether the books are to be proven again."""

LAST_BREATH: Final = timedelta(seconds=5)
"""How long upkeep may go on after the last round. It only reads, or is undone, so it may end with the process."""

LAST_WORD: Final = TIME_OUT + LAST_BREATH
"""How long a post may go on after the last round, so that its answer is written down and it isn't made again."""

Step = Callable[[], int]
"""Does what is due, and tells how much that was."""

Tell = Callable[[str, Exception], None]
"""Hears what went wrong in which step."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a worker waits after a round that found nothing, how often it says that it lives, how long keys stay."""

    interval: timedelta = timedelta(seconds=1)
    heartbeat: timedelta = timedelta(seconds=5)
    keys_kept: timedelta = KEPT


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did: how much by each step, and what went wrong in which."""

    done: dict[str, int] = field(default_factory=dict)
    troubles: dict[str, Exception] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How much was done by all steps."""
        return sum(self.done.values())


def no_webhooks() -> int:
    """Stripe itself brings its webhooks to our door; there is nothing to hand over."""
    return 0


def unheard(_step: str, _trouble: Exception) -> None:
    """Tell nobody."""


class Worker:
    """Takes rounds over the work that is due. Any number of workers may do so at once on one PostgreSQL database."""

    def __init__(
        self,
        linguapay: LinguaPay,
        clock: Clock,
        *,
        hand_over_webhooks: Callable[[], int] = no_webhooks,
        name: str = "worker",
        pace: Pace | None = None,
        turn: Callable[[], AbstractContextManager[None]] = nullcontext,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Work for this composition; ``hand_over_webhooks`` carries a sandbox's webhooks to our door.

        ``turn`` is held while ``run`` runs, and may refuse; ``chance`` gives a number from 0 up to 1.
        """
        self._linguapay = linguapay
        self._clock = clock
        self._name = name
        self._pace = pace or Pace()
        self._turn = turn
        self._chance = chance
        self._stop = Event()
        self._started_at = clock.now()
        self._last_round_at: datetime | None = None
        self._done = 0
        self._troubles = 0
        self._counting = Lock()
        self._poll_at: datetime | None = None
        self._steps: dict[str, Step] = {
            "webhooks": hand_over_webhooks,
            "webhook events": linguapay.process_webhook_events,
            "effects": self._deliver_effects,
            "looks": linguapay.look_at_stripe,
            "deadlines": linguapay.pass_deadlines,
            "erasures": linguapay.erase_when_settled,
            "receipts": linguapay.number_receipts,
        }
        self._polls: dict[str, Step] = {
            "events": linguapay.poll_events,
            "cash": linguapay.collect_cash,
        }
        self._figures: dict[str, Step] = {"figures": self._fold_figures}
        self._messages: dict[str, Step] = {
            "news": linguapay.fan_out_events,
            "messages": linguapay.deliver_messages,
        }
        self._upkeep: dict[str, Step] = {
            "old keys": partial(linguapay.forget_keys, self._pace.keys_kept),
            "old messages": linguapay.forget_messages,
            "days": linguapay.close_days,
            "books": self._prove_books,
        }

    def run(self, stop: Event, *, tell: Tell = unheard) -> None:
        """Take rounds until ``stop`` is set; then end the step that is being taken, and return.

        Whatever goes wrong in a step is told, a bug too, and the step rests for a while that grows: every step is a
        transaction of its own, and what others are owed doesn't wait for one that fails. Work that was taken and not
        begun is left to its lease. Subscribers are told in a thread of their own, in rounds of one message to each, and
        figures and upkeep have theirs.
        Raises ``Refused`` where another worker has the only turn.
        """
        self._started_at = self._clock.now()
        self._stop, rests = stop, Rests(self._clock)
        beats = self._beside("heartbeat", self._beat, self._pace.heartbeat, tell)
        upkeep = self._rounds_beside("upkeep", self._upkeep, UPKEEP_EVERY, tell)
        messages = self._rounds_beside("messages", self._messages, self._pace.interval, tell, last=LAST_WORD)
        figures = self._rounds_beside("figures", self._figures, FOLD_EVERY, tell)
        with self._turn(), beats, upkeep, messages, figures:
            while not stop.is_set():
                worked = self._go_round(self._due(), rests, tell)
                self._last_round_at = self._clock.now()
                if not worked:
                    stop.wait(self._varied(self._pace.interval))

    def run_once(self) -> Round:
        """Take every step once. What goes wrong in one is told and stops no other; a bug is raised."""
        return self._take(self._due() | self._messages | {"messages": self._deliver_messages} | self._figures)

    def run_until_idle(self) -> list[Round]:
        """Take rounds until one finds nothing to do. Listing alone isn't work."""
        rounds: list[Round] = []
        for _ in range(ROUNDS):
            round_ = self.run_once()
            rounds.append(round_)
            if not self._worked(round_):
                return rounds
        raise AssertionError(f"the work doesn't end: {rounds[-1]}")

    def _go_round(self, steps: Mapping[str, Step], rests: Rests, tell: Tell) -> bool:
        """Take those of the steps that don't rest, and tell what went wrong; the answer is whether the round worked."""
        round_ = self._take(steps, but=rests.resting(), caught=Exception)
        with self._counting:
            self._done += round_.total
            self._troubles += len(round_.troubles)
        for step, trouble in round_.troubles.items():
            rests.rest(step)
            tell(step, trouble)
        rests.wake(round_.done)
        return self._worked(round_)

    def _take(
        self, steps: Mapping[str, Step], *, but: Collection[str] = (), caught: type[Exception] = LinguaPayError
    ) -> Round:
        """Take each of the steps once, ``but`` these, until it is told to stop; what isn't ``caught`` is raised."""
        round_ = Round()
        for name, step in steps.items():
            if name in but or self._stop.is_set():
                continue
            try:
                round_.done[name] = step()
            except caught as error:
                round_.troubles[name] = error
        return round_

    def _worked(self, round_: Round) -> bool:
        """Whether a round found something to do, so that the next may too."""
        return any(done for name, done in round_.done.items() if name not in self._polls | self._figures)

    def _due(self) -> dict[str, Step]:
        now = self._clock.now()
        if self._poll_at is not None and now < self._poll_at:
            return dict(self._steps)
        self._poll_at = now + POLL_EVERY
        return self._steps | self._polls

    def _deliver_effects(self) -> int:
        for done in range(EFFECTS_AT_ONCE):
            if self._stop.is_set() or not self._linguapay.deliver_effects(limit=1):
                return done
        return EFFECTS_AT_ONCE

    def _deliver_messages(self) -> int:
        delivered = 0
        for _ in range(MESSAGES_IN_A_ROW):
            if self._stop.is_set() or not (posted := self._linguapay.deliver_messages()):
                break
            delivered += posted
        return delivered

    def _fold_figures(self) -> int:
        """Count until less than a batch is left; it waits for the next turn, because few rows cost as much as many."""
        rows = 0
        while not self._stop.is_set():
            folded = self._linguapay.fold_figures()
            rows += folded.counted + folded.swept
            if not folded.full:
                break
        return rows

    def _beat(self) -> None:
        self._linguapay.note_heartbeat(self._name, self._started_at, self._last_round_at, self._done, self._troubles)

    def _prove_books(self) -> int:
        """Look whether the books hold. A breach is an alarm, and no work that was done."""
        self._linguapay.prove_books()
        return 0

    def _rounds_beside(
        self, name: str, steps: Mapping[str, Step], every: timedelta, tell: Tell, *, last: timedelta = LAST_BREATH
    ) -> AbstractContextManager[None]:
        """While the block runs, go rounds of these steps in a thread beside it."""
        rounds = partial(self._go_round, steps, Rests(self._clock), tell)
        return self._beside(name, rounds, every, tell, last=last)

    @contextmanager
    def _beside(
        self,
        name: str,
        deed: Callable[[], bool | None],
        every: timedelta,
        tell: Tell,
        *,
        last: timedelta = LAST_BREATH,
    ) -> Iterator[None]:
        """While the block runs, do this in a thread beside it: now and then, and again at once where it says so.

        It begins at once, and may go on for ``last`` when the block ends.
        """
        over = Event()

        def repeat() -> None:
            while not over.is_set():
                again: bool | None = None
                try:
                    again = deed()
                except Exception as error:  # noqa: BLE001 - the entry point of a thread: all is told
                    tell(name, error)
                if not again:
                    over.wait(self._varied(every))

        thread = Thread(target=repeat, name=f"{self._name} {name}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(last.total_seconds())

    def _varied(self, wait: timedelta) -> float:
        """About as many seconds, so that several workers don't ask at the same moment."""
        return wait.total_seconds() * (0.75 + self._chance() / 2)
