"""A store in memory that keeps every promise of the ports but to outlive the process."""
