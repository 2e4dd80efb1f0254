"""``linguapay webhooks``: what Stripe told us, and looking at it once more."""

from __future__ import annotations

import typer

from linguapay_cli.acts import Act
from linguapay_cli.allowed import done_by, refused_by
from linguapay_cli.lists import add_list, add_show
from linguapay_core.domain.webhook_event import WEBHOOK_EVENT, WebhookEvent, WebhookTrigger

app = typer.Typer(name="webhooks", help="Webhook events: what Stripe told us.", no_args_is_help=True)


@app.callback()
def webhooks() -> None:
    """Webhook events: what Stripe told us."""


add_list(app, WebhookEvent)
add_show(app, WebhookEvent)
Act(
    WebhookEvent,
    "replay",
    "queued",
    "Look once more at the objects that events were about. That is harmless: only the object counts.\n\n"
    "A worker does it. Example: `linguapay webhooks replay --state parked --dry-run`",
    lambda linguapay, event, admin_id, _: linguapay.replay_webhook_event(event.id, admin_id),
    is_done=done_by(WEBHOOK_EVENT, WebhookTrigger.REPLAY),
    refusal=refused_by(WEBHOOK_EVENT, WebhookTrigger.REPLAY),
).add_to(app)
