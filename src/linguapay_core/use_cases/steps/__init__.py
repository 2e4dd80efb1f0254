"""Steps that use cases share. Nothing here is a use case of its own."""
