"""Bearer tokens: believing those of the host platform, and issuing some for development."""
