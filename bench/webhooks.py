"""Webhooks acknowledged a second, beside dj-stripe's view and beside the commits that PostgreSQL makes, in one run.

Both doors stand on one PostgreSQL, each in a process of its own behind a real socket, and get the same signed bodies.
Ours is `linguapay serve`. dj-stripe's view puts its work off, as ours does: it verifies, notes down and answers
(`DJSTRIPE_WEBHOOK_EVENT_CALLBACK`), behind Django's own server with threads, whose connections stay open, to callers
and to the database. Run by `make bench`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count, islice
from pathlib import Path
from statistics import median
from time import time
from typing import Final

from psycopg.sql import SQL
from rich.console import Console
from rich.table import Table
from sqlalchemy import URL

from bench.payments import Asked, ask, serving
from bench.serving import paid
from bench.start import PROGRAM
from linguapay_adapters.composition import SANDBOX_WEBHOOK_SECRET, sandbox, upgrade_database
from linguapay_adapters.settings import Settings
from linguapay_adapters.stripe_sandbox.deliveries import signed
from tests import postgres
from tests.crowds.callers import HOOK

HOOKS: Final = int(os.environ.get("LINGUAPAY_BENCH_REQUESTS", "480"))
"""Webhooks to each door in each round. pgbench is quicker, and makes ten times as many commits."""

CONNECTIONS: Final = 16
ROUNDS: Final = 5
ENDPOINT: Final = "5f2b6e0a-6d3c-4f7e-9a41-0d6c2a1b7e55"
TABLE: Final = "CREATE TABLE hooks (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), body text)"
RIVALS: Final = Path(__file__).parents[1] / "build" / "rivals" / "bin" / "python"
RIVAL: Final = """
import sys
import django
from django.conf import settings
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.urls import include, path

port, host, name, endpoint, secret = sys.argv[1:]

def later(trigger, api_key):
    "Where a queue would take it."

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {
        "ENGINE": "django.db.backends.postgresql", "HOST": host, "NAME": name, "USER": "postgres", "CONN_MAX_AGE": None,
    }},
    DJSTRIPE_FOREIGN_KEY_TO_FIELD="id",
    DJSTRIPE_WEBHOOK_EVENT_CALLBACK="__main__.later",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "djstripe"],
    LOGGING_CONFIG=None,
    MIGRATION_MODULES={"auth": None, "contenttypes": None, "djstripe": None},
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    ROOT_URLCONF="__main__",
    SECRET_KEY="bench",
    STRIPE_LIVE_MODE=False,
    STRIPE_TEST_SECRET_KEY="sk_test_bench",
    USE_TZ=True,
)
django.setup()
urlpatterns = [path("", include("djstripe.urls"))]
call_command("migrate", run_syncdb=True, verbosity=0)  # the tables at once: its migrations take a minute

from djstripe.models import WebhookEndpoint
WebhookEndpoint.objects.create(
    id="we_bench", djstripe_uuid=endpoint, secret=secret, enabled_events=["*"], status="enabled", livemode=False
)

class Handler(WSGIRequestHandler):
    disable_nagle_algorithm = True
    def log_message(self, *_):
        pass

class Server(ThreadedWSGIServer):
    daemon_threads = True
    request_queue_size = 100

server = Server(("127.0.0.1", int(port)), Handler)
server.set_app(get_wsgi_application())
server.serve_forever()
"""


def bodies() -> Iterator[bytes]:
    """Events without end, each of its own name, as Stripe tells that a payment succeeded."""
    with sandbox() as house:
        paid(house)
        event = json.loads(house.stripe.pending_webhooks()[-1].payload)
    assert event["type"] == "payment_intent.succeeded", event["type"]
    return (json.dumps(event | {"id": f"evt_{number}"}, indent=2).encode() for number in count())


def hooks(path: str, events: Sequence[bytes]) -> Iterator[Asked]:
    """Webhooks with these bodies, signed now."""
    for event in events:
        one = signed(json.loads(event), SANDBOX_WEBHOOK_SECRET, int(time()))
        yield Asked(path, one.payload, {"Stripe-Signature": one.signature})


@contextmanager
def our_door(url: URL, folder: str) -> Iterator[Callable[[Sequence[bytes]], float]]:
    """Our service, as it is served in production but for its worker and the limit of an address."""
    settings = {
        "LINGUAPAY_DATABASE_URL": url.render_as_string(hide_password=False),
        "LINGUAPAY_HTTP_REQUESTS_PER_MINUTE_AND_ADDRESS": "0",
    }
    upgrade_database(Settings.model_validate(settings))

    def command(port: int) -> Sequence[str]:
        return [PROGRAM, "serve", "--no-worker", "--port", str(port)]

    with serving(command, folder, **settings) as port:
        yield lambda events: ask(port, hooks(HOOK, events), CONNECTIONS).rate


@contextmanager
def their_door(url: URL, folder: str) -> Iterator[Callable[[Sequence[bytes]], float]]:
    """dj-stripe's view."""
    host, name, secret = str(url.query["host"]), str(url.database), SANDBOX_WEBHOOK_SECRET

    def command(port: int) -> Sequence[str]:
        return [str(RIVALS), "-c", RIVAL, str(port), host, name, ENDPOINT, secret]

    with serving(command, folder) as port:
        yield lambda events: ask(port, hooks(f"/webhook/{ENDPOINT}/", events), CONNECTIONS).rate


@contextmanager
def commits(url: URL, folder: str) -> Iterator[Callable[[Sequence[bytes]], float]]:
    """pgbench: a row with such a body, and a commit."""
    places = [place / "pgbench" for place in (*postgres.system_binaries(), *postgres.wheel_binaries())]
    program = next(place for place in places if place.exists())
    script = Path(folder, "insert.sql")
    script.write_text("INSERT INTO hooks (body) VALUES (:body);\n")
    options = (
        f"--file={script}",
        f"--client={CONNECTIONS}",
        f"--transactions={10 * HOOKS // CONNECTIONS}",
        "--no-vacuum",
        "--protocol=prepared",
    )
    plain = ("-h", str(url.query["host"]), "-U", "postgres", str(url.database))

    def pgbench(events: Sequence[bytes]) -> float:
        told = postgres.told(program, *options, f"--define=body={events[0].decode()}", *plain)
        found = re.search(r"tps = ([0-9.]+)", told)
        assert found, told
        return float(found.group(1))

    postgres.administer(url, SQL(TABLE).format())
    yield pgbench


def has_rivals() -> bool:
    """Whether dj-stripe is installed, in an environment of its own."""
    probe = [str(RIVALS), "-c", "import djstripe"]
    return RIVALS.exists() and not subprocess.run(probe, stderr=subprocess.DEVNULL, check=False).returncode


def main() -> None:
    """Let them take turns, and print the median of each and how ours compares."""
    doors = {"ours": our_door, "dj-stripe's view": their_door, "pgbench's commits": commits}
    if not has_rivals():
        print("dj-stripe isn't in build/rivals, so its view isn't measured; `make bench` installs it where it can.")
        del doors["dj-stripe's view"]
    rates: dict[str, list[float]] = {what: [] for what in doors}
    events = bodies()
    with tempfile.TemporaryDirectory() as folder, postgres.server() as server, ExitStack() as stack:
        opened = {
            what: stack.enter_context(door(stack.enter_context(postgres.database(server)), folder))
            for what, door in doors.items()
        }
        for turn in range(ROUNDS + 1):  # the first warms up, and doesn't count
            sent = list(islice(events, HOOKS))
            for what, rate in opened.items():
                measured = rate(sent)
                if turn:
                    rates[what].append(measured)
    table = Table("what", "a second", "ours : that", title=f"webhooks acknowledged, {CONNECTIONS} connections")
    for what, found in rates.items():
        ratio = median(one / other for one, other in zip(rates["ours"], found, strict=True))
        table.add_row(what, f"{median(found):,.0f}", f"{ratio:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
