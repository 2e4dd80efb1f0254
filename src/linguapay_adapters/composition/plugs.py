"""Every port of LinguaPay, with the boundary around it."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from linguapay_adapters.composition.gate import gated
from linguapay_adapters.composition.late import late
from linguapay_adapters.composition.playing import SANDBOX_SECRET_KEY, SANDBOX_WEBHOOK_SECRET
from linguapay_adapters.composition.tokens import identity
from linguapay_adapters.messenger.messenger import HttpMessenger, usual_trust
from linguapay_adapters.messenger.post import Way
from linguapay_adapters.settings import Settings
from linguapay_adapters.sql.folding import SqlProjections
from linguapay_adapters.sql.reports import SqlReports
from linguapay_adapters.sql.stored_answers import SqlStoredAnswers
from linguapay_adapters.sql.transactions import SqlTransactions
from linguapay_adapters.sql.watch import SqlWatch
from linguapay_adapters.stripe.webhook_reader import StripeWebhookReader
from linguapay_adapters.telling.boundary import Boundary, OnCrossing
from linguapay_core.application import Ports
from linguapay_core.domain.answer import Answered
from linguapay_core.domain.policies import Policies
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.identifiers import Identifiers

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox


def ports(
    engine: Engine,
    clock: Clock,
    identifiers: Identifiers,
    policies: Policies,
    *,
    on_crossing: OnCrossing,
    stripe: StripeSandbox | None = None,
    settings: Settings | None = None,
) -> Ports:
    """Every port: with the sandbox or the account that the settings name; ``on_crossing`` sees every call."""
    watch = SqlWatch(engine)
    if stripe is not None:
        gateway = late(lambda: _to_sandbox(stripe), own_account=lambda: Answered(stripe.account_id))
        reader = StripeWebhookReader([SANDBOX_WEBHOOK_SECRET], clock, live=False)
    else:
        assert settings is not None, "without a sandbox the settings name the account"
        key = settings.stripe_secret_key.get_secret_value()
        gateway = gated(late(lambda: _to_stripe(key)), watch=watch, mode=settings.mode, clock=clock)
        reader = StripeWebhookReader(settings.webhook_secrets, clock, live=settings.live)
    boundary = Boundary(on_crossing)
    return Ports(
        transactions=boundary.around_transactions(SqlTransactions(engine)),
        reports=boundary.around("reports", SqlReports(engine)),
        projections=boundary.around("projections", SqlProjections(engine)),
        gateway=boundary.around_gateway(gateway),
        webhook_reader=boundary.around("webhook_reader", reader),
        messenger=boundary.around_outside(
            "messenger", HttpMessenger(Way(usual_trust, this_machine=stripe is not None))
        ),
        stored_answers=boundary.around("stored_answers", SqlStoredAnswers(engine)),
        watch=boundary.around("watch", watch),
        identity=boundary.around_outside("identity", late(lambda: identity(settings, clock))),
        clock=clock,
        identifiers=identifiers,
        policies=policies,
        live=settings is not None and settings.live,
        zone=UTC if settings is None else settings.zone,
    )


def _to_stripe(secret_key: str) -> Gateway:
    from linguapay_adapters.stripe.client import connect  # noqa: PLC0415 - imported where it is used
    from linguapay_adapters.stripe.gateway import StripeGateway  # noqa: PLC0415

    return StripeGateway(connect(secret_key))


def _to_sandbox(stripe: StripeSandbox) -> Gateway:
    from linguapay_adapters.stripe.client import connect  # noqa: PLC0415 - imported where it is used
    from linguapay_adapters.stripe.gateway import StripeGateway  # noqa: PLC0415
    from linguapay_adapters.stripe_sandbox.in_process import SandboxHTTPClient  # noqa: PLC0415

    return StripeGateway(connect(SANDBOX_SECRET_KEY, http_client=SandboxHTTPClient(stripe)))
