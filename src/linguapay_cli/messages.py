"""``linguapay messages``: what we told our subscribers, or try to."""

from __future__ import annotations

import typer

from linguapay_cli.acts import Act
from linguapay_cli.lists import add_list, add_show
from linguapay_core.domain import delivery_rules
from linguapay_core.domain.delivery import Delivery, DeliveryState
from linguapay_core.domain.subscription import Subscription

app = typer.Typer(name="messages", help="Messages: what we tell our subscribers.", no_args_is_help=True)


@app.callback()
def messages() -> None:
    """Messages: what we tell our subscribers."""


add_list(app, Delivery)
add_show(app, Delivery)
Act(
    Delivery,
    "redeliver",
    "queued",
    "Send messages once more, under the same identifiers. What is still being tried is let be.\n\n"
    "A worker does it. Example: `linguapay messages redeliver --state parked`",
    lambda linguapay, message, admin_id, _: linguapay.redeliver_message(message.id, admin_id),
    is_done=lambda _, message, __: message.state in (DeliveryState.QUEUED, DeliveryState.LEASED),
    refusal=lambda linguapay, message, *_: delivery_rules.why_not_redeliver(
        linguapay.show_record(Subscription, message.subscription_id)
    ),
).add_to(app)
