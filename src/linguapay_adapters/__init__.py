"""The outside world behind the core's ports: databases, Stripe, its sandbox, clocks, and the worker."""
