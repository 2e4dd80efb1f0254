"""``linguapay db``: the database itself."""

from __future__ import annotations

import typer

from linguapay_cli.backstage import backstage_of

app = typer.Typer(name="db", help="The database itself.", no_args_is_help=True)


@app.callback()
def database() -> None:
    """The database itself."""


@app.command()
def upgrade(context: typer.Context) -> None:
    """Bring the database to this version's schema, all or nothing; one that is there already stays as it is."""
    revision = backstage_of(context).upgrade_database()
    typer.echo(f"The database is at revision {revision}.")
