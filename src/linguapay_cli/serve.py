"""``linguapay serve``: the service, for front ends and for Stripe."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from linguapay_cli.backstage import backstage_of

PEOPLE: Final = (("a student", "student", "ben"), ("a teacher", "teacher", "anna"), ("an admin", "admin", "carl"))
"""For whom a token is one command away."""


def serve(
    context: typer.Context,
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes any free one.")] = 8000,
    worker: Annotated[bool, typer.Option(help="Work off what is due, too.")] = True,
) -> None:
    """Serve the API until Ctrl-C, with a worker inside. Read what there is at /schema."""
    backstage = backstage_of(context)
    announce = _announce_sandbox if backstage.plays_stripe() else _announce
    backstage.serve(host, port, worker=worker, announce=announce)


def _announce(url: str) -> None:
    typer.echo(f"The API is at {url}, and described at {url}/schema.", err=True)


def _announce_sandbox(url: str) -> None:
    """Say loudly that this is no production, and how to come in."""
    from linguapay_cli.screen import warn  # noqa: PLC0415 - imported where it is used

    warn("SANDBOX: no STRIPE_SECRET_KEY is set, so a sandbox plays Stripe, and no real money moves.")
    _announce(url)
    for called, role, person in PEOPLE:
        typer.echo(f"A token for {called}: linguapay tokens issue --role {role} --person {person}", err=True)
