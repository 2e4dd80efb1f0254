"""Many people doing something at the same instant, in threads of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Generic, TypeVar

from linguapay_core.domain.errors import Busy, LinguaPayError

ValueT = TypeVar("ValueT")


class Crowd(Generic[ValueT]):
    """What each of them got: an answer, or an error of the table. Anything else is raised."""

    def __init__(self, deeds: Sequence[Callable[[], ValueT]], *, patient: bool = True) -> None:
        """Let all of them begin together. Whom the database can't serve repeats, as that error says, if ``patient``."""
        self.answers: list[ValueT] = []
        self.errors: list[LinguaPayError] = []
        start = Barrier(len(deeds))

        def go(deed: Callable[[], ValueT]) -> ValueT | LinguaPayError:
            start.wait()
            while True:
                try:
                    return deed()
                except LinguaPayError as error:
                    if not (patient and isinstance(error, Busy)):
                        return error

        with ThreadPoolExecutor(len(deeds)) as threads:
            for got in threads.map(go, deeds):
                if isinstance(got, LinguaPayError):
                    self.errors.append(got)
                else:
                    self.answers.append(got)
