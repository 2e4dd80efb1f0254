"""LinguaPay on the command line: a door to the use cases for administrators."""
