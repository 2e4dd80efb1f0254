"""Offers: anybody with a token sees them, only their teacher changes them."""

from __future__ import annotations

from linguapay_adapters.composition import Rehearsal
from tests.http.conftest import Client, Visitor
from tests.use_cases.stage import TEACHER, offered

GIGS = "/api/gigs/"
FRENCH = {"title": "French", "hourly_price": {"amount_minor": 2500, "currency": "USD"}}


def test_a_teacher_offers_a_gig_and_everybody_finds_it(anna: Visitor, eve: Visitor, host: Visitor) -> None:
    answer = anna.post(GIGS, FRENCH)
    assert answer.status_code == 201
    gig = answer.json()
    assert gig == FRENCH | {
        "id": gig["id"],
        "teacher_id": TEACHER,
        "active": True,
        "offered_at": "2026-03-02T09:00:00Z",
    }
    assert eve.get(f"{GIGS}{gig['id']}/").json() == gig
    assert host.get(GIGS, teacher_id=TEACHER, active="true").json() == {"items": [gig], "next_cursor": ""}


def test_without_the_trailing_slash_the_same_door_answers(lp: Rehearsal, ben: Visitor) -> None:
    gig = offered(lp)
    assert ben.get(f"{GIGS}{gig.id}").json() == ben.get(f"{GIGS}{gig.id}/").json()


def test_gigs_are_listed_in_pages(lp: Rehearsal, ben: Visitor) -> None:
    ids = [offered(lp).id for _ in range(3)]
    first = ben.get(GIGS, limit="2").json()
    second = ben.get(GIGS, limit="2", cursor=first["next_cursor"]).json()
    assert [gig["id"] for gig in first["items"] + second["items"]] == ids[::-1]
    assert second["next_cursor"] == ""


def test_a_retired_gig_stays_retired_and_is_listed_apart(lp: Rehearsal, anna: Visitor, ben: Visitor) -> None:
    gig = offered(lp)
    for _ in range(2):
        assert anna.post(f"{GIGS}{gig.id}/retire/").json()["active"] is False
    assert ben.get(GIGS, active="true").json()["items"] == []


def test_another_teachers_gig_cant_be_retired(lp: Rehearsal, zoe: Visitor) -> None:
    assert zoe.post(f"{GIGS}{offered(lp).id}/retire/").status_code == 404


def test_a_lesson_is_quoted_before_anybody_books_it(lp: Rehearsal, ben: Visitor) -> None:
    quote = ben.get(f"{GIGS}{offered(lp).id}/quote/", minutes="60").json()
    amounts = {name: quote[name]["amount_minor"] for name in ("price", "fee", "total", "teacher_earns")}
    assert amounts == {"price": 2500, "fee": 125, "total": 2625, "teacher_earns": 2500}
    assert quote["cancellation_terms"]


def test_a_student_offers_nothing(ben: Visitor) -> None:
    answer = ben.post(GIGS, FRENCH)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-allowed")


def test_without_a_token_there_is_nothing_to_see(client: Client) -> None:
    answer = client.get(GIGS)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="linguapay"')


SPOILT: tuple[tuple[object, str], ...] = (
    ({"title": "French"}, "hourly_price"),
    (FRENCH | {"title": ""}, "title"),
    (FRENCH | {"title": "x" * 121}, "title"),
    (FRENCH | {"title": "x\x00"}, "title"),
    (FRENCH | {"title": 1}, "title"),
    (FRENCH | {"rating": 5}, "rating"),
    (FRENCH | {"hourly_price": {"amount_minor": "2500", "currency": "USD"}}, "hourly_price.amount_minor"),
    (FRENCH | {"hourly_price": {"amount_minor": 2500.0, "currency": "USD"}}, "hourly_price.amount_minor"),
    (FRENCH | {"hourly_price": {"amount_minor": True, "currency": "USD"}}, "hourly_price.amount_minor"),
    (FRENCH | {"hourly_price": {"amount_minor": -1, "currency": "USD"}}, "hourly_price.amount_minor"),
    (FRENCH | {"hourly_price": {"amount_minor": 10**12, "currency": "USD"}}, "hourly_price.amount_minor"),
    (FRENCH | {"hourly_price": {"amount_minor": 0, "currency": "USD"}}, "hourly_price"),
    (FRENCH | {"hourly_price": {"amount_minor": 2500, "currency": "usd"}}, "hourly_price.currency"),
    (FRENCH | {"hourly_price": {"amount_minor": 2500, "currency": "XXX"}}, "currency"),
    ([], "body"),
)


def test_a_gig_that_cant_be_meant_is_refused_by_its_field(anna: Visitor) -> None:
    for body, field in SPOILT:
        answer = anna.post(GIGS, body)
        assert (answer.status_code, answer.json().get("field")) == (422, field), body
    assert anna.get(GIGS).json()["items"] == []


def test_a_list_is_asked_for_by_documented_fields_only(ben: Visitor) -> None:
    for name, value in (("limit", "0"), ("cursor", "x"), ("sort", "title"), ("colour", "red")):
        answer = ben.get(GIGS, **{name: value})
        assert (answer.status_code, answer.json()["field"]) == (422, name)


NO_JSON = (
    ("text/plain", b"{}", 415),
    ("", b"{}", 415),
    ("application/json", b"{", 400),
    ("application/json", b"\xff", 400),
    ("application/json", b'{"title": NaN}', 400),
    ("application/json", b'{"title": "a", "title": "b"}', 422),
    ("application/json", b"[" * 10_000, 400),
    ("application/json", b" " * 70_000, 413),
)


def test_a_body_is_json_and_says_so(anna: Visitor) -> None:
    for content_type, body, status in NO_JSON:
        answer = anna.ask("POST", GIGS, content=body, headers={"Content-Type": content_type})
        found = (answer.status_code, answer.headers["Content-Type"])
        assert found == (status, "application/problem+json"), (content_type, body[:20])


def test_a_repeated_offer_under_one_key_is_one_gig(anna: Visitor, ben: Visitor) -> None:
    first, again = (anna.post(GIGS, FRENCH, key="once") for _ in range(2))
    assert (again.status_code, again.json()) == (201, first.json())
    assert len(ben.get(GIGS).json()["items"]) == 1
    other = anna.post(GIGS, FRENCH | {"title": "Latin"}, key="once")
    assert (other.status_code, other.json()["field"]) == (422, "Idempotency-Key")
