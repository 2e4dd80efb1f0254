"""The test cards and bank accounts, as a table of what happens with each.

After Stripe's pages "Test cards", "Declines" and "ACH Direct Debit" (a bank account clears after days, or fails then).
"""

import hashlib
from dataclasses import dataclass
from enum import Enum

from linguapay_adapters.stripe_sandbox.wire import Document

BANK_ACCOUNT_CLEARS_AFTER_SECONDS = 4 * 24 * 60 * 60


class Authentication(Enum):
    """When a card asks its holder for 3-D Secure."""

    NEVER = "never"
    UNTIL_SET_UP = "until set up"
    ALWAYS = "always"


class RefundCourse(Enum):
    """How a refund to a card goes."""

    AT_ONCE = "succeeds at once"
    LATER = "is pending, then succeeds"
    FAILS_LATER = "succeeds, then fails"


class DisputeCourse(Enum):
    """What the holder of a card does afterwards. The sandbox knows these cards; disputing is yet to come."""

    NONE = "nothing"
    CHARGEBACK = "disputes the charge"
    INQUIRY = "inquires"


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a bank says no (Stripe's page "Decline codes")."""

    code: str
    decline_code: str
    message: str


GENERIC = Decline("card_declined", "generic_decline", "Your card was declined.")
INSUFFICIENT_FUNDS = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
LOST_CARD = Decline("card_declined", "lost_card", "Your card was declined.")
STOLEN_CARD = Decline("card_declined", "stolen_card", "Your card was declined.")
EXPIRED_CARD = Decline("expired_card", "expired_card", "Your card has expired.")
INCORRECT_CVC = Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.")
PROCESSING_ERROR = Decline(
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
)
AUTHENTICATION_REQUIRED = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)


@dataclass(frozen=True, slots=True)
class Card:
    """One test card, or a bank account in a card's place: how it is named and how it behaves."""

    number: str
    token: str
    brand: str = "visa"
    decline: Decline | None = None
    can_be_saved: bool = True
    authentication: Authentication = Authentication.NEVER
    refund: RefundCourse = RefundCourse.AT_ONCE
    is_available_at_once: bool = False
    dispute: DisputeCourse = DisputeCourse.NONE
    kind: str = "card"
    clears_after_seconds: int = 0


def _declined(number: str, token: str, decline: Decline) -> Card:
    return Card(number, token, decline=decline, can_be_saved=False)


def _bank_account(number: str, token: str, decline: Decline | None = None) -> Card:
    return Card(
        number, token, decline=decline, kind="us_bank_account", clears_after_seconds=BANK_ACCOUNT_CLEARS_AFTER_SECONDS
    )


CARDS = (
    Card("4242424242424242", "pm_card_visa"),
    Card("5555555555554444", "pm_card_mastercard", brand="mastercard"),
    _declined("4000000000000002", "pm_card_chargeDeclined", GENERIC),
    _declined("4000000000009995", "pm_card_chargeDeclinedInsufficientFunds", INSUFFICIENT_FUNDS),
    _declined("4000000000009987", "pm_card_chargeDeclinedLostCard", LOST_CARD),
    _declined("4000000000009979", "pm_card_chargeDeclinedStolenCard", STOLEN_CARD),
    _declined("4000000000000069", "pm_card_chargeDeclinedExpiredCard", EXPIRED_CARD),
    _declined("4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", INCORRECT_CVC),
    _declined("4000000000000119", "pm_card_chargeDeclinedProcessingError", PROCESSING_ERROR),
    Card("4000000000000341", "pm_card_chargeCustomerFail", decline=GENERIC),
    Card(
        "4000002500003155",
        "pm_card_authenticationRequiredOnSetup",
        authentication=Authentication.UNTIL_SET_UP,
    ),
    Card("4000002760003184", "pm_card_authenticationRequired", authentication=Authentication.ALWAYS),
    Card("4000000000000259", "pm_card_createDispute", dispute=DisputeCourse.CHARGEBACK),
    Card("4000000000001976", "pm_card_createDisputeInquiry", dispute=DisputeCourse.INQUIRY),
    Card("4000000000007726", "pm_card_pendingRefund", refund=RefundCourse.LATER),
    Card("4000000000005126", "pm_card_refundFail", refund=RefundCourse.FAILS_LATER),
    Card("4000000000000077", "pm_card_bypassPending", is_available_at_once=True),
)
BANK_ACCOUNTS = (
    _bank_account("000123456789", "pm_usBankAccount_success"),
    _bank_account("000222222227", "pm_usBankAccount_insufficientFunds", INSUFFICIENT_FUNDS),
)
BY_NUMBER = {card.number: card for card in (*CARDS, *BANK_ACCOUNTS)}
BY_TOKEN = {card.token: card for card in (*CARDS, *BANK_ACCOUNTS)}


def of(payment_method: Document) -> Card:
    """Return the card behind a payment method."""
    return BY_NUMBER[payment_method["_number"]]


def passes_luhn(number: str) -> bool:
    """Say whether the check digit of a card number is right (ISO/IEC 7812)."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [digit * 2 if place % 2 else digit for place, digit in enumerate(digits)]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0  # noqa: PLR2004 - decimal digits


def fingerprint(number: str) -> str:
    """Name a card number by something that doesn't reveal it."""
    return hashlib.sha256(number.encode()).hexdigest()[:16]
