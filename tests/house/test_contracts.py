"""The import contracts bite: each is broken on purpose in a copy of the tree, and `lint-imports` says so."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# The contract that must break, who breaks it, and what is imported. Modules that don't exist yet are made in the copy.
BREACHES = [
    ("packages", "linguapay_core.domain.breach", "linguapay_adapters.settings"),
    ("packages", "linguapay_adapters.settings", "linguapay_http.asgi"),
    ("packages", "linguapay_http.breach", "linguapay_cli.main"),
    ("packages", "linguapay_cli.breach", "linguapay_http.asgi"),
    ("core", "linguapay_core.domain.breach", "linguapay_core.ports"),
    ("core", "linguapay_core.ports.breach", "linguapay_core.use_cases"),
    ("core", "linguapay_core.use_cases.breach", "linguapay_core.application"),
    ("core", "linguapay_core.use_cases.breach", "linguapay_core.testing"),
    ("core", "linguapay_core.placed_by_nobody", "decimal"),
    *[
        ("core-is-pure", "linguapay_core.use_cases.breach", banned)
        for banned in ("asyncio", "logging", "os", "random", "secrets", "threading", "time")
    ],
    ("adapters", "linguapay_adapters.sql.breach", "linguapay_adapters.memory"),
    ("adapters", "linguapay_adapters.stripe.breach", "linguapay_adapters.stripe_sandbox"),
    ("adapters", "linguapay_adapters.worker.breach", "linguapay_adapters.composition"),
    ("adapters", "linguapay_adapters.settings", "linguapay_adapters.system"),
    ("adapters", "linguapay_adapters.placed_by_nobody", "decimal"),
    ("doors", "linguapay_http.breach", "linguapay_adapters.composition"),
    ("doors", "linguapay_http.asgi", "linguapay_adapters.sql"),
    ("doors", "linguapay_cli.breach", "linguapay_adapters.composition"),
    ("doors", "linguapay_cli.main", "linguapay_adapters.stripe"),
]
ALLOWED = [
    ("linguapay_http.breach", "linguapay_adapters.settings"),
    ("linguapay_http.asgi", "linguapay_adapters.composition"),
    ("linguapay_cli.main", "linguapay_adapters.composition"),
    ("linguapay_adapters.composition", "linguapay_adapters.stripe_sandbox"),
    ("linguapay_core.application", "linguapay_core.domain"),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the sources and of the contracts, to be spoilt."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def module(copy: Path, name: str) -> Path:
    """Find a module's file in the copy, or make it, with the packages above it."""
    path = copy.joinpath("src", *name.split("."))
    if path.is_dir():
        path /= "__init__"
    elif not path.parent.is_dir():
        module(copy, name.rpartition(".")[0]).unlink()
        path.parent.mkdir()
        (path.parent / "__init__.py").touch()
    file = path.with_suffix(".py")
    file.touch()
    return file


def add_import(copy: Path, importer: str, imported: str) -> None:
    """Let one module import another."""
    if imported.startswith("linguapay_"):
        module(copy, imported)
    with module(copy, importer).open("a") as source:
        source.write(f"\nimport {imported}\n")


def lint_imports(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program that `make contracts` runs, on the copy."""
    program = Path(sys.executable).with_name("lint-imports")
    environment = os.environ | {"PYTHONPATH": str(copy / "src"), "COLUMNS": "200"}
    return subprocess.run(
        [program, "--no-cache", *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


def test_the_tree_as_it_stands_keeps_every_contract(copy: Path) -> None:
    result = lint_imports(copy)
    assert result.returncode == 0, result.stdout
    assert " 0 broken" in result.stdout


@pytest.mark.parametrize(("contract", "importer", "imported"), BREACHES)
def test_a_breach_is_seen_by_its_contract(copy: Path, contract: str, importer: str, imported: str) -> None:
    add_import(copy, importer, imported)
    result = lint_imports(copy, "--contract", contract)
    assert result.returncode == 1, result.stdout
    assert " 0 kept, 1 broken" in result.stdout
    assert importer in result.stdout


def test_the_arrows_of_the_plan_are_allowed(copy: Path) -> None:
    for importer, imported in ALLOWED:
        add_import(copy, importer, imported)
    result = lint_imports(copy)
    assert result.returncode == 0, result.stdout


def test_the_sources_are_the_four_packages_that_the_contracts_name() -> None:
    packages = {path.name for path in (ROOT / "src").iterdir()}
    assert packages == {"linguapay_core", "linguapay_adapters", "linguapay_http", "linguapay_cli"}
