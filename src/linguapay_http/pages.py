"""What people read in a browser: the API's description and the types of problems. Plain HTML, nothing to load."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from html import escape
from typing import Any, Final

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler

from linguapay_http.doors import Door
from linguapay_http.openapi import description, problems_of
from linguapay_http.problems import PROBLEMS, Problem

STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
:root { color-scheme: light dark }
code { font-size: .95em } table { border-collapse: collapse; width: 100% }
td, th { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #8884 }
"""
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


class Pages:
    """The pages of one application, each made when it is first asked for."""

    def __init__(self, doors: Sequence[Door], *, live: bool) -> None:
        """Describe these doors."""
        self._doors = doors
        self._live = live

    @property
    def routes(self) -> Sequence[HTTPRouteHandler]:
        """The routes of the pages."""

        @get("/schema", sync_to_thread=True)
        def show_schema() -> Response[str]:
            return _html(self._schema)

        @get("/schema/openapi.json", sync_to_thread=True)
        def show_openapi() -> dict[str, Any]:
            return self._document

        @get("/problems/{slug:str}", sync_to_thread=True)
        def show_problem(request: Request[Any, Any, Any]) -> Response[str]:
            return _html(self._problem(request.path_params["slug"]))

        return show_schema, show_openapi, show_problem

    @cached_property
    def _document(self) -> dict[str, Any]:
        return description(self._doors, live=self._live)

    @cached_property
    def _schema(self) -> str:
        return _page("LinguaPay's API", _schema_body(self._doors, self._document))

    def _problem(self, slug: str) -> str:
        found = next((problem for problem in PROBLEMS if problem.slug == slug), None)
        if found is None:
            raise NotFoundException
        return _page(found.title, _problem_body(found, self._doors))


def _html(page: str) -> Response[str]:
    return Response(page, media_type="text/html", headers={"Content-Security-Policy": POLICY})


def _page(title: str, body: Iterable[str]) -> str:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    return (
        f'<!doctype html><html lang="en"><head>{head}<style>{STYLE}</style></head><body>{"".join(body)}</body></html>'
    )


def _schema_body(doors: Sequence[Door], document: dict[str, Any]) -> Iterable[str]:
    info = document["info"]
    yield f"<h1>LinguaPay {escape(info['version'])}</h1><p>{escape(info['description'])}</p>"
    yield '<p>For programs: <a href="/schema/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>'
    for tag in document["tags"]:
        yield f"<h2>{escape(tag['name'])}</h2><table>"
        for door in (door for door in doors if door.tag == tag["name"]):
            operation = document["paths"][door.path][door.method.lower()]
            said = f"{operation['summary']}. {operation['description']}"
            problems = " ".join(
                f'<a href="{problem.type}">{problem.status}</a>'
                for problem in sorted(problems_of(door), key=lambda problem: problem.status)
            )
            yield f"<tr><td><code>{door.method}</code><td><code>{escape(door.path)}</code>"
            yield f"<td>{escape(said)}<br><small>{door.status}; {problems}</small></tr>"
        yield "</table>"


def _problem_body(problem: Problem, doors: Iterable[Door]) -> Iterable[str]:
    yield f"<h1>{escape(problem.title)}</h1><p>Status {problem.status}, type <code>{problem.type}</code>.</p>"
    yield f"<p>What to do next: {escape(problem.next_move)}.</p><ul>"
    for door in doors:
        if problem in problems_of(door):
            yield f"<li><code>{door.method} {escape(door.path)}</code></li>"
    yield '</ul><p><a href="/schema">All routes</a></p>'
