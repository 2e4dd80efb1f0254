"""``linguapay alarms``: what a person should look at."""

from __future__ import annotations

import typer

from linguapay_cli.acts import NOTE, Act
from linguapay_cli.lists import add_list, add_show
from linguapay_core.domain.alarm import Alarm

app = typer.Typer(name="alarms", help="Alarms: what a person should look at.", no_args_is_help=True)


@app.callback()
def alarms() -> None:
    """Alarms: what a person should look at."""


add_list(app, Alarm, usual={"open": True})
add_show(app, Alarm)
Act(
    Alarm,
    "clear",
    "cleared",
    "Clear alarms that somebody has looked at. The same thing seen again raises a new one.\n\n"
    "Example: `linguapay alarms clear --rule cash_unexplained --note 'A top-up of ours.'`",
    lambda linguapay, alarm, admin_id, given: linguapay.clear_alarm(alarm.id, admin_id, given["note"]),
    is_done=lambda _, alarm, __: alarm.cleared_at is not None,
    extras=(NOTE,),
).add_to(app)
