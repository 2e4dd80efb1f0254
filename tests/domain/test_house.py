"""A database serves one account in one mode, and says which it is and what to do."""

import pytest

from linguapay_core.domain.errors import Refused
from linguapay_core.domain.house import Mode, ServedAccount, check_account, check_mode

LIVE = ServedAccount("acct_live", Mode.LIVE)


def test_a_house_that_served_nobody_opens_in_any_mode() -> None:
    for mode in Mode:
        check_mode(None, mode)


def test_a_lost_key_doesnt_turn_production_into_a_sandbox() -> None:
    with pytest.raises(Refused) as refused:
        check_mode(LIVE, Mode.SANDBOX)
    assert refused.value.rule == "another_account"
    assert refused.value.reason == (
        "This database holds payments of acct_live (live mode), and the settings say the sandbox."
    )
    assert refused.value.way_out == (
        "Set the STRIPE_SECRET_KEY of that account, or name another database in LINGUAPAY_DATABASE_URL."
    )


@pytest.mark.parametrize("seen", [ServedAccount("acct_other", Mode.LIVE), ServedAccount("acct_live", Mode.TEST)])
def test_the_key_of_another_account_or_mode_is_refused(seen: ServedAccount) -> None:
    check_mode(LIVE, Mode.LIVE)
    check_account(LIVE, LIVE)
    with pytest.raises(Refused, match="the key belongs to") as refused:
        check_account(LIVE, seen)
    assert refused.value.rule == "another_account"
    assert "STRIPE_SECRET_KEY" in refused.value.way_out
