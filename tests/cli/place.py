"""Where commands are run: a folder with a database, and Stripe's sandbox beside it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from linguapay_adapters.composition import Rehearsal, beside, sandbox
from tests.cli.terminal import Ended, run_here

LONG_AGO: Final = datetime(2020, 3, 2, 9, 0, tzinfo=UTC)
"""Commands look at the machine's clock: what they say of this day's deadlines never changes any more."""


@dataclass(frozen=True)
class Place:
    """A folder, and the database of its commands: a file there, or the URL of a server's."""

    folder: Path
    database: str

    @property
    def url(self) -> str:
        """The database's."""
        return self.database if "://" in self.database else f"sqlite:///{self.folder / self.database}"

    @property
    def variables(self) -> Mapping[str, str]:
        """What names the database to a command."""
        return {"LINGUAPAY_DATABASE_URL": self.url}

    def run(self, *arguments: str, **variables: str) -> Ended:
        """Run a command on the database, in this process."""
        return run_here(self.folder, *arguments, **self.variables, **variables)

    def data(self, *arguments: str) -> Any:  # noqa: ANN401 - JSON
        """What a command that goes well says as JSON."""
        ended = self.run(*arguments, "--json")
        assert ended.code == 0, ended
        return json.loads(ended.out)

    def login(self, person: str = "carla") -> None:
        """Sit down as this admin."""
        assert self.run("login", "--person", person).code == 0

    @contextmanager
    def house(self, at: datetime | None = None, *, seed: int | None = None) -> Iterator[Rehearsal]:
        """The same database and Stripe, with a clock that stands still, for what no command does."""
        with sandbox(self.url, stripe_path=beside(self.url), starts_at=at or datetime.now(UTC), seed=seed) as lp:
            yield lp

    def copied(self, folder: Path) -> Self:
        """The same in another folder, to be spoilt there."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return replace(self, folder=folder)
