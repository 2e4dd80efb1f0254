"""Starting: the menu, the version, and that neither waits for what it doesn't need."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.cli.terminal import environment, recorded, run

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
