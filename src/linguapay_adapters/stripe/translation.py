"""Stripe's objects in our words. A status or a shape that no table here knows makes the whole body foreign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

from linguapay_adapters.stripe.amounts import from_stripe, money_at
from linguapay_adapters.stripe.reading import (
    Document,
    ForeignBody,
    expect,
    id_at,
    inner,
    inner_or_none,
    instant,
    integer,
    text,
    text_or_empty,
    truth,
)
from linguapay_core.domain.money import CURRENCIES, Currency, Money
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.secret import Secret
from linguapay_core.domain.seen import (
    Declined,
    ForeignCash,
    IntentStatus,
    RefundStatus,
    SeenAccount,
    SeenCash,
    SeenCharge,
    SeenIntent,
    SeenMethod,
    SeenRefund,
    SeenReversal,
    SeenSetup,
    SeenTransfer,
)

KEY: Final = "linguapay_key"
"""The name in an object's metadata under which our key of the attempt stands."""

INTENT_STATUS: Final = {
    "requires_payment_method": IntentStatus.REQUIRES_METHOD,
    "requires_confirmation": IntentStatus.REQUIRES_CONFIRMATION,
    "requires_action": IntentStatus.REQUIRES_ACTION,
    "processing": IntentStatus.PROCESSING,
    "succeeded": IntentStatus.SUCCEEDED,
    "canceled": IntentStatus.CANCELLED,
}
"""Without ``requires_capture``: we never ask for it, so an intent in it isn't ours."""

REFUND_STATUS: Final = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}

CAUSES: Final = {
    "charge": (ObjectKind.INTENT, "payment_intent"),
    "refund": (ObjectKind.REFUND, "id"),
    "transfer": (ObjectKind.TRANSFER, "id"),
    "transfer_reversal": (ObjectKind.TRANSFER, "transfer"),
}
"""What caused a movement -> what is told of it, and where the id of that stands."""

CAN_RECEIVE: Final = {"active": True, "inactive": False, "pending": False}

_CHARGED: Final = frozenset({IntentStatus.PROCESSING, IntentStatus.SUCCEEDED})
"""In every other status the latest charge, if there is one, failed: that is told by ``declined``."""

MeaningT = TypeVar("MeaningT")


def customer(document: Document) -> str:
    """Tell the id of a customer (Stripe: The Customer object)."""
    expect(document, "customer")
    return text(document, "id")


def cash(document: Document) -> SeenCash:
    """Translate a balance transaction (Stripe: The Balance Transaction object), its source expanded in a list."""
    expect(document, "balance_transaction")
    source = document.get("source")
    caused = inner(document, "source") if isinstance(source, dict) else {}
    object_kind, place = CAUSES.get(text_or_empty(caused, "object"), (ObjectKind.OTHER, ""))
    object_id = id_at(caused, place)
    return SeenCash(
        id=text(document, "id"),
        kind=text(document, "type"),
        amount=money_at(document, "amount"),
        fee=money_at(document, "fee"),
        source=id_at(document, "source"),
        created_at=instant(document, "created"),
        object_kind=object_kind if object_id else ObjectKind.OTHER,
        object_id=object_id,
    )


def cash_in_list(document: Document) -> SeenCash | ForeignCash:
    """Translate a balance transaction, or name one in a currency that we can't count in."""
    code = text(document, "currency").upper()
    if code in CURRENCIES:
        return cash(document)
    return ForeignCash(text(document, "id"), text(document, "type"), code, id_at(document, "source"))


def intent(document: Document) -> SeenIntent:
    """Translate a PaymentIntent (Stripe: The PaymentIntent object), its charge expanded where it counts."""
    expect(document, "payment_intent")
    status = _meaning(document, "status", INTENT_STATUS)
    metadata = inner(document, "metadata")
    charge_document = inner_or_none(document, "latest_charge") if status in _CHARGED else None
    error = inner_or_none(document, "last_payment_error")
    return SeenIntent(
        id=text(document, "id"),
        status=status,
        amount=money_at(document, "amount"),
        received=money_at(document, "amount_received"),
        live=truth(document, "livemode"),
        customer_id=id_at(document, "customer"),
        payment_id=text_or_empty(metadata, "payment_id"),
        key=text_or_empty(metadata, KEY),
        charge=None if charge_document is None else charge(charge_document),
        declined=None if error is None else declined(error),
        client_secret=_secret(document),
        action_url=_action_url(document),
    )


def charge(document: Document) -> SeenCharge:
    """Translate a charge (Stripe: The Charge object)."""
    expect(document, "charge")
    details = inner_or_none(document, "payment_method_details") or {}
    card = inner_or_none(details, "card") or {}
    return SeenCharge(
        id=text(document, "id"),
        amount=money_at(document, "amount"),
        card_brand=text_or_empty(card, "brand"),
        card_last4=text_or_empty(card, "last4"),
        cash=_cash_at(document, "balance_transaction"),
    )


def declined(error: Document) -> Declined:
    """Translate the error of an attempt to pay (Stripe: Errors)."""
    method = inner_or_none(error, "payment_method") or {}
    card = inner_or_none(method, "card") or {}
    return Declined(
        code=text_or_empty(error, "code"),
        decline_code=text_or_empty(error, "decline_code"),
        message=text_or_empty(error, "message"),
        card_brand=text_or_empty(card, "brand"),
    )


def refund(document: Document) -> SeenRefund:
    """Translate a refund (Stripe: The Refund object)."""
    expect(document, "refund")
    return SeenRefund(
        id=text(document, "id"),
        intent_id=id_at(document, "payment_intent"),
        status=_meaning(document, "status", REFUND_STATUS),
        amount=money_at(document, "amount"),
        key=_key(document),
        failure_reason=text_or_empty(document, "failure_reason"),
        cash=_cash_at(document, "balance_transaction"),
        returned=_cash_at(document, "failure_balance_transaction"),
    )


def reversal(document: Document) -> SeenReversal:
    """Translate a reversal of a transfer (Stripe: The Transfer Reversal object)."""
    expect(document, "transfer_reversal")
    return SeenReversal(
        id=text(document, "id"),
        amount=money_at(document, "amount"),
        cash=_cash_at(document, "balance_transaction"),
    )


def transfer(document: Document) -> SeenTransfer:
    """Translate a transfer (Stripe: The Transfer object), without its reversals, which are listed apart."""
    expect(document, "transfer")
    return SeenTransfer(
        id=text(document, "id"),
        amount=money_at(document, "amount"),
        account_id=id_at(document, "destination"),
        group=text_or_empty(document, "transfer_group"),
        key=_key(document),
        cash=_cash_at(document, "balance_transaction"),
    )


def account(document: Document) -> SeenAccount:
    """Translate a connected account (Stripe: The Account object)."""
    expect(document, "account")
    metadata = inner_or_none(document, "metadata") or {}
    capabilities = inner_or_none(document, "capabilities") or {}
    return SeenAccount(
        id=text(document, "id"),
        teacher_id=text_or_empty(metadata, "teacher_id"),
        can_receive="transfers" in capabilities and _meaning(capabilities, "transfers", CAN_RECEIVE),
    )


def account_id(document: Document) -> str:
    """Tell which account it is, ours or a connected one (Stripe: The Account object)."""
    expect(document, "account")
    return text(document, "id")


def onboarding_link(document: Document) -> str:
    """Tell where an account link leads (Stripe: The Account Link object)."""
    expect(document, "account_link")
    return text(document, "url")


def setup(document: Document) -> SeenSetup:
    """Translate a SetupIntent (Stripe: The SetupIntent object)."""
    expect(document, "setup_intent")
    return SeenSetup(
        id=text(document, "id"),
        status=_meaning(document, "status", INTENT_STATUS),
        customer_id=id_at(document, "customer"),
        client_secret=_secret(document),
        method_id=id_at(document, "payment_method"),
    )


def method(document: Document, default_id: str | None = None) -> SeenMethod:
    """Translate a saved card (Stripe: The PaymentMethod object).

    Which one is the default stands in the customer: expanded in it, or told by ``default_id``.
    """
    expect(document, "payment_method")
    card = inner(document, "card")
    owner = document.get("customer")
    if default_id is None:
        default_id = default_method(inner(document, "customer")) if isinstance(owner, dict) else ""
    return SeenMethod(
        id=text(document, "id"),
        customer_id=id_at(document, "customer"),
        brand=text(card, "brand"),
        last4=text(card, "last4"),
        expiry_month=integer(card, "exp_month"),
        expiry_year=integer(card, "exp_year"),
        is_default=text(document, "id") == default_id,
    )


def default_method(document: Document) -> str:
    """Tell the id of a customer's default card; empty where there is none, or the customer was deleted."""
    expect(document, "customer")
    if document.get("deleted") is True:
        return ""
    return id_at(inner(document, "invoice_settings"), "default_payment_method")


def balance(funds: tuple[Document, ...], currency: Currency) -> Money:
    """Add up what a balance holds in one currency (Stripe: The Balance object)."""
    ours = [integer(part, "amount") for part in funds if text(part, "currency").upper() == currency.code]
    return from_stripe(sum(ours), currency)


def _meaning(document: Document, name: str, table: Mapping[str, MeaningT]) -> MeaningT:
    word = text(document, name)
    if word not in table:
        raise ForeignBody(f"{name} is a word that we don't know")
    return table[word]


def _cash_at(document: Document, name: str) -> SeenCash | None:
    movement = inner_or_none(document, name)
    return None if movement is None else cash(movement)


def _key(document: Document) -> str:
    return text_or_empty(inner(document, "metadata"), KEY)


def _secret(document: Document) -> Secret | None:
    secret = text_or_empty(document, "client_secret")
    return Secret(secret) if secret else None


def _action_url(document: Document) -> str:
    action = inner_or_none(document, "next_action") or {}
    redirect = inner_or_none(action, "redirect_to_url") or {}
    return text_or_empty(redirect, "url")
