"""Every variable that LinguaPay reads: its type, its default, its meaning.

Also from ``.env``; secrets are never shown.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.money import BASIS_POINTS, Currency, currency_named
from linguapay_core.domain.policies import FeePolicy, Policies

LIVE: Final = "_live_"
_DATABASE: Final = re.compile(r"sqlite:///.|postgresql(\+psycopg)?://")


class Settings(BaseSettings):
    """What is set, and what a variable that isn't set means."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, populate_by_name=True, hide_input_in_errors=True
    )

    stripe_secret_key: SecretStr = Field(
        default=SecretStr(""),
        alias="STRIPE_SECRET_KEY",
        description="Stripe's secret key. Without one the sandbox is used: no account is needed, and no money moves.",
    )
    stripe_publishable_key: str = Field(
        default="", alias="STRIPE_PUBLISHABLE_KEY", description="Stripe's publishable key, which browsers are given."
    )
    stripe_webhook_secret: SecretStr = Field(
        default=SecretStr(""),
        alias="STRIPE_WEBHOOK_SECRET",
        description="The webhook endpoint's signing secret; several, separated by commas, while rotating.",
    )
    payment_currency: str = Field(
        default="USD", alias="PAYMENT_CURRENCY", description="The currency of gigs that name none (ISO 4217)."
    )
    platform_fee_percentage: Decimal = Field(
        default=Decimal("0.05"),
        alias="PLATFORM_FEE_PERCENTAGE",
        ge=0,
        lt=1,
        description="The platform's fee as a part of the price: 0.05 is 5 %. At most four decimals, below 1.",
    )
    minimum_platform_fee_cents: int = Field(
        default=100, alias="MINIMUM_PLATFORM_FEE_CENTS", ge=0, description="The least fee, in minor units."
    )
    database_url: SecretStr = Field(
        default=SecretStr("sqlite:///linguapay.db"),
        alias="LINGUAPAY_DATABASE_URL",
        description="Where everything is kept: an SQLite file (sqlite:///name.db) or PostgreSQL (postgresql://…).",
    )

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
    def webhook_secrets(self) -> tuple[str, ...]:
        """The signing secrets, one or several while rotating."""
        parts = self.stripe_webhook_secret.get_secret_value().split(",")
        return tuple(part.strip() for part in parts if part.strip())

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


def read_settings() -> Settings:
    """What the environment and ``.env`` say. Raises ``Invalid``, naming the first variable that isn't what it must be.

    What it was set to is never told: it may be a secret.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        variable = ".".join(map(str, first["loc"])) or "settings"
        raise Invalid(variable, first["msg"].removeprefix("Value error, ")) from None
