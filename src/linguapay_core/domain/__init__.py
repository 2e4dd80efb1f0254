"""The rules: pure functions over frozen records."""
