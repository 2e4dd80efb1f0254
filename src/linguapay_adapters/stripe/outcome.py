"""How a call ended: answered, refused before any effect, nothing done yet, or unknown. The only place that decides it.

What the tables don't name is unknown, and unknown is never treated as failed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeAlias, TypeVar

import requests
import stripe
import stripe.oauth_error
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from linguapay_adapters.stripe.reading import Document, ForeignBody, expect, items, text, truth
from linguapay_core.domain.answer import Answer, Answered, KeyNotTaken, Postponed, Rejected, Unknown
from linguapay_core.domain.page import Page

ValueT = TypeVar("ValueT")
Refusal: TypeAlias = Rejected | Postponed | Unknown

SOON: Final = timedelta(seconds=1)
"""When to come again if Stripe doesn't say."""

LATEST: Final = timedelta(hours=1)
"""When to come again at the latest, whatever Stripe says."""

KEY_MENDED: Final = timedelta(minutes=15)
"""When to come again if Stripe doesn't take our key: somebody has to mend it first."""

PAGES_AT_MOST: Final = 100
"""How many pages of a list are read before it counts as endless."""

ESCAPES: Final = (AttributeError, TypeError, ValueError, RecursionError, UserWarning)
"""What the SDK lets out besides its own errors, all of them over bodies and headers that aren't Stripe's.

An ``error`` that is no object, a nesting too deep, bytes that aren't text, a notice where warnings are errors. Our own
code runs outside their reach, so no bug of ours hides behind them.
"""

_DEFINITE: Final = frozenset({"card_error", "invalid_request_error"})
"""The types of error that Stripe gives for a request that can't be done (Stripe: Errors)."""

_OUR_DATA: Final = frozenset({"account_invalid"})
"""The codes of a 403 that speak of the object named and not of our key."""


def ask(call: Callable[[], stripe.StripeObject], read: Callable[[Document], ValueT]) -> Answer[ValueT]:
    """Call the SDK, and read what came in our words. Raises nothing but bugs."""
    try:
        document = call().to_dict()
    except stripe.StripeError as error:
        return judge(error)
    except ESCAPES as error:
        return Unknown(f"the SDK choked on the answer ({type(error).__name__})")
    try:
        return Answered(read(document))
    except ForeignBody as error:
        return Unknown(f"the answer isn't Stripe's: {error}")


def ask_all(
    page_after: Callable[[str], stripe.StripeObject], read: Callable[[Document], ValueT]
) -> Answer[tuple[ValueT, ...]]:
    """Read a list to its end; ``page_after`` asks for the page after a cursor. A list in parts is no answer."""
    found: list[ValueT] = []
    cursor = ""
    for _ in range(PAGES_AT_MOST):
        answer = ask_page(page_after, read, cursor)
        if not isinstance(answer, Answered):
            return answer
        found += answer.value.items
        cursor = answer.value.next_cursor
        if not cursor:
            return Answered(tuple(found))
    return Unknown(f"the list goes on after {PAGES_AT_MOST} pages")


def ask_page(
    page_after: Callable[[str], stripe.StripeObject], read: Callable[[Document], ValueT], cursor: str
) -> Answer[Page[ValueT]]:
    """Read the page of a list after a cursor, or the first one (Stripe: Pagination)."""
    return ask(lambda: page_after(cursor), lambda document: _page(document, read))


def _page(document: Document, read: Callable[[Document], ValueT]) -> Page[ValueT]:
    expect(document, "list")
    found = items(document, "data")
    if not truth(document, "has_more"):
        return Page(tuple(map(read, found)))
    if not found:
        raise ForeignBody("an empty page says that more follows")
    return Page(tuple(map(read, found)), text(found[-1], "id"))


def judge(error: stripe.StripeError) -> Refusal:
    """Say how a call ended that raised this."""
    return VERDICTS.get(type(error), _unknown)(error)


def _refused(error: stripe.StripeError) -> Refusal:
    """400, 402, 404: a definite no, if it is in Stripe's shape. A card's says its decline code."""
    if _said(error, "type") not in _DEFINITE:
        return _unknown(error)
    code = _said(error, "decline_code") or _said(error, "code") or _said(error, "type")
    return Rejected(code, _harmless(_said(error, "message")), _said(error, "param"))


def _too_many(error: stripe.StripeError) -> Refusal:
    """429: before anything is looked at, the key included (Stripe: Rate limits; Idempotent requests)."""
    return Postponed(f"Stripe is asked too often{_reference(error)}", _retry_after(error))


def _key_not_taken(error: stripe.StripeError) -> Refusal:
    """401, 403: nothing was done, and the same will work once the key and its permissions are mended."""
    return KeyNotTaken(f"Stripe doesn't take our key{_reference(error)}", KEY_MENDED)


def _not_permitted(error: stripe.StripeError) -> Refusal:
    """403: our key again, but for accounts that aren't connected to us (any more)."""
    code = _said(error, "code")
    if code in _OUR_DATA:
        return Rejected(code, _harmless(_said(error, "message")), _said(error, "param"))
    return _key_not_taken(error)


def _unreachable(error: stripe.StripeError) -> Refusal:
    """No whole answer. Only a connection that was never made is sure to have carried nothing."""
    cause = error.__cause__
    inner = cause.args[0] if isinstance(cause, requests.ConnectionError) and cause.args else None
    if isinstance(getattr(inner, "reason", None), (NewConnectionError, ConnectTimeoutError)):
        return Postponed("Stripe can't be reached: no connection was made", SOON)
    return Unknown(f"the connection to Stripe broke ({type(cause or error).__name__})")


def _unknown(error: stripe.StripeError) -> Refusal:
    """409, 500s, bodies that aren't Stripe's, a key used with other parameters: it may have happened."""
    return Unknown(f"Stripe gave no definite answer ({type(error).__name__} {error.http_status}){_reference(error)}")


Verdict: TypeAlias = Callable[[stripe.StripeError], Refusal]
_NOT_ON_OUR_ENDPOINTS: Final[tuple[type[stripe.StripeError], ...]] = (
    stripe.AlreadyCanceledError,
    stripe.BlockedByStripeError,
    stripe.CannotProceedError,
    stripe.CapabilityNotEnabledError,
    stripe.ControlledByAlternateResourceError,
    stripe.FeatureNotEnabledError,
    stripe.FinancialAccountNotOpenError,
    stripe.FxQuoteNeedsRefreshError,
    stripe.InsufficientFundsError,
    stripe.InvalidPaymentMethodError,
    stripe.InvalidPayoutMethodError,
    stripe.InvalidVaultedCredentialError,
    stripe.NotCancelableError,
    stripe.QuotaExceededError,
    stripe.RecipientNotNotifiableError,
    stripe.SignatureVerificationError,
    stripe.TemporarySessionExpiredError,
    stripe.VerificationAttemptFailedError,
    stripe.VerificationExpiredError,
    stripe.VerificationNotInitiatedError,
    stripe.oauth_error.InvalidClientError,
    stripe.oauth_error.InvalidGrantError,
    stripe.oauth_error.InvalidRequestError,
    stripe.oauth_error.InvalidScopeError,
    stripe.oauth_error.UnsupportedGrantTypeError,
    stripe.oauth_error.UnsupportedResponseTypeError,
)
VERDICTS: Final[dict[type[stripe.StripeError], Verdict]] = {
    stripe.InvalidRequestError: _refused,  # 400, 404
    stripe.CardError: _refused,  # 402
    stripe.AuthenticationError: _key_not_taken,  # 401
    stripe.PermissionError: _not_permitted,  # 403
    stripe.RateLimitError: _too_many,  # 429
    stripe.IdempotencyError: _unknown,  # 400: an earlier call under this key may have had an effect
    stripe.APIError: _unknown,  # 409, 5xx, every other status, and bodies that aren't JSON
    stripe.APIConnectionError: _unreachable,
    **dict.fromkeys(_NOT_ON_OUR_ENDPOINTS, _unknown),
}
"""Every error of the SDK that can be raised; a test finds those that nobody placed."""


def _said(error: stripe.StripeError, name: str) -> str:
    """A text of the error object in the body; empty where there is none. The SDK's own fields are filled by halves."""
    body = error.json_body
    said = body.get("error") if isinstance(body, dict) else None
    value = said.get(name) if isinstance(said, dict) else None
    return value if isinstance(value, str) else ""


def _retry_after(error: stripe.StripeError) -> timedelta:
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    seconds = headers.get("retry-after", "")
    if not re.fullmatch(r"[0-9]{1,9}", seconds):
        return SOON
    return min(max(timedelta(seconds=int(seconds)), SOON), LATEST)


def _reference(error: stripe.StripeError) -> str:
    """Name the request as Stripe's support wants it named."""
    return f", request {error.request_id}" if error.request_id else ""


_SECRETS: Final = re.compile(r"\b(?:[sr]k|pk|whsec|acct_link)_\w+|\w+_secret_\w+|[^\s@]+@[^\s@]+")
_LONGEST_MESSAGE: Final = 500


def _harmless(message: str) -> str:
    """Stripe's message without keys, client secrets and e-mail addresses, which it likes to repeat."""
    return _SECRETS.sub("…", message)[:_LONGEST_MESSAGE]
