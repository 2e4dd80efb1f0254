"""What a machine can see of the house's rules: what the core may import and hold, names, and the smells of tests."""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = "src/linguapay_core"
IMPURE = {"asyncio", "logging", "os", "random", "secrets", "threading", "time"}
EMPTY_NAMES = {"common", "helper", "helpers", "manager", "managers", "service", "services", "util", "utils"}
EMPTY_ENDINGS = ("Helper", "Manager", "Service", "Utils")


def foreign_imports(tree: ast.Module) -> Iterator[str]:
    """Name every import that the core may not have: anything but itself and the pure part of the standard library."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if not node.level else []
        else:
            continue
        for name in names:
            top = name.partition(".")[0]
            if top in IMPURE or (top not in sys.stdlib_module_names and top != "linguapay_core"):
                yield f"{node.lineno}: imports {name}"


def floats(tree: ast.Module) -> Iterator[str]:
    """Name every float and every `/`, which makes a float of two integers."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id="float") | ast.Constant(value=float()):
                yield f"{node.lineno}: a float"
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                yield f"{node.lineno}: a true division"
            case _:
                pass


def empty_class_names(tree: ast.Module) -> Iterator[str]:
    """Name every class whose name says nothing about its subject."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name.endswith(EMPTY_ENDINGS):
            yield f"{node.lineno}: class {node.name}"


def sleeps_and_mocks(tree: ast.Module) -> Iterator[str]:
    """Name every call that waits for the real clock or stands in for a part that exists."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name == "sleep" or name.endswith("Mock"):
                yield f"{node.lineno}: calls {name}"


def offences(folder: str, rule: Callable[[ast.Module], Iterator[str]]) -> list[str]:
    """Apply one rule to every module below a folder."""
    return [
        f"{path.relative_to(ROOT)}:{offence}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for offence in rule(ast.parse(path.read_text(encoding="utf-8")))
    ]


@pytest.mark.parametrize(
    ("folder", "rule"),
    [(CORE, foreign_imports), (CORE, floats), ("src", empty_class_names), ("tests", sleeps_and_mocks)],
)
def test_the_rule_holds_in_the_whole_folder(folder: str, rule: Callable[[ast.Module], Iterator[str]]) -> None:
    assert offences(folder, rule) == []


@pytest.mark.parametrize(
    ("rule", "source", "seen"),
    [
        (foreign_imports, "import os.path", "1: imports os.path"),
        (foreign_imports, "def f():\n    from time import monotonic", "2: imports time"),
        (foreign_imports, "import stripe, decimal", "1: imports stripe"),
        (foreign_imports, "from linguapay_adapters import settings", "1: imports linguapay_adapters"),
        (floats, "fee: float", "1: a float"),
        (floats, "fee = price * 0.1", "1: a float"),
        (floats, "half = price / 2", "1: a true division"),
        (floats, "price /= 2", "1: a true division"),
        (empty_class_names, "class BookingService: pass", "1: class BookingService"),
        (sleeps_and_mocks, "time.sleep(1)", "1: calls sleep"),
        (sleeps_and_mocks, "gateway = MagicMock()", "1: calls MagicMock"),
    ],
)
def test_each_rule_sees_what_it_forbids(rule: Callable[[ast.Module], Iterator[str]], source: str, seen: str) -> None:
    assert list(rule(ast.parse(source))) == [seen]


def test_the_core_may_use_the_pure_standard_library_and_itself() -> None:
    allowed = "import dataclasses\nfrom datetime import UTC\nfrom linguapay_core.domain import money\nfrom . import x"
    assert list(foreign_imports(ast.parse(allowed))) == []


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    paths = [path for folder in ("src", "tests") for path in (ROOT / folder).rglob("*")]
    assert [path for path in paths if path.stem in EMPTY_NAMES] == []
