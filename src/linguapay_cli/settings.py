"""``linguapay settings``: what is set, and where."""

from __future__ import annotations

import typer

from linguapay_cli import options
from linguapay_cli.backstage import Setting, backstage_of
from linguapay_cli.tables import print_json


def settings(context: typer.Context, *, as_json: options.AsJson = False, plain: options.Plain = False) -> None:
    """Show what is set, and where; secrets are masked.

    A variable stands in the environment, in the file `.env` of this folder, or in a file that another variable names.
    What each means stands in docs/settings.md and in `--json`.
    """
    from linguapay_cli.screen import screen, show, table  # noqa: PLC0415 - imported where it is used

    told = backstage_of(context).settings()
    if as_json:
        print_json([_shape(one) for one in told])
    elif plain:
        for one in told:
            typer.echo(f"{one.variable}: {one.value or 'nothing'}, from {one.origin}.")
    else:
        made = table("Variable", "Value", "From", fill="Value")
        made.columns[0].no_wrap = True
        for one in told:
            made.add_row(one.variable, one.value, one.origin)
        show(made, screen())


def _shape(told: Setting) -> dict[str, str]:
    return {
        "variable": told.variable,
        "value": told.value,
        "origin": told.origin,
        "default": told.default,
        "meaning": told.meaning,
    }
