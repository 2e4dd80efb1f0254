"""Posting messages to subscribers, and nowhere else."""
