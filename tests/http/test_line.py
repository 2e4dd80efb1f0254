"""The line in front of Stripe: in turn, and not for ever."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from linguapay_core.domain.errors import Busy
from linguapay_http import line
from linguapay_http.limits import network_of
from linguapay_http.line import Line


def test_whoever_waits_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "PATIENCE_SECONDS", 0)

    async def wait() -> None:
        places = Line(1)
        async with places.place():
            with pytest.raises(Busy):
                await places.place().__aenter__()
        async with places.place():
            pass

    asyncio.run(wait())


def test_a_line_that_is_too_long_takes_nobody_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "LONGEST", 1)

    async def wait() -> None:
        places = Line(1)
        async with places.place():
            waiting: list[asyncio.Task[Any]] = [asyncio.create_task(_held(places)) for _ in range(2)]
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            assert [type(task.exception()) for task in done] == [Busy]
        await asyncio.wait(waiting)

    asyncio.run(wait())


async def _held(places: Line) -> None:
    async with places.place():
        pass


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_an_address_stands_for_its_subscriber(address: str, network: str) -> None:
    assert network_of(address) == network
