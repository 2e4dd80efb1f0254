"""Who is who, as rows. ``people`` and ``free_text`` are the only tables with anything personal in them."""

from __future__ import annotations

from typing import Final

from linguapay_adapters.sql.columns import check, index, named_once, table_of, when, word, yes_no
from linguapay_adapters.sql.shape import Shape
from linguapay_core.domain.erasure import Erasure
from linguapay_core.domain.identifiers import PersonId, TextId
from linguapay_core.domain.people import Customer, FreeText, Person, TeacherAccount

people: Final = table_of("people", PersonId, word("name"), word("email"), word("zone"))

free_text: Final = table_of("free_text", TextId, word("subject"), word("author", PersonId), word("text", null=True))
index(free_text, "by_author", "author")
index(free_text, "of_subject", "subject")

customers: Final = table_of("customers", PersonId, word("customer_id"), check("customer_named", "customer_id <> ''"))
named_once(customers, "customer_id")

accounts: Final = table_of(
    "accounts",
    PersonId,
    word("account_id"),
    yes_no("can_receive"),
    check("account_named", "account_id <> ''"),
)
named_once(accounts, "account_id")

erasures: Final = table_of(
    "erasures", PersonId, when("asked_at"), when("erased_at", null=True), when("due_at", null=True)
)
index(erasures, "due", "due_at", only="due_at IS NOT NULL")


PEOPLE: Final = Shape(
    Person,
    "person",
    people,
    lambda person: {"name": person.name, "email": person.email, "zone": person.zone},
    lambda row: Person(row.id, row.version, row.name, row.email, row.zone),
)
TEXTS: Final = Shape(
    FreeText,
    "text",
    free_text,
    lambda text: {"subject": text.subject, "author": text.author, "text": text.text},
    lambda row: FreeText(row.id, row.version, row.subject, row.author, row.text),
)
CUSTOMERS: Final = Shape(
    Customer,
    "customer",
    customers,
    lambda customer: {"customer_id": customer.customer_id},
    lambda row: Customer(row.id, row.version, row.customer_id),
)
ACCOUNTS: Final = Shape(
    TeacherAccount,
    "account",
    accounts,
    lambda account: {"account_id": account.account_id, "can_receive": account.can_receive},
    lambda row: TeacherAccount(row.id, row.version, row.account_id, row.can_receive),
)
ERASURES: Final = Shape(
    Erasure,
    "erasure",
    erasures,
    lambda erasure: {"asked_at": erasure.asked_at, "erased_at": erasure.erased_at, "due_at": erasure.look_at},
    lambda row: Erasure(row.id, row.version, row.asked_at, row.due_at, row.erased_at),
)
