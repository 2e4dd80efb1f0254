"""The loop around the use cases that nobody waits for."""
