"""Who is asking."""

from __future__ import annotations

import pytest

from linguapay_adapters.composition import REHEARSAL_TOKEN_SECRET, Rehearsal
from linguapay_adapters.identity.tokens import issue
from linguapay_core.domain.errors import Unauthenticated
from linguapay_core.domain.machine import Role
from tests.use_cases.stage import HOUR, STUDENT

BOTH = frozenset({Role.STUDENT, Role.TEACHER})


def test_a_token_says_who_it_is_until_it_expires(lp: Rehearsal) -> None:
    token = issue(
        REHEARSAL_TOKEN_SECRET,
        issuer="linguapay",
        audience="linguapay",
        person=STUDENT,
        roles=BOTH,
        expires_at=lp.clock.now() + HOUR,
    )
    principal = lp.identify(token)
    assert (principal.person, principal.roles) == (STUDENT, BOTH)
    lp.clock.advance(2 * HOUR)
    with pytest.raises(Unauthenticated):
        lp.identify(token)
