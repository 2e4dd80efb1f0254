"""``python -m linguapay_cli`` does what ``linguapay`` does."""

from linguapay_cli.main import main

main()
