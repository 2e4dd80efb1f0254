"""Stripe's customers over HTTP, for admins."""

from __future__ import annotations

from linguapay_adapters.composition import Rehearsal
from tests.http.conftest import Visitor
from tests.use_cases.stage import OTHER_STUDENT, STUDENT, at_stripe, paying

CUSTOMERS = "/api/customers/"


def test_whoever_pays_is_a_customer(lp: Rehearsal, carl: Visitor) -> None:
    assert carl.get(CUSTOMERS).json() == {"items": [], "next_cursor": ""}
    paying(lp)
    lp.describe_person(STUDENT, "Ben Berg", "ben@lessons.example", "Europe/Berlin")
    (known,) = at_stripe(lp).customers.list().data
    customer = {"id": STUDENT, "customer_id": known.id}
    for query in ({}, {"customer_id": known.id}):
        assert carl.get(CUSTOMERS, **query).json()["items"] == [customer]
    assert carl.get(CUSTOMERS, customer_id="cus_other").json()["items"] == []
    person = {"id": STUDENT, "name": "Ben Berg", "email": "ben@lessons.example", "zone": "Europe/Berlin"}
    assert carl.get(f"{CUSTOMERS}{STUDENT}/").json() == customer | {"person": person}


def test_whoever_never_paid_isnt_one(lp: Rehearsal, carl: Visitor) -> None:
    paying(lp)
    assert carl.get(f"{CUSTOMERS}{OTHER_STUDENT}/").status_code == 404


def test_only_admins_see_customers(ben: Visitor, anna: Visitor, host: Visitor) -> None:
    for somebody in (ben, anna, host):
        assert somebody.get(CUSTOMERS).status_code == 403
        assert somebody.get(f"{CUSTOMERS}{STUDENT}/").status_code == 403
