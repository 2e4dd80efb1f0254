"""What holds of every command of the menu, whichever: its help, how it ends where something is wrong, how it looks."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from linguapay_adapters.sql import engine, sqlite_backup
from tests.cli.commands import COMMANDS, TRAITS, completed, offers
from tests.cli.conftest import Kept
from tests.cli.terminal import ESCAPE, run, run_here

WIDTH = 80
DRAWN = re.compile("[─-╿▀-▟■-◿✓✗‖]")
"""Box-drawing, blocks, and the signs of states and verdicts."""

EACH = pytest.mark.parametrize("words", COMMANDS)
RUNS = pytest.mark.parametrize("words", [words for words, trait in TRAITS.items() if trait.runs])
LOOKS = pytest.mark.parametrize("words", [words for words, trait in TRAITS.items() if trait.looks])
SHOWS = pytest.mark.parametrize("words", [words for words, trait in TRAITS.items() if trait.looks and trait.shows])


def test_every_command_has_its_row_here_and_no_row_is_of_none() -> None:
    assert set(TRAITS) == set(COMMANDS)


@EACH
def test_help_tells_what_a_command_does_within_eighty_columns(tmp_path: Path, words: str) -> None:
    ended = run_here(tmp_path, *words.split(), "--help")
    assert (ended.code, ended.err) == (0, "")
    assert f"Usage: linguapay {words}" in ended.out
    assert max(map(len, ended.out.splitlines())) <= WIDTH


@EACH
def test_every_parameter_says_what_it_is(words: str) -> None:
    silent = [one.name for one in COMMANDS[words].params if not (getattr(one, "help", "") or "").strip()]
    assert silent == []


def ends(kept: Kept, words: str, code: int, **variables: str) -> None:
    """A command ends so, in one clear line where it isn't with 0, and never with a traceback."""
    trait = TRAITS[words]
    ended = kept.run(*words.split(), *completed(trait, kept.folder), **variables)
    assert ended.code == code, ended
    assert "Traceback" not in ended.err
    if code > 1:
        assert (ended.out, len(ended.err.splitlines())) == ("", 1), ended
        assert re.match(r"(Invalid|Refused|Busy): \S", ended.err)


@RUNS
def test_a_database_that_is_not_there_is_named(kept: Kept, tmp_path: Path, words: str) -> None:
    missing = f"sqlite:///{tmp_path / 'nothing.db'}"
    trait = TRAITS[words]
    ended = run_here(tmp_path, *words.split(), *completed(trait, kept.folder), LINGUAPAY_DATABASE_URL=missing)
    assert ended.code == trait.missing, ended
    assert "Traceback" not in ended.err
    if trait.missing:
        assert (ended.out, len(ended.err.splitlines())) == ("", 1)
        assert not (tmp_path / "nothing.db").exists()


@pytest.fixture(scope="module")
def behind(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """The demo, in a database that is behind its migrations."""
    copy = kept.copied(tmp_path_factory.mktemp("copied"))
    with closing(sqlite3.connect(copy.folder / "demo.db", isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    return copy


@pytest.fixture(scope="module")
def locked(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """The demo, in a database that somebody has for themselves, and that nobody waits for."""
    copy = kept.copied(tmp_path_factory.mktemp("copied"))
    with pytest.MonkeyPatch.context() as patch, closing(sqlite3.connect(copy.folder / "demo.db")) as connection:
        patch.setattr(engine, "Limits", partial(engine.Limits, lock_milliseconds=20))
        patch.setattr(sqlite_backup, "WAIT_SECONDS", 0.02)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("UPDATE gigs SET version = version")
        yield copy


@RUNS
def test_a_database_behind_its_migrations_is_refused(behind: Kept, words: str) -> None:
    ends(behind, words, TRAITS[words].behind)


@RUNS
def test_a_locked_database_is_busy(locked: Kept, words: str, kept: Kept) -> None:
    trait = TRAITS[words]
    ended = locked.run(*words.split(), *completed(trait, kept.folder))
    assert ended.code == trait.locked, ended
    assert "Traceback" not in ended.err
    if trait.locked > 1:
        assert (ended.out, len(ended.err.splitlines())) == ("", 1)


@RUNS
def test_a_setting_that_cannot_be_read_is_named(kept: Kept, words: str) -> None:
    ends(kept, words, TRAITS[words].unreadable, LINGUAPAY_HTTP_THREADS="many")


@LOOKS
def test_a_look_fits_into_eighty_columns_without_colour_in_a_pipe(kept: Kept, words: str) -> None:
    ended = kept.run(*words.split(), *completed(TRAITS[words], kept.folder), NO_COLOR="1")
    assert ended.code == 0, ended
    assert ESCAPE not in ended.out + ended.err
    if TRAITS[words].shows:
        assert max((len(line) for line in ended.out.splitlines()), default=0) <= WIDTH


@SHOWS
def test_a_plain_look_draws_nothing(kept: Kept, words: str) -> None:
    assert offers(words, "--plain")
    ended = kept.run(*words.split(), *completed(TRAITS[words], kept.folder), "--plain")
    assert ended.code == 0, ended
    assert DRAWN.findall(ended.out) == []


@SHOWS
def test_a_look_as_data_is_json(kept: Kept, words: str) -> None:
    ended = kept.run(*words.split(), *completed(TRAITS[words], kept.folder), "--json")
    assert ended.code == 0, ended
    for line in ended.out.splitlines() if words == "events" else [ended.out]:
        json.loads(line)


def test_the_shell_is_told_how_to_complete(tmp_path: Path) -> None:
    ended = run(tmp_path, "--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert ended.code == 0
    assert "_LINGUAPAY_COMPLETE=complete_bash" in ended.out
