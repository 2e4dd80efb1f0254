"""``linguapay db``: the database itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linguapay_cli import options
from linguapay_cli.backstage import backstage_of
from linguapay_cli.confirming import confirm
from linguapay_cli.progress import progress
from linguapay_cli.tables import print_json

app = typer.Typer(name="db", help="The database itself.", no_args_is_help=True)


@app.callback()
def database() -> None:
    """The database itself."""


@app.command()
def upgrade(context: typer.Context) -> None:
    """Bring the database to this version's schema, all or nothing; one that is there already stays as it is."""
    revision = backstage_of(context).upgrade_database()
    typer.echo(f"The database is at revision {revision}.")


@app.command()
def check(context: typer.Context, *, as_json: options.AsJson = False, plain: options.Plain = False) -> None:
    """Check the database itself: its schema, its files, what keeps the books append-only, the role's rights.

    Ends with 0 only if all of it holds, and with 1 if anything doesn't. What the books say checks `books verify`.
    """
    from linguapay_cli.exits import OFF  # noqa: PLC0415 - imported where it is used
    from linguapay_cli.screen import screen, show, table, verdict_sign  # noqa: PLC0415

    findings = backstage_of(context).check_database()
    holds = all(one.holds for one in findings)
    if as_json:
        told = [{"rule": one.rule, "holds": one.holds, "found": one.found} for one in findings]
        print_json({"holds": holds, "findings": told})
    else:
        made = table("", "What", "Found", fill="Found")
        for one in findings:
            made.add_row(verdict_sign(holds=one.holds), one.rule, one.found)
        show(made, screen(), plain=plain)
    if not holds:
        raise typer.Exit(OFF)


@app.command()
def backup(context: typer.Context, file: Annotated[Path, typer.Argument(help="A new file.")]) -> None:
    """Copy the database to a file, as it is at one moment; nobody who writes to it has to wait.

    The file gets its name when it is whole, and is for its owner alone: it holds everything. With the sandbox its state
    goes with it, in a file beside. PostgreSQL's `pg_dump` must be on the PATH.

    Example: `linguapay db backup nightly.db`
    """
    with progress("Copying") as seen:
        made = backstage_of(context).back_up(file, seen)
    typer.echo(f"Backed up to {' and '.join(map(str, made))}.")


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A backup.")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Replace what is there: it is lost.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Put a backup in the place of the database: a new or an empty one, unless it may be replaced.

    The backup is checked first. Stop servers and workers before. All of it is restored or, whatever happens, nothing.

    A PostgreSQL database is replaced only by a backup of the same revision, and while nobody is connected to it. If
    that is cut off at its end, the database opens for nobody until it is restored again.
    """
    if replace and not yes:
        confirm("Replace the database, and lose what is in it?")
    with progress("Restoring") as seen:
        used = backstage_of(context).restore(file, seen, replace=replace)
    typer.echo(f"Restored {' and '.join(map(str, used))}.")
    typer.echo("Look at it with `linguapay db check` and `linguapay books verify --no-stripe`.")
