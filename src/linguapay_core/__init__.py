"""Lessons, payments, refunds, transfers and the books: rules and use cases on the standard library alone."""
