"""``linguapay subscriptions``: whom we tell of our events."""

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
from linguapay_core.domain.delivery import Delivery
from linguapay_core.domain.secret import Secret
from linguapay_core.domain.subscription import SUBSCRIPTION, Subscription, SubscriptionTrigger

app = typer.Typer(name="subscriptions", help="Subscriptions: whom we tell of our events.", no_args_is_help=True)

Which = Annotated[str, typer.Argument(metavar="ID", help="The subscription, or how its identifier begins.")]


@app.callback()
def subscriptions() -> None:
    """Subscriptions: whom we tell of our events."""


add_list(app, Subscription)
add_show(app, Subscription)


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="Where to post: an address over HTTPS.")],
    *,
    event: Annotated[
        list[str] | None,
        typer.Option(metavar="TYPE", help="Tell of these alone: booking.paid, …. Several.", rich_help_panel=ACT),
    ] = None,
    description: Annotated[str, typer.Option(help="A line about it.", rich_help_panel=ACT)] = "",
    as_json: options.AsJson = False,
) -> None:
    """Tell an address of what happens from now on, signed by Standard Webhooks.

    The secret is told this once. Example: `linguapay subscriptions add https://host.example/hooks --event booking.paid`
    """
    with backstage_of(context).desk() as desk:
        added = desk.linguapay.add_subscription(url, acting_admin(desk.linguapay), event or (), description)
    _print_secret(added.subscription, added.secret, as_json=as_json)


@app.command()
def rotate(context: typer.Context, identifier: Which, *, as_json: options.AsJson = False) -> None:
    """Sign with a new secret, and for a day with the present one too.

    The new secret is told this once.
    """
    with backstage_of(context).desk() as desk:
        admin_id = acting_admin(desk.linguapay)
        subscription = named(desk.linguapay, Subscription, identifier)
        rotated = desk.linguapay.rotate_subscription_secret(subscription.id, admin_id)
    _print_secret(rotated.subscription, rotated.secret, as_json=as_json)


@app.command("test")
def try_it(context: typer.Context, identifier: Which, *, as_json: options.AsJson = False) -> None:
    """Send a message of the type `test`, whatever events are wanted. A worker does it.

    What became of it tells `linguapay messages show`.
    """
    with backstage_of(context).desk() as desk:
        admin_id = acting_admin(desk.linguapay)
        subscription = named(desk.linguapay, Subscription, identifier)
        message = desk.linguapay.send_test_message(subscription.id, admin_id)
    if as_json:
        print_json(as_data(message, look_of(Delivery)))
    else:
        typer.echo(f"{message.id} is queued.")


def _print_secret(subscription: Subscription, secret: Secret, *, as_json: bool) -> None:
    if as_json:
        print_json({**as_data(subscription, look_of(Subscription)), "secret": secret.reveal()})
        return
    typer.echo(f"{subscription.id} tells {subscription.url}.")
    typer.echo(f"Its secret, told this once: {secret.reveal()}")


Act(
    Subscription,
    "pause",
    "paused",
    "Tell subscriptions nothing for now. What happens meanwhile isn't told later.",
    lambda linguapay, one, admin_id, _: linguapay.pause_subscription(one.id, admin_id),
    is_done=done_by(SUBSCRIPTION, SubscriptionTrigger.PAUSE),
    refusal=refused_by(SUBSCRIPTION, SubscriptionTrigger.PAUSE),
).add_to(app)
Act(
    Subscription,
    "resume",
    "resumed",
    "Tell subscriptions again that were paused, or disabled because they failed for days.",
    lambda linguapay, one, admin_id, _: linguapay.resume_subscription(one.id, admin_id),
    is_done=done_by(SUBSCRIPTION, SubscriptionTrigger.RESUME),
    refusal=refused_by(SUBSCRIPTION, SubscriptionTrigger.RESUME),
).add_to(app)
Act(
    Subscription,
    "remove",
    "removed",
    "Never tell subscriptions anything again, and forget their secrets.",
    lambda linguapay, one, admin_id, _: linguapay.remove_subscription(one.id, admin_id),
    is_done=done_by(SUBSCRIPTION, SubscriptionTrigger.REMOVE),
    refusal=refused_by(SUBSCRIPTION, SubscriptionTrigger.REMOVE),
).add_to(app)
