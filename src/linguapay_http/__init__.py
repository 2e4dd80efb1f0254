"""LinguaPay over HTTP: a door to the use cases for the host platform and its pages."""
