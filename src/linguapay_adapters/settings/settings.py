"""What can't be meant by the variables together, and what follows from them."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, tzinfo
from decimal import Decimal
from ipaddress import ip_network
from typing import Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ConfigDict, SecretStr, field_validator, model_validator

from linguapay_adapters.settings.variables import Variables
from linguapay_core.domain.house import Mode
from linguapay_core.domain.money import BASIS_POINTS, Currency, currency_named
from linguapay_core.domain.policies import FeePolicy, Policies

LIVE: Final = "_live_"
SHORTEST_SECRET: Final = 32
"""As many bytes as HS256's hash has (RFC 7518, section 3.2)."""
_DATABASE: Final = re.compile(r"sqlite:///.|postgresql(\+psycopg)?://")


class Settings(Variables):
    """What is set, and agrees. Raises ``ValidationError`` for what can't be meant."""

    model_config = ConfigDict(defer_build=False)

    @field_validator("platform_fee_percentage")
    @classmethod
    def _whole_basis_points(cls, value: Decimal) -> Decimal:
        if value * BASIS_POINTS % 1:
            raise ValueError("a fee has at most four decimals, as 0.0525 for 5.25 %")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr) -> SecretStr:
        if not _DATABASE.match(value.get_secret_value()):
            raise ValueError("a database is sqlite:///name.db or postgresql://user@host/name")
        return value

    @field_validator("payment_currency")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        return currency_named(value, field="PAYMENT_CURRENCY").code

    @field_validator("http_trusted_proxies")
    @classmethod
    def _known_proxies(cls, value: str) -> str:
        try:
            for proxy in _parts(value):
                ip_network(proxy)
        except ValueError as error:
            raise ValueError("a proxy is an address or a network, as 10.0.0.7 or 10.0.0.0/8") from error
        return value

    @field_validator("time_zone")
    @classmethod
    def _zone_is_known(cls, name: str) -> str:
        _zone_named(name)
        return name

    @model_validator(mode="after")
    def _keys_agree(self) -> Self:
        secret, publishable = self.stripe_secret_key.get_secret_value(), self.stripe_publishable_key
        if secret and publishable and (LIVE in secret) != (LIVE in publishable):
            raise ValueError(
                "STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY are of different modes; take both live or both test"
            )
        if secret and not self.webhook_secrets:
            raise ValueError(
                "STRIPE_WEBHOOK_SECRET is missing beside a real STRIPE_SECRET_KEY; copy it from the webhook endpoint"
            )
        if secret and not publishable:
            raise ValueError(
                "STRIPE_PUBLISHABLE_KEY is missing beside a real STRIPE_SECRET_KEY; browsers need it to take cards"
            )
        return self

    @model_validator(mode="after")
    def _tokens_can_be_checked(self) -> Self:
        secret = self.jwt_secret.get_secret_value()
        if sum(map(bool, (secret, self.jwt_public_key, self.jwt_jwks_url))) > 1:
            raise ValueError(
                "LINGUAPAY_JWT_SECRET, LINGUAPAY_JWT_PUBLIC_KEY and LINGUAPAY_JWT_JWKS_URL exclude each other; keep one"
            )
        if secret and len(secret.encode()) < SHORTEST_SECRET:
            raise ValueError(f"LINGUAPAY_JWT_SECRET is shorter than {SHORTEST_SECRET} bytes; take a longer one")
        return self

    @model_validator(mode="after")
    def _stripe_takes_no_thread_from_all(self) -> Self:
        if self.http_stripe_calls >= self.http_threads:
            raise ValueError("LINGUAPAY_HTTP_STRIPE_CALLS must be below LINGUAPAY_HTTP_THREADS; lower it")
        return self

    @property
    def uses_sandbox(self) -> bool:
        """Whether Stripe is played by the sandbox."""
        return not self.stripe_secret_key.get_secret_value()

    @property
    def live(self) -> bool:
        """Whether real money moves."""
        return LIVE in self.stripe_secret_key.get_secret_value()

    @property
    def mode(self) -> Mode:
        """Who plays Stripe, and whether money moves."""
        if self.uses_sandbox:
            return Mode.SANDBOX
        return Mode.LIVE if self.live else Mode.TEST

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """The signing secrets, one or several while rotating."""
        return tuple(_parts(self.stripe_webhook_secret.get_secret_value()))

    @property
    def currency(self) -> Currency:
        """The currency of gigs that name none."""
        return currency_named(self.payment_currency)

    @property
    def policies(self) -> Policies:
        """The marketplace's policies, with the fee that is set."""
        rate_bps = int(self.platform_fee_percentage * BASIS_POINTS)
        fee = FeePolicy(self.currency, rate_bps=rate_bps, minimum_minor=self.minimum_platform_fee_cents)
        return Policies(fees=(fee,))

    @property
    def allowed_origins(self) -> list[str]:
        """The web sites whose pages may ask us."""
        return _parts(self.http_allowed_origins)

    @property
    def trusted_proxies(self) -> list[str]:
        """Whose word we take for where a request comes from."""
        return _parts(self.http_trusted_proxies)

    @property
    def traces_to(self) -> str:
        """Where traces are sent, if they are asked for."""
        return self.traces_endpoint or self.otel_endpoint

    @property
    def worker_interval(self) -> timedelta:
        """How long a worker waits after a round that found nothing to do."""
        return timedelta(milliseconds=int(self.worker_interval_seconds * 1000))

    @property
    def worker_heartbeat_limit(self) -> timedelta:
        """How long no worker may be heard."""
        return timedelta(seconds=self.worker_heartbeat_limit_seconds)

    @property
    def zone(self) -> tzinfo:
        """The zone of the marketplace's days."""
        return _zone_named(self.time_zone)

    @property
    def keys_kept(self) -> timedelta:
        """How long idempotency keys are remembered."""
        return timedelta(days=self.idempotency_keys_kept_days)


def _parts(said: str) -> list[str]:
    """What stands between commas."""
    return [part.strip() for part in said.split(",") if part.strip()]


def _zone_named(name: str) -> tzinfo:
    """A zone by its IANA name. UTC needs no time zone database."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("there is no time zone of this name; use an IANA name, as Europe/Paris") from error
