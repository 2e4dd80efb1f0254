"""Starting: the menu, the version, and that neither waits for what it doesn't need."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from linguapay_cli.main import MENU
from linguapay_cli.menu import Row, imported
from tests.cli.terminal import environment, recorded, run

ROWS = [row for rows in MENU.values() for row in rows]

HEAVY = ("sqlalchemy", "stripe", "pydantic_settings", "alembic", "psycopg", "litestar", "linguapay_core.application")

LOADED = """
import sys
from linguapay_cli.main import main
try:
    main()
finally:
    print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)
"""


def test_the_menu_looks_as_it_was_recorded(tmp_path: Path) -> None:
    ended = run(tmp_path, "--help")
    shown = "\n".join(line.rstrip() for line in ended.out.splitlines()) + "\n"
    assert shown == recorded("help", shown)
    assert ended.code == 0


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    ended = run(tmp_path, "--version")
    assert (ended.code, ended.out) == (0, f"linguapay {version('linguapay')}\n")


def test_the_console_script_is_the_same_program(tmp_path: Path) -> None:
    script = shutil.which("linguapay", path=str(Path(sys.executable).parent))
    assert script is not None
    told = subprocess.run([script, "--version"], cwd=tmp_path, env=environment(), capture_output=True, check=True)
    assert told.stdout.decode() == run(tmp_path, "--version").out


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["demo", "--help"], ["books", "verify", "--help"]])
def test_asking_for_help_imports_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    script = LOADED.format(heavy=HEAVY)
    ended = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert ended.stderr == "[]\n"


def test_the_menu_imports_none_of_the_commands(tmp_path: Path) -> None:
    script = LOADED.format(heavy=[row.where.partition(":")[0] for row in ROWS])
    ended = subprocess.run(
        [sys.executable, "-c", script, "--help"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert ended.stderr == "[]\n"


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_line_of_the_menu_is_the_first_sentence_of_the_commands_help(row: Row) -> None:
    command = imported(row)
    assert command.name == row.name
    told = " ".join((command.help or "").split("\n\n")[0].split())
    assert row.line == told.partition(". ")[0].rstrip(".") + "."


def test_no_two_commands_have_one_name() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)


COMPLETIONS = [("linguapay tok", "tokens"), ("linguapay books v", "verify"), ("linguapay tokens issue --r", "--role")]


@pytest.mark.parametrize(("typed", "completed"), COMPLETIONS)
def test_the_shell_completes_commands_and_their_options(tmp_path: Path, typed: str, completed: str) -> None:
    last = str(len(typed.split()) - 1)
    ended = run(tmp_path, _LINGUAPAY_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=last)
    assert (ended.code, ended.out.split(), ended.err) == (0, [completed], "")


@pytest.mark.parametrize("command", [(), ("books",), ("tokens", "issue")])
def test_h_is_help_everywhere(tmp_path: Path, command: tuple[str, ...]) -> None:
    told = run(tmp_path, *command, "-h")
    assert told.code == 0
    assert told.out == run(tmp_path, *command, "--help").out
