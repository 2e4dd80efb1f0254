"""Running commands as a person does, 80 columns wide, and looking at what they print.

``run`` starts a process; ``run_here`` is the same program in this one, for what doesn't depend on that. A screen is
recorded in ``screens``; `RECORD_SCREENS=1 pytest tests/cli` records all of them anew. Identifiers are numbered on it,
because their letters are chance and their width is not.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Final
from unittest.mock import patch

import pytest

from linguapay_cli.main import main

SCREENS: Final = Path(__file__).with_name("screens")
RECORD: Final = "RECORD_SCREENS"
IDENTIFIER: Final = re.compile(
    r"\b((?:gig|bkg|pay|rrq|rfd|trf|sub|txt)_)([0-9a-z]{26})\b|\b((?:acct|ch|cus|evt|pi|re|tr|txn)_)(\d{16})\b"
)
"""Ours are random; the sandbox counts, and which request of several comes first isn't said."""
ESCAPE: Final = "\x1b"
UNSET: Final = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "PYTHONIOENCODING")


@dataclass(frozen=True)
class Ended:
    """What a command printed, and the number that it ended with."""

    code: int
    out: str
    err: str


def environment(**variables: str) -> dict[str, str]:
    """The surroundings of a command: this machine's, without what would change what it does or how it looks."""
    ours = ("STRIPE_", "LINGUAPAY_", "PAYMENT_", "PLATFORM_", "MINIMUM_")
    clean = {name: value for name, value in os.environ.items() if name not in UNSET and not name.startswith(ours)}
    return clean | {"COLUMNS": "80", "PYTHONUTF8": "1", "TZ": "UTC"} | variables


def at_home(folder: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """The surroundings of a command whose user keeps things in this folder, and nowhere else."""
    return environment(**{"XDG_CONFIG_HOME": str(folder / "config"), **variables})


def program(*arguments: str) -> list[str]:
    """The command line of ``linguapay``."""
    return [sys.executable, "-m", "linguapay_cli", *arguments]


def run(folder: Path, *arguments: str, **variables: str) -> Ended:
    """Run a command in a folder to its end."""
    ended = subprocess.run(
        program(*arguments),
        cwd=folder,
        env=at_home(folder, variables),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def run_here(folder: Path, *arguments: str, **variables: str) -> Ended:
    """Run a command in a folder to its end, in this process: some ten times as fast."""
    out, err = (TextIOWrapper(BytesIO(), encoding="utf-8", newline="", write_through=True) for _ in range(2))
    with (
        chdir(folder),
        patch.dict(os.environ, at_home(folder, variables), clear=True),
        patch.object(sys, "argv", ["linguapay", *arguments]),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    code = ended.value.code
    assert isinstance(code, int)
    return Ended(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))


def numbered(text: str) -> str:
    """The same text with identifiers numbered in the order in which they come, as wide as before."""
    names: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        kind, one = found[1] or found[3], found[2] or found[4]
        return names.setdefault(found[0], f"{kind}{len(names) + 1:.>{len(one)}}")

    return IDENTIFIER.sub(number, text)


def recorded(name: str, shown: str, form: str = "txt") -> str:
    """What a screen should look like; where screens are being recorded, what it looks like now."""
    path = SCREENS / f"{name}.{form}"
    if os.environ.get(RECORD):
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    return path.read_text(encoding="utf-8")
