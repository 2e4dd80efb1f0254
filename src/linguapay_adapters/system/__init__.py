"""The machine's clock and chance, and stand-ins for them that do as they are told."""
