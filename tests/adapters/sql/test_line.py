"""The line in front of the connections: who asked first is served first, and nobody waits for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from linguapay_adapters.sql.line import Line
from linguapay_core.domain.errors import Busy


def test_places_are_given_in_the_order_in_which_they_were_asked_for() -> None:
    line, served = Line(1, 60), list[int]()

    def ask(number: int) -> None:
        with line.place():
            served.append(number)

    with ThreadPoolExecutor(5) as threads:
        with line.place():
            for number in range(5):
                threads.submit(ask, number)
                while len(line._waiting) <= number:
                    pass
        threads.shutdown()
    assert served == [0, 1, 2, 3, 4]


def test_who_waited_too_long_is_told_that_it_is_busy_and_leaves_the_line() -> None:
    line = Line(1, 0)
    with line.place(), pytest.raises(Busy), line.place():
        pass
    with line.place():
        pass
    assert not line._waiting
