"""What each path of the API does: one file per resource, each with its table of routes."""
