"""Students whom Stripe knows as its customers."""

from __future__ import annotations

from typing import ClassVar, Final, Self

from linguapay_core.domain.people import Customer
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.finding import listed, shown
from linguapay_http.models import Name, Page, Paged, View
from linguapay_http.resources.people import PersonView

TAG: Final = "Customers"


class CustomerView(View):
    """A student, and Stripe's identifier of the customer."""

    named: ClassVar[str] = "student_id"
    id: str
    customer_id: str

    @classmethod
    def of(cls, customer: Customer) -> Self:
        """Show a customer."""
        return cls(id=customer.id, customer_id=customer.customer_id)


class DescribedCustomerView(CustomerView):
    """A customer, and who that is."""

    person: PersonView


class CustomerPage(Page):
    """A page of customers."""

    items: list[CustomerView]


class CustomerSearch(Paged):
    """Which customers."""

    customer_id: Name | None = None


def list_customers(desk: Desk, _caller: Caller, search: CustomerSearch) -> CustomerPage:
    """List customers, by their students' identifiers."""
    found = listed(desk, Customer, search)
    return CustomerPage(items=[CustomerView.of(customer) for customer in found.items], next_cursor=found.next_cursor)


def show_customer(desk: Desk, _caller: Caller, student_id: str) -> DescribedCustomerView:
    """Show a student as Stripe's customer. One who never paid or saved a card isn't one."""
    customer = CustomerView.of(shown(desk, Customer, student_id))
    person = PersonView.of(desk.linguapay.show_person(student_id))
    return DescribedCustomerView(**vars(customer), person=person)


DOORS: Final = (
    Door("GET", "/api/customers/", list_customers, CustomerPage, TAG),
    Door("GET", "/api/customers/{student_id}/", show_customer, DescribedCustomerView, TAG),
)
