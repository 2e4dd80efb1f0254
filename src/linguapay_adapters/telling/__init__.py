"""What is seen of each call through a port, at the one place that all of them pass."""
