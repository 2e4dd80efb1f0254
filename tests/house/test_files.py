"""What may stand in the project's files: no place of one machine, no registry, and locks that pin every byte."""

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUN, DEVELOPMENT, MUTANTS, RIVALS = (f"requirements/{name}.txt" for name in ("run", "development", "mutants", "rivals"))
LOCKS = (RUN, DEVELOPMENT, MUTANTS, RIVALS)

# Each is cut in two, so that this file doesn't name what it forbids.
PLACES = [first + second for first, second in (("/wo", "rk/"), ("/ro", "ot/"), ("/ho", "me/"), ("/tm", "p/"))]
BESIDE = [".." + "/shared"]
REGISTRIES = [
    first + second
    for first, second in (("pypi", ".org"), ("python", "hosted.org"), ("npm", "js.org"), ("deb", ".debian.org"))
]


def texts() -> Iterator[tuple[Path, str]]:
    """Give every file of ours that is text; what .gitignore names is not ours."""
    ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()} | {".git"}
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in ignored]
        for path in (Path(folder, name) for name in names if name not in ignored):
            content = path.read_bytes()
            if b"\0" not in content:
                yield path.relative_to(ROOT), content.decode(errors="replace")


def pins(lock: str) -> dict[str, tuple[str, list[str]]]:
    """Read a lock: name -> version and hashes. Whatever is no pin, hash or comment is refused."""
    found: dict[str, tuple[str, list[str]]] = {}
    name = ""
    for line in (ROOT / lock).read_text().splitlines():
        if pin := re.fullmatch(r"([a-z0-9-]+)==(\S+) \\", line):
            name = pin[1]
            found[name] = (pin[2], [])
        elif digest := re.fullmatch(r"    --hash=(sha256:[0-9a-f]{64})(?: \\)?", line):
            found[name][1].append(digest[1])
        else:
            assert re.fullmatch(r"\s*#.*|", line), f"{lock} says more than pins and hashes: {line}"
    return found


@pytest.mark.parametrize("forbidden", PLACES + BESIDE + REGISTRIES)
def test_no_file_names_a_machines_folder_or_a_registry(forbidden: str) -> None:
    assert [str(path) for path, text in texts() if forbidden in text] == []


def test_the_search_reads_the_files_that_count() -> None:
    read = {str(path) for path, _ in texts()}
    assert {"Makefile", "pyproject.toml", ".ci/run", "tests/house/test_files.py", *LOCKS} <= read
    assert not any(name.startswith(".venv") for name in read)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_by_hash(lock: str) -> None:
    locked = pins(lock)
    assert locked
    assert [name for name, (_, hashes) in locked.items() if not hashes] == []


@pytest.mark.parametrize("lock", [RUN, DEVELOPMENT, MUTANTS])
def test_a_lock_holds_what_builds_the_project_without_a_network(lock: str) -> None:
    assert {"hatchling", "editables"} <= pins(lock).keys()


def test_the_locks_hold_what_the_project_asks_for_and_agree() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = told["project"]["optional-dependencies"]
    run, development, mutants, rivals = map(pins, LOCKS)
    assert names(told["project"]["dependencies"]) <= run.keys()
    assert names(extras["development"]) <= development.keys()
    assert names(extras["mutants"]) <= mutants.keys()
    assert names(told["dependency-groups"]["rivals"]) <= rivals.keys()
    assert {name: development[name] for name in run} == run
    assert {name: mutants[name] for name in run} == run


def names(requirements: list[str]) -> set[str]:
    """Take the packages' names from requirements like `psycopg[binary]>=3.3`."""
    return {re.split(r"[\[<>=~! ;]", requirement)[0] for requirement in requirements}


def test_continuous_integration_runs_make_test_and_nothing_else() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[1:] == [
        "set -euo pipefail",
        'cd "$(dirname "${BASH_SOURCE[0]}")/.."',
        "make test",
    ]
