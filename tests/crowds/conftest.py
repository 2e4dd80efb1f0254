"""Places for crowds: a house on each database, and a folder for what processes share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from linguapay_adapters.composition import Rehearsal, sandbox
from tests.postgres import fastest_place


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder, in memory where there is room, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="linguapay-", dir=fastest_place()) as place:
        yield Path(place)


@pytest.fixture(params=["postgresql", "sqlite"])
def house(request: pytest.FixtureRequest, folder: Path) -> Iterator[Rehearsal]:
    """LinguaPay on each database in turn, with a clock that stands still."""
    on_sqlite = request.param == "sqlite"
    url = f"sqlite:///{folder / 'linguapay.db'}" if on_sqlite else request.getfixturevalue("postgres_url")
    with sandbox(url, seed=1) as opened:
        yield opened
