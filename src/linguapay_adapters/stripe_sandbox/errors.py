"""What Stripe refuses and in which words (Stripe's pages "Errors" and "Error codes")."""

from http import HTTPStatus

from linguapay_adapters.stripe_sandbox.wire import Document

INVALID_REQUEST = "invalid_request_error"


class Refusal(Exception):
    """An answer that says no: the HTTP status and the error object of the body.

    A refusal undoes what its request did, unless `keeps_effects` says that trying was an effect (a declined card).
    """

    def __init__(self, status: int, error: Document, *, keeps_effects: bool = False) -> None:
        super().__init__(error["message"])
        self.status = status
        self.error = error
        self.keeps_effects = keeps_effects


def refusal(
    message: str,
    *,
    code: str | None = None,
    param: str | None = None,
    status: int = HTTPStatus.BAD_REQUEST,
    kind: str = INVALID_REQUEST,
    **more: object,
) -> Refusal:
    """Say no in Stripe's shape; a fact that is None is left out, as Stripe leaves it out."""
    facts: Document = {"type": kind, "message": message, "code": code, "param": param, **more}
    if code:
        facts["doc_url"] = f"https://docs.stripe.com/error-codes#{code.replace('_', '-')}"
    return Refusal(status, {name: fact for name, fact in facts.items() if fact is not None})


def unknown_parameters(names: list[str]) -> Refusal:
    """Refuse names that the endpoint doesn't take."""
    plural = "s" if len(names) > 1 else ""
    return refusal(f"Received unknown parameter{plural}: {', '.join(names)}", code="parameter_unknown", param=names[0])


def missing_parameter(name: str) -> Refusal:
    """Refuse a request without something that the endpoint requires."""
    return refusal(f"Missing required param: {name}.", code="parameter_missing", param=name)


def exclusive_parameters(message: str, param: str) -> Refusal:
    """Refuse parameters that exclude each other."""
    return refusal(message, code="parameters_exclusive", param=param)


def no_such(kind: str, identifier: str, *, param: str, status: int = HTTPStatus.BAD_REQUEST) -> Refusal:
    """Refuse an unknown id: 404 where the path names it, 400 where a parameter does."""
    return refusal(f"No such {kind}: '{identifier}'", code="resource_missing", param=param, status=status)


def unknown_account(identifier: str) -> Refusal:
    """Refuse an account that isn't connected to us; whether it exists isn't said."""
    return refusal(
        f"The provided key does not have access to account '{identifier}' (or that account does not exist). "
        "Application access may have been revoked.",
        code="account_invalid",
        status=HTTPStatus.FORBIDDEN,
    )


def unknown_url(method: str, path: str) -> Refusal:
    """Refuse a path or method that the sandbox doesn't speak."""
    return refusal(f"Unrecognized request URL ({method}: {path}).", status=HTTPStatus.NOT_FOUND)


def wrong_key(key: str | None) -> Refusal:
    """Refuse a request without a key, or with one that isn't ours; only its end is repeated."""
    if not key:
        message = "You did not provide an API key. Provide it in the Authorization header, using Bearer auth."
    else:
        message = f"Invalid API Key provided: {'*' * 8}{key[-4:]}"
    return refusal(message, status=HTTPStatus.UNAUTHORIZED)


def secret_key_required() -> Refusal:
    """Refuse the browser's key where only the server's may be used."""
    return refusal(
        "This API call cannot be made with a publishable API key. Please use a secret API key.",
        code="secret_key_required",
        status=HTTPStatus.FORBIDDEN,
    )


def wrong_version(version: str) -> Refusal:
    """Refuse another version than the one that the sandbox speaks."""
    return refusal(f"Invalid Stripe API version: {version}")


def rate_limited() -> Refusal:
    """Say that there were too many requests (Stripe's page "Rate limits")."""
    return refusal(
        "Request rate limit exceeded. Retry with exponential backoff.",
        code="rate_limit",
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )


def key_in_use() -> Refusal:
    """Say that the first request under this key is still running."""
    return refusal(
        "There is currently another in-progress request using this idempotency key.",
        code="idempotency_key_in_use",
        status=HTTPStatus.CONFLICT,
        kind="idempotency_error",
    )


def key_used_otherwise(key: str) -> Refusal:
    """Refuse a key that stands for another request."""
    return refusal(
        "Keys for idempotent requests can only be used with the same parameters and endpoint they were first used "
        f"with. Try using a key other than '{key}' if you meant to execute a different request.",
        kind="idempotency_error",
    )


def key_too_long() -> Refusal:
    """Refuse a key over Stripe's limit of 255 characters."""
    return refusal("Idempotency keys can be at most 255 characters long.")


def internal_error() -> Refusal:
    """Say that Stripe broke."""
    return refusal(
        "An error occurred with our connection to the payments network.",
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        kind="api_error",
    )


def card_error(message: str, *, code: str, param: str | None = None, **more: object) -> Refusal:
    """Say that a card can't be used. Nothing was tried with it."""
    return refusal(message, code=code, param=param, status=HTTPStatus.PAYMENT_REQUIRED, kind="card_error", **more)


def unexpected_state(message: str, intent: Document) -> Refusal:
    """Refuse what an intent's state doesn't allow; the intent goes into the answer."""
    refused = refusal(message, code=f"{intent['object']}_unexpected_state")
    refused.error[intent["object"]] = intent
    return refused


def balance_insufficient(message: str) -> Refusal:
    """Refuse to move funds that aren't there."""
    return refusal(message, code="balance_insufficient")
