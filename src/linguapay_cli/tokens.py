"""``linguapay tokens``: tokens for development, as the host platform issues them."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import typer

from linguapay_cli import options
from linguapay_cli.backstage import backstage_of
from linguapay_cli.tables import print_json
from linguapay_core.domain.machine import Role

app = typer.Typer(name="tokens", help="Tokens for development.", no_args_is_help=True)


class Called(StrEnum):
    """The roles that a token may give."""

    STUDENT = Role.STUDENT
    TEACHER = Role.TEACHER
    ADMIN = Role.ADMIN
    PLATFORM = Role.PLATFORM


@app.callback()
def tokens() -> None:
    """Tokens for development."""


@app.command()
def issue(
    context: typer.Context,
    *,
    role: Annotated[list[Called], typer.Option(help="What the person is; may be given several times.")],
    person: Annotated[str, typer.Option(help="Who it is: the host platform's identifier.")],
    hours: Annotated[int, typer.Option(min=1, max=8760, help="How long the token lives.")] = 8,
    as_json: options.AsJson = False,
) -> None:
    """Issue a bearer token, as the host platform does in production."""
    roles = frozenset(Role(str(one)) for one in role)
    token = backstage_of(context).issue_token(person, roles, timedelta(hours=hours))
    if as_json:
        print_json({"token": token, "person": person, "roles": sorted(roles)})
    else:
        typer.echo(token)
