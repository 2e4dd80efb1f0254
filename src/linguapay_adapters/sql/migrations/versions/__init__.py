"""One module per revision, never changed after a release. Each expands; contracting is a later revision's."""
