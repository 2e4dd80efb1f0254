"""Stripe, through its SDK: calls, answers and webhooks, told in our words."""
