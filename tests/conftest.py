"""What every room of the tests may ask for: PostgreSQL; how Hypothesis behaves; what a test may be called."""

import os
import signal
from collections.abc import Iterator
from urllib.parse import quote

import hypothesis
import pytest
from sqlalchemy import URL

from tests import postgres

hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a background job: what tests start would ignore it too
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_make_parametrize_id(val: object) -> str | None:
    """A text that a command line wouldn't carry whole is in percent signs: tools name tests to each other by these."""
    if not isinstance(val, str) or (val.isascii() and val.isprintable() and "\\" not in val):
        return None
    return quote(val, safe=" /:@", errors="surrogatepass")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A server for this process, as the URL of its maintenance database."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def template_url(postgres_server: URL) -> Iterator[URL]:
    """The database that all others are cloned from: whoever fills it lets go of its connections afterwards."""
    with postgres.database(postgres_server) as url:
        yield url


@pytest.fixture
def postgres_url(template_url: URL) -> Iterator[str]:
    """A fresh database for one test, `postgresql+psycopg://…`, dropped afterwards."""
    with postgres.clone(template_url) as url:
        yield url.render_as_string(hide_password=False)
