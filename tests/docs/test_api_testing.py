"""What docs/api-testing.md shows is so: its servers are started, its commands typed from top to bottom.

The ports of the page are exchanged for free ones.
"""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.docs import blocks

PAGE: Final = "docs/api-testing.md"
PORTS: Final = ("8000", "12111", "9000")
"""Where the page's service, sandbox and receiver listen."""

PATIENCE_SECONDS: Final = 30


def free_ports() -> list[str]:
    """As many free ports as the page has."""
    with ExitStack() as taken:
        sockets = [taken.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in PORTS]
        return [str(one.getsockname()[1]) for one in sockets]


@pytest.fixture
def page() -> list[blocks.Block]:
    """The page's blocks, on free ports."""
    text = (blocks.ROOT / PAGE).read_text(encoding="utf-8")
    for port, free in zip(PORTS, free_ports(), strict=True):
        text = re.sub(rf"(?<=[: ]){port}\b", free, text)
    return blocks.read(PAGE, text)


def of(kind: str, page: list[blocks.Block]) -> list[blocks.Block]:
    """The blocks of one kind, in order."""
    return [block for block in page if block.info.startswith(f"{kind} ")]


@contextmanager
def running(command: str, folder: Path) -> Iterator[None]:
    """A server of the page's, from a terminal of its own, until it isn't needed any more."""
    log = folder / f"{command.replace(' ', '-')}.log"
    with (
        log.open("w") as told,
        subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command}"],
            cwd=folder,
            env=blocks.surroundings(folder),
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=subprocess.STDOUT,
        ) as server,
    ):
        try:
            yield
        finally:
            server.terminate()
            try:
                server.wait(PATIENCE_SECONDS)
            finally:
                server.kill()


def test_every_command_of_the_page_is_answered_as_it_shows(page: list[blocks.Block], tmp_path: Path) -> None:
    (receiver,) = of("python", page)
    (tmp_path / "receiver.py").write_text("\n".join(receiver.lines), encoding="utf-8")
    with ExitStack() as terminals:
        for terminal in of("sh", page):
            (command,) = terminal.lines
            terminals.enter_context(running(command, tmp_path))
        blocks.converse(of("console", page), tmp_path)


def test_a_shell_keeps_what_it_was_told_from_one_console_to_the_next(tmp_path: Path) -> None:
    """Variables, functions, and commands of several lines."""
    first = '```console x\n$ a=1\n$ say() {\n>   echo "$1"\n> }\n```\n'
    second = '```console x\n$ say "$a\n> 2"\n1\n2\n```\n'
    blocks.converse(blocks.read("page", f"{first}and\n{second}"), tmp_path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("```console x\n$ a=1\n$ echo $a\n2\n$ exit 3\n```\n", "`echo .a` said:\n1\n"),
        ("```console x\n$ a=1\n$ (echo no; exit 3)\n2\n$ echo\n```\n", "ended with 3 and said:\nno\n"),
    ],
)
def test_the_first_command_that_goes_otherwise_is_named(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(blocks.BlockError, match=rf"^page:1: (?s:.*){why}"):
        blocks.converse(blocks.read("page", text), tmp_path)


def test_a_conversation_without_end_is_broken_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "LONGEST_CONVERSATION_SECONDS", 0.1)
    endless = blocks.read("page", "```console x\n$ until false; do :; done\n```\n")
    with pytest.raises(blocks.BlockError, match="`until false; do :; done` ended with -9"):
        blocks.converse(endless, tmp_path)
