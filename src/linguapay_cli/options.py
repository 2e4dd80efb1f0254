"""The options that many commands share, each described once."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

LIST = "What is listed"
LOOK = "How it looks"

AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="As JSON, for programs.", rich_help_panel=LOOK)]
AsCsv: TypeAlias = Annotated[
    bool, typer.Option("--csv", help="As CSV (RFC 4180), for spreadsheets.", rich_help_panel=LOOK)
]
Plain: TypeAlias = Annotated[
    bool,
    typer.Option("--plain", help="In lines of plain text, as a screen reader likes them.", rich_help_panel=LOOK),
]
Utc: TypeAlias = Annotated[
    bool, typer.Option("--utc", help="Times in UTC, instead of this machine's zone (TZ).", rich_help_panel=LOOK)
]
Limit: TypeAlias = Annotated[
    int, typer.Option("--limit", "-n", min=1, max=100_000, help="How many at most.", rich_help_panel=LIST)
]
Cursor: TypeAlias = Annotated[
    str, typer.Option(help="Where to go on: the cursor that the page before ended with.", rich_help_panel=LIST)
]
Person: TypeAlias = Annotated[
    str, typer.Option(help="Of this person, on whichever side: the host platform's identifier.", rich_help_panel=LIST)
]
Since: TypeAlias = Annotated[
    str,
    typer.Option("--from", metavar="TIME", help="From this day (2026-03-05) or instant on.", rich_help_panel=LIST),
]
Until: TypeAlias = Annotated[
    str, typer.Option("--to", metavar="TIME", help="Before this day or instant.", rich_help_panel=LIST)
]
AtLeast: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--at-least", metavar="MINOR", min=0, help="Of this amount or more: 2625 is 26.25 USD.", rich_help_panel=LIST
    ),
]
AtMost: TypeAlias = Annotated[
    int | None, typer.Option("--at-most", metavar="MINOR", min=0, help="Of this amount or less.", rich_help_panel=LIST)
]
