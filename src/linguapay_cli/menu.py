"""The menu: a table of the commands, each of which is imported when it is called.

The menu itself, shell completion and "did you mean" need no more than a command's name and its line of help.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, TypeAlias

import typer
from typer.core import MarkupMode, TyperCommand, TyperGroup
from typer.main import get_group

if TYPE_CHECKING:
    from typer._click import Command, Context

MARKUP: Final[MarkupMode] = "markdown"
"""How the texts of all commands are marked up."""


class Row(NamedTuple):
    """A command: its name, where it is (``module:attribute``, a function or a Typer app), and what it does.

    ``line`` is the first sentence of the command's own help.
    """

    name: str
    where: str
    line: str


Menu: TypeAlias = Mapping[str, Sequence[Row]]
"""The commands under their headings."""


class LateGroup(TyperGroup):
    """A group of the commands that stand on a menu: until one is called, its line of help stands for it."""

    menu: ClassVar[Menu] = {}

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - Typer's own, handed on
        super().__init__(**attributes)
        self._rows = {row.name: row for rows in self.menu.values() for row in rows}
        for heading, rows in self.menu.items():
            for row in rows:
                self.add_command(TyperCommand(row.name, help=row.line, rich_help_panel=heading))

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """Find the command that is called, and import it."""
        if row := self._rows.get(args[0]):
            self.add_command(imported(row))
        return super().resolve_command(ctx, args)


def of(menu: Menu) -> type[LateGroup]:
    """The class of a Typer app whose commands stand on this menu."""
    return type("Group", (LateGroup,), {"menu": menu})


def imported(row: Row) -> Command:
    """The command itself."""
    module, _, attribute = row.where.partition(":")
    found = getattr(import_module(module), attribute)
    group = typer.Typer(rich_markup_mode=MARKUP, pretty_exceptions_enable=False)
    if isinstance(found, typer.Typer):
        group.add_typer(found, name=row.name)
    else:
        group.command(row.name)(found)
    return get_group(group).commands[row.name]
