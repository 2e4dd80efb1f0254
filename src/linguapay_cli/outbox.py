"""``linguapay outbox``: the calls to Stripe that we owe, and what to do about those that got no answer."""

from __future__ import annotations

from typing import Annotated

import typer

from linguapay_cli import options
from linguapay_cli.acts import ACT, Act
from linguapay_cli.allowed import done_by, refused_by
from linguapay_cli.asking import named
from linguapay_cli.backstage import backstage_of
from linguapay_cli.lists import add_list, add_show
from linguapay_cli.login import acting_admin
from linguapay_cli.records import look_of
from linguapay_cli.tables import as_data, print_json
from linguapay_core.domain import effect_rules
from linguapay_core.domain.effect import EFFECT, Effect, EffectState, EffectTrigger

app = typer.Typer(name="outbox", help="Effects: the calls to Stripe that we owe.", no_args_is_help=True)


@app.callback()
def outbox() -> None:
    """Effects: the calls to Stripe that we owe."""


add_list(app, Effect)
add_show(app, Effect)
Act(
    Effect,
    "retry",
    "queued",
    "Let parked effects be looked for once more, and asked for again if nothing is found.\n\n"
    "A worker does it. Example: `linguapay outbox retry --state parked`",
    lambda linguapay, effect, admin_id, _: linguapay.retry_effect(effect.id, admin_id),
    is_done=done_by(EFFECT, EffectTrigger.RETRY),
    refusal=refused_by(EFFECT, EffectTrigger.RETRY),
).add_to(app)


@app.command()
def resolve(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(metavar="ID", help="The effect, or how its name begins.")],
    *,
    found_as: Annotated[
        str,
        typer.Option(metavar="STRIPE_ID", help="The object at Stripe: re_…, tr_… or pi_….", rich_help_panel=ACT),
    ],
    as_json: options.AsJson = False,
) -> None:
    """Say under which identifier an unknown or parked effect was found at Stripe.

    The object is fetched, and believed only if it has the effect's key, and its amount and its end are those that were
    asked for. Example: `linguapay outbox resolve create_refund:rfd_01… --found-as re_3P…`
    """
    with backstage_of(context).desk() as desk:
        admin_id = acting_admin(desk.linguapay)
        before = named(desk.linguapay, Effect, identifier)
        now = desk.linguapay.resolve_effect(before.id, found_as, admin_id)
    if as_json:
        print_json(as_data(now, look_of(Effect)))
    elif before.state is EffectState.SUCCEEDED:
        typer.echo(f"{now.id} was done already.")
    else:
        typer.echo(f"{now.id} was found as {found_as}, and what that says is written down.")


Act(
    Effect,
    "abandon",
    "abandoned",
    "Give parked effects up, having made sure at Stripe that they did nothing. What was set aside is free again.",
    lambda linguapay, effect, admin_id, _: linguapay.abandon_effect(effect.id, admin_id),
    is_done=lambda _, effect, __: effect.state is EffectState.REJECTED,
    refusal=lambda _, effect, *__: effect_rules.why_not_abandon(effect),
).add_to(app)
