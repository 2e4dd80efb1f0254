"""Who may go through which door: one row for each, and nobody where no row says so.

A row names the roles that are let in, and whose objects each may see. A door without a row, or a row without a door,
stops the start-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from linguapay_core.domain.errors import NotAllowed
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.principal import Principal
from linguapay_http.caller import Caller, Scope

Row = dict[Role, Scope]

STUDENTS: Final[Row] = {Role.STUDENT: Scope.OWN}
TEACHERS: Final[Row] = {Role.TEACHER: Scope.OWN}
ADMINS: Final[Row] = {Role.ADMIN: Scope.ALL}
BOTH_SIDES: Final[Row] = STUDENTS | TEACHERS
PLATFORM: Final[Row] = {Role.PLATFORM: Scope.ALL}
ALL_ROLES: Final[Row] = dict.fromkeys((Role.STUDENT, Role.TEACHER, Role.ADMIN, Role.PLATFORM), Scope.ALL)
ANYBODY: Final[Row] = {}
"""No token is asked for: Stripe signs what it sends, and health says nothing about anyone."""

PEOPLE: Final = frozenset({Role.STUDENT, Role.TEACHER})
"""The roles in which the host platform may act for somebody."""

POLICY: Final[Mapping[str, Row]] = {
    "list_gigs": ALL_ROLES,
    "offer_gig": TEACHERS,
    "show_gig": ALL_ROLES,
    "retire_gig": TEACHERS,
    "quote_lesson": ALL_ROLES,
    "list_bookings": BOTH_SIDES | ADMINS,
    "request_booking": STUDENTS,
    "show_booking": BOTH_SIDES | ADMINS,
    "confirm_booking": TEACHERS,
    "decline_booking": TEACHERS,
    "withdraw_booking": STUDENTS,
    "cancel_booking": BOTH_SIDES,
    "complete_booking": TEACHERS,
    "claim_no_show": BOTH_SIDES,
    "deny_no_show": BOTH_SIDES,
    "report_problem": STUDENTS,
    "decide_contest": ADMINS,
    "propose_reschedule": BOTH_SIDES,
    "accept_reschedule": BOTH_SIDES,
    "decline_reschedule": BOTH_SIDES,
    "show_quote": BOTH_SIDES | ADMINS,
    "quote_cancellation": BOTH_SIDES,
    "create_payment_intent": STUDENTS,
    "confirm_payment": STUDENTS,
    "list_payments": BOTH_SIDES | ADMINS,
    "show_payment": BOTH_SIDES | ADMINS,
    "accept_payment": ADMINS,
    "refund_payment": ADMINS,
    "sync_payment": ADMINS,
    "write_off_receivable": ADMINS,
    "list_payment_methods": STUDENTS,
    "make_default_payment_method": STUDENTS,
    "save_payment_method": STUDENTS,
    "create_setup_intent": STUDENTS,
    "delete_payment_method": STUDENTS,
    "request_refund": STUDENTS,
    "list_refund_requests": STUDENTS | ADMINS,
    "show_refund_request": STUDENTS | ADMINS,
    "withdraw_refund_request": STUDENTS,
    "decide_refund_request": ADMINS,
    "process_refund_request": ADMINS,
    "list_refunds": ADMINS,
    "show_refund": ADMINS,
    "refund_again": ADMINS,
    "show_dashboard": ADMINS,
    "receive_stripe_webhook": ANYBODY,
    "list_transfers": TEACHERS | ADMINS,
    "show_transfer": TEACHERS | ADMINS,
    "hold_transfer": ADMINS,
    "release_transfer": ADMINS,
    "retry_transfer": ADMINS,
    "show_my_account": TEACHERS,
    "open_my_account": TEACHERS,
    "show_teacher_account": ADMINS,
    "list_customers": ADMINS,
    "show_customer": ADMINS,
    "list_credits": ADMINS,
    "refund_credit_again": ADMINS,
    "note_credit_paid_by_bank": ADMINS,
    "read_events": ADMINS | PLATFORM,
    "show_person": ADMINS | PLATFORM,
    "describe_person": PLATFORM,
    "erase_person": ADMINS | PLATFORM,
    "list_subscriptions": ADMINS | PLATFORM,
    "add_subscription": ADMINS | PLATFORM,
    "show_subscription": ADMINS | PLATFORM,
    "change_subscription": ADMINS | PLATFORM,
    "remove_subscription": ADMINS | PLATFORM,
    "pause_subscription": ADMINS | PLATFORM,
    "resume_subscription": ADMINS | PLATFORM,
    "rotate_subscription_secret": ADMINS | PLATFORM,
    "send_test_message": ADMINS | PLATFORM,
    "list_deliveries": ADMINS | PLATFORM,
    "redeliver_message": ADMINS | PLATFORM,
    "show_liveness": ANYBODY,
    "show_readiness": ANYBODY,
    "show_metrics": ADMINS | PLATFORM,
}


def admitted(name: str, principal: Principal, *, acting_for: PersonId | None = None) -> Caller:
    """Who stands at this door, if the policy lets them in. Raises ``NotAllowed`` if not.

    The host platform's back end may name the person for whom it acts; it is then let in as that person, and never as an
    admin.
    """
    row = POLICY[name]
    roles = principal.roles
    person = principal.person
    if acting_for is not None:
        if Role.PLATFORM not in roles:
            raise NotAllowed("Only the host platform's back end may act for somebody.")
        roles, person = PEOPLE, acting_for
    scopes = {row[role] for role in roles if role in row}
    if not scopes:
        raise NotAllowed(f"This is for {_spoken(row)}.")
    scope = Scope.ALL if Scope.ALL in scopes else Scope.OWN
    return Caller(person, roles, scope, agent=None if acting_for is None else principal.person)


def check_complete(names: Iterable[str]) -> None:
    """See that every door has its row and every row its door: an ``AssertionError`` names those that don't."""
    there = set(names)
    assert there == set(POLICY), f"doors without a row or rows without a door: {sorted(there ^ set(POLICY))}"


def _spoken(row: Row) -> str:
    return " and ".join(f"{role}s" if role is not Role.PLATFORM else "the host platform" for role in row)
