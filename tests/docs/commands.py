"""The page of the command line, drawn from the commands themselves: what `--help` says of each."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, Any

from typer.core import TyperOption

from linguapay_cli.main import ENDS, MENU
from linguapay_cli.menu import imported

if TYPE_CHECKING:
    from typer._click import Command, Context

Path = tuple[str, ...]


def leaves() -> Iterator[tuple[str, Path, Command]]:
    """Every command that does something: its heading on the menu, its words, and itself."""
    for heading, rows in MENU.items():
        for row in rows:
            for path, command in _below((row.name,), imported(row)):
                yield heading, path, command


def _below(path: Path, command: Command) -> Iterator[tuple[Path, Command]]:
    below: dict[str, Command] = getattr(command, "commands", {})
    if not below or getattr(command, "invoke_without_command", False):
        yield path, command
    for name, one in below.items():
        yield from _below((*path, name), one)


def drawn() -> Iterator[str]:
    """The parts of the page: a chapter for each heading of the menu, and in it a section for each command."""
    yield ENDS
    chapter = ""
    for heading, path, command in leaves():
        if heading != chapter:
            yield f"## {heading}"
            chapter = heading
        context = command.make_context(path[-1], [], resilient_parsing=True)
        yield f"### `linguapay {' '.join(path)}`"
        yield _told(command)
        yield f"Usage: `linguapay {' '.join([*path, *command.collect_usage_pieces(context)])}`"
        yield from _parameters(command, context)


def _told(command: Command) -> str:
    """What it does, in its own words: Typer turns line ends within a paragraph into spaces."""
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _parameters(command: Command, context: Context) -> Iterator[str]:
    rows = [_row(one, context) for one in command.get_params(context) if one.name != "help"]
    if rows:
        yield "\n".join(["| write | default | meaning |", "| --- | --- | --- |", *rows])


def _row(one: Any, context: Context) -> str:  # noqa: ANN401 - a parameter of click's
    is_option = isinstance(one, TyperOption)
    written = _option(one, context) if is_option else f"`{one.display_name_raw}`"
    default = "required" if one.required else _default(one)
    return f"| {written} | {default} | {_cell(one.help or '')} |"


def _option(one: TyperOption, context: Context) -> str:
    names = ", ".join(f"`{name}`" for name in [*one.opts, *one.secondary_opts])
    return names if one.is_flag else f"{names} `{_cell(one.metavar or one.display_type(context))}`"


def _default(one: Any) -> str:  # noqa: ANN401 - a parameter of click's
    value = one.default.value if isinstance(one.default, Enum) else one.default
    return "" if value in (None, "", False, ()) else f"`{str(value).lower() if value is True else value}`"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")
