"""One demo, kept in a file, for every test that looks at what it left; a test that changes it takes a copy."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.desk import FILES, Desk, laid
from tests.cli.terminal import Ended, run, run_here


@dataclass(frozen=True)
class Kept:
    """The folder in which a demo was kept, the variable that names its database, and what it printed."""

    folder: Path
    printed: Ended

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'demo.db'}"

    def run(self, *arguments: str, **variables: str) -> Ended:
        """Run a command on the database."""
        return run_here(self.folder, *arguments, LINGUAPAY_DATABASE_URL=self.url, **variables)

    def first(self, prefix: str) -> str:
        """The identifier that the demo's commands name."""
        words = self.printed.out.split()
        return next(word for word in words if word.startswith(f"{prefix}_"))


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("kept")
    return Kept(folder, run(folder, "demo", "--keep", "demo.db"))


@pytest.fixture
def copy(kept: Kept, tmp_path: Path) -> Kept:
    """The kept demo, to be spoilt."""
    shutil.copytree(kept.folder, tmp_path, dirs_exist_ok=True)
    return Kept(tmp_path, kept.printed)


@pytest.fixture(scope="session")
def laid_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return laid(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(laid_desk: Desk, tmp_path: Path) -> Desk:
    """An admin's desk, to work at; nobody has logged in."""
    for name in FILES:
        shutil.copy(laid_desk.folder / name, tmp_path)
    return Desk(tmp_path, laid_desk.names)
