"""``linguapay sandbox``: the stand-in that plays Stripe."""

from __future__ import annotations

from threading import Event
from typing import Annotated

import typer

from linguapay_cli.backstage import backstage_of

app = typer.Typer(name="sandbox", help="The stand-in that plays Stripe.", no_args_is_help=True)


@app.callback()
def sandbox() -> None:
    """The stand-in that plays Stripe."""


@app.command()
def serve(
    context: typer.Context,
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes any free one.")] = 12111,
) -> None:
    """Serve Stripe's API from the sandbox beside the database, until Ctrl-C. Its keys are no secrets."""
    from linguapay_cli.screen import warn  # noqa: PLC0415 - imported where it is used

    with backstage_of(context).served_sandbox(host, port) as url:
        warn("This isn't Stripe but a sandbox that plays it: no real money moves.")
        typer.echo(f"The sandbox listens on {url}; Ctrl-C ends it.")
        typer.echo("Secret key sk_test_sandbox, publishable key pk_test_sandbox, webhook secret whsec_sandbox.")
        _until_interrupted()


def _until_interrupted() -> None:
    """Wait for Ctrl-C, which is how this command is meant to end."""
    try:
        Event().wait()
    except KeyboardInterrupt:
        typer.echo("")
