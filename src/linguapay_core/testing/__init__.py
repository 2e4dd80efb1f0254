"""For tests, here and on a host platform: records to begin with, and what every store must do."""
