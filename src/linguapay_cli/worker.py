"""``linguapay worker``: a worker alone, beside any number of servers."""

from __future__ import annotations

import signal
from threading import Event

import typer

from linguapay_cli.backstage import backstage_of


def worker(context: typer.Context) -> None:
    """Work off what is due until Ctrl-C: calls to Stripe, webhooks, deadlines, messages.

    One works on SQLite, any number on PostgreSQL.
    """
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    typer.echo("The worker works; Ctrl-C lets it end its step and stop.", err=True)
    backstage_of(context).work(stop)
    typer.echo("The worker has stopped.", err=True)
