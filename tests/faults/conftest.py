"""A place for files that survive a crash of ours: in memory where there is room, because each test syncs them often."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import fastest_place


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="linguapay-", dir=fastest_place()) as place:
        yield Path(place)
