"""One demo, kept in a file, for every test that looks at what it left; a test that changes it takes a copy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.desk import Desk, laid
from tests.cli.place import Place
from tests.cli.terminal import Ended, run


@dataclass(frozen=True)
class Kept(Place):
    """Where a demo was kept, and what it printed."""

    printed: Ended

    def first(self, prefix: str) -> str:
        """The identifier that the demo's commands name."""
        words = self.printed.out.split()
        return next(word for word in words if word.startswith(f"{prefix}_"))


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("kept")
    return Kept(folder, "demo.db", run(folder, "demo", "--keep", "demo.db"))


@pytest.fixture
def copy(kept: Kept, tmp_path: Path) -> Kept:
    """The kept demo, to be spoilt."""
    return kept.copied(tmp_path)


@pytest.fixture(scope="session")
def laid_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return laid(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(laid_desk: Desk, tmp_path: Path) -> Desk:
    """An admin's desk, to work at; nobody has logged in."""
    return laid_desk.copied(tmp_path)
