"""The tests: a package, so that rooms can share the builders and the PostgreSQL that they name."""
