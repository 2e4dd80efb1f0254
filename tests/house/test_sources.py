"""What a machine can see of the house's rules: what the core may import and hold, names, and the smells of tests."""

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
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


def mocks(tree: ast.Module) -> Iterator[str]:
    """Name every call that stands in for a part that exists."""
    for line, name in calls(tree):
        if name.endswith("Mock"):
            yield f"{line}: calls {name}"


def sleeps(tree: ast.Module) -> Iterator[str]:
    """Name every call that waits for the real clock, be it by an event that its function makes and nobody can set."""
    for line, name in calls(tree):
        if name == "sleep":
            yield f"{line}: calls sleep"
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from unset_events(function)


def unset_events(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Name every event with which a function does nothing but wait for it."""
    made, read, waited = set(), Counter[str](), Counter[str]()
    for node in ast.walk(function):
        match node:
            case ast.Assign() if "Event" in (name for _, name in calls(node)):
                made |= {one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)}
            case ast.Name(id=name, ctx=ast.Load()):
                read[name] += 1
            case ast.Attribute(value=ast.Name(id=name), attr="wait"):
                waited[name] += 1
            case _:
                pass
    for name in sorted(made):
        if waited[name] and waited[name] == read[name]:
            yield f"{function.lineno}: nobody sets {name}"


def calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The line of every call, and the name of what is called."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                yield node.lineno, name
            case _:
                pass


def imported_tests(tree: ast.Module) -> Iterator[str]:
    """Name every import from a module of tests: a stage that several stand on has a module of its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests"):
            for name in (node.module or "", *(alias.name for alias in node.names)):
                if name.rpartition(".")[2].startswith("test_"):
                    yield f"{node.lineno}: imports {name}"


@cache
def parsed(path: Path) -> ast.Module:
    """Read a module, once for all rules."""
    return ast.parse(path.read_text(encoding="utf-8"))


def offences(folder: str, rule: Callable[[ast.Module], Iterator[str]]) -> list[str]:
    """Apply one rule to every module below a folder."""
    return [
        f"{path.relative_to(ROOT)}:{offence}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for offence in rule(parsed(path))
    ]


@pytest.mark.parametrize(
    ("folder", "rule"),
    [
        (CORE, foreign_imports),
        (CORE, floats),
        ("src", empty_class_names),
        ("tests", mocks),
        ("tests", imported_tests),
    ],
)
def test_the_rule_holds_in_the_whole_folder(folder: str, rule: Callable[[ast.Module], Iterator[str]]) -> None:
    assert offences(folder, rule) == []


def test_tests_wait_for_the_real_clock_in_one_place() -> None:
    assert [offence.partition(":")[0] for offence in offences("tests", sleeps)] == ["tests/patience.py"]


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
        (mocks, "gateway = MagicMock()", "1: calls MagicMock"),
        (sleeps, "time.sleep(1)", "1: calls sleep"),
        (
            sleeps,
            "def f():\n    nobody = Event()\n    while not so():\n        nobody.wait(1)",
            "1: nobody sets nobody",
        ),
        (sleeps, "def f():\n    end, nobody = now(), threading.Event()\n    nobody.wait(1)", "1: nobody sets nobody"),
        (imported_tests, "from tests.cli.test_desk import laid", "1: imports tests.cli.test_desk"),
        (imported_tests, "from tests.cli import desk, test_desk", "1: imports test_desk"),
    ],
)
def test_each_rule_sees_what_it_forbids(rule: Callable[[ast.Module], Iterator[str]], source: str, seen: str) -> None:
    assert list(rule(ast.parse(source))) == [seen]


def test_an_event_that_somebody_sets_may_be_waited_for() -> None:
    source = "def f():\n    begun = Event()\n    Thread(target=begun.set).start()\n    assert begun.wait(1)"
    assert list(sleeps(ast.parse(source))) == []


def test_the_core_may_use_the_pure_standard_library_and_itself() -> None:
    allowed = "import dataclasses\nfrom datetime import UTC\nfrom linguapay_core.domain import money\nfrom . import x"
    assert list(foreign_imports(ast.parse(allowed))) == []


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    paths = [path for folder in ("src", "tests") for path in (ROOT / folder).rglob("*")]
    assert [path for path in paths if path.stem in EMPTY_NAMES] == []
