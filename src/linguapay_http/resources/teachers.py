"""Teachers' accounts at Stripe, to which their earnings go."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints

from linguapay_core.domain.people import TeacherAccount
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.finding import shown
from linguapay_http.models import Address, View, Wish

TAG: Final = "Teachers"

Country = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(description="ISO 3166-1 alpha-2.", examples=["FR"])
]


class AccountWish(Wish):
    """An account to open, and where Stripe sends the teacher: when done, or for a new page when this one is stale."""

    country: Country
    return_url: Address
    refresh_url: Address


class TeacherAccountView(View):
    """A teacher's account, by Stripe's identifier, and whether it can receive money."""

    teacher_id: str
    account_id: str
    can_receive: bool

    @classmethod
    def of(cls, account: TeacherAccount) -> Self:
        """Show an account."""
        return cls(teacher_id=account.id, account_id=account.account_id, can_receive=account.can_receive)


class OnboardingView(TeacherAccountView):
    """An account, and the page of Stripe's on which to complete it. The page is for this teacher and this visit."""

    onboarding_url: Annotated[str, Field(repr=False)]


def show_my_account(desk: Desk, caller: Caller) -> TeacherAccountView:
    """Show one's own account."""
    return TeacherAccountView.of(shown(desk, TeacherAccount, caller.person, caller))


def open_my_account(desk: Desk, caller: Caller, wish: AccountWish) -> OnboardingView:
    """Open one's account, or go on with it.

    Asked twice, there is one account, in the country that was named first, and a new page.
    """
    onboarding = desk.linguapay.open_teacher_account(caller.person, wish.country, wish.return_url, wish.refresh_url)
    account = TeacherAccountView.of(onboarding.account)
    return OnboardingView(**vars(account), onboarding_url=onboarding.url)


def show_teacher_account(desk: Desk, caller: Caller, teacher_id: str) -> TeacherAccountView:
    """Show a teacher's account."""
    return TeacherAccountView.of(shown(desk, TeacherAccount, teacher_id, caller))


MINE: Final = "/api/teachers/me/account/"

DOORS: Final = (
    Door("GET", MINE, show_my_account, TeacherAccountView, TAG),
    Door("POST", MINE, open_my_account, OnboardingView, TAG, calls_stripe=True),
    Door("GET", "/api/teachers/{teacher_id}/account/", show_teacher_account, TeacherAccountView, TAG),
)
