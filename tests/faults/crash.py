"""A house on files, which can fall and be put up again: what was committed is there, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from linguapay_adapters.composition import REHEARSAL_STARTS, Rehearsal, sandbox
from linguapay_adapters.telling.boundary import Crossing, OnCrossing, unseen


class Crash(BaseException):
    """The process is gone. Nobody may catch this but the test that threw it."""


@dataclass
class Ruins:
    """Files in a folder, a clock that nobody stops, and names that no later house gives out again."""

    folder: Path
    database_url: str = ""
    at: datetime = REHEARSAL_STARTS
    houses: int = 0

    @property
    def files(self) -> tuple[Path, Path]:
        """Our database, unless another one is named, and Stripe's."""
        return self.folder / "linguapay.db", self.folder / "stripe.db"

    @contextmanager
    def house(self, on_crossing: OnCrossing = unseen) -> Iterator[Rehearsal]:
        """LinguaPay and Stripe on these files. The next house opens a few seconds later."""
        self.houses += 1
        ours, stripes = self.files
        url = self.database_url or f"sqlite:///{ours}"
        names = {"seed": self.houses, "starts_at": self.at, "on_crossing": on_crossing}
        with sandbox(url, stripe_path=stripes, **names) as house:  # type: ignore[arg-type]
            try:
                yield house
            finally:
                self.at = house.clock.now() + timedelta(seconds=5)


def nothing() -> None:
    """Look at nothing."""


@dataclass
class Fuse:
    """Lets so many crossings pass, and crashes at each one after that, with a last look around before."""

    left: int
    last_look: Callable[[], None] = nothing
    crossings: list[Crossing] = field(default_factory=list)

    def __call__(self, crossing: Crossing) -> None:
        """Burn."""
        self.crossings.append(crossing)
        if len(self.crossings) > self.left:
            self.last_look()
            raise Crash
