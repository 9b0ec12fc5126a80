"""`agentscaler pool add`: finds out what paths and MCP servers hold, and puts it into a run."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from agentscaler.errors import InputError
from agentscaler.interfaces.cli.boundary import error_console, output_console
from agentscaler.interfaces.cli.options import (
    ConfigOption,
    LimitOption,
    Options,
    RunOption,
    SeedOption,
    SetOption,
    WorkersOption,
)

if TYPE_CHECKING:
    from agentscaler.interfaces.mcp_client import Listing

__all__ = ["add"]

StdioOption = Annotated[
    list[str] | None,
    typer.Option("--mcp-stdio", metavar="COMMAND", help="Ask the MCP server that this starts."),
]
HttpOption = Annotated[
    list[str] | None,
    typer.Option("--mcp-http", metavar="URL", help="Ask the MCP server at this address."),
]
HeaderOption = Annotated[
    list[str] | None,
    typer.Option("--mcp-header", metavar="NAME: VALUE", help="Sent to --mcp-http; not kept."),
]


def add(
    run: RunOption,
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Files, folders, or botocore or google."),
    ] = None,
    mcp_stdio: StdioOption = None,
    mcp_http: HttpOption = None,
    mcp_header: HeaderOption = None,
    mcp_timeout: Annotated[
        float, typer.Option("--mcp-timeout", min=0.1, help="Seconds that an answer may take.")
    ] = 30.0,
    config: ConfigOption = None,
    overrides: SetOption = None,
    seed: SeedOption = None,
    limit: LimitOption = None,
    workers: WorkersOption = None,
) -> None:
    """Find out what paths or MCP servers hold, add them to the run, and make the pool again."""
    from agentscaler.interfaces.cli.progress import watcher
    from agentscaler.interfaces.cli.tables import sources_table
    from agentscaler.interfaces.mcp_client import save_listing
    from agentscaler.pipeline import run_stage
    from agentscaler.runfolder import RunFolder

    if not (paths or mcp_stdio or mcp_http):
        raise InputError(
            "There is nothing to add.", "Name files or folders, or use --mcp-stdio or --mcp-http."
        )
    known = [_recognised(path) for path in paths or ()]
    listings = _asked(mcp_stdio or (), mcp_http or (), _headers(mcp_header), mcp_timeout)
    folder = RunFolder.open(run, create=True)
    known += [
        str(save_listing(listing, folder.path / "sources", origin).absolute())
        for origin, listing in listings
    ]
    sources = list(dict.fromkeys([*folder.settings.get("sources", ()), *known]))
    options = Options(config, overrides, sources, seed, limit, workers)
    settings = options.settings(folder.settings, limited="pool")
    with watcher(error_console()) as observer:
        run_stage(folder, "pool", settings, observer)
    output_console().print(sources_table(folder))


def _recognised(path: str) -> str:
    """The source that a path is, said in a line; its place does not depend on where we stand."""
    from agentscaler.corpus import PACKAGED, detect

    if path in PACKAGED and not os.path.lexists(path):
        return path
    found = detect(Path(path))
    if not found.forms:
        raise InputError(
            f"None of the {found.unknown:,} files in {path} can be read as an API description.",
            "Give files that describe an API or list functions.",
        )
    parts = [f"{count:,} {form}" for form, count in sorted(found.forms.items())]
    if found.unknown:
        parts.append(f"{found.unknown:,} unreadable or of no known form")
    output_console().print(f"{escape(path)}: {', '.join(parts)}", soft_wrap=True)
    return str(Path(path).absolute())


def _asked(
    commands: Sequence[str], addresses: Sequence[str], headers: dict[str, str], timeout: float
) -> list[tuple[str, "Listing"]]:
    """What some MCP servers list, each behind the command or address that it came from."""
    from agentscaler.interfaces.mcp_client import list_over_http, list_over_stdio

    listings = [(origin, list_over_stdio(origin, timeout)) for origin in commands]
    listings += [(origin, list_over_http(origin, headers, timeout)) for origin in addresses]
    for _, listing in listings:
        name = listing["serverInfo"].get("name", "the server")
        output_console().print(f"{escape(str(name))}: {len(listing['tools']):,} mcp tools")
    return listings


def _headers(given: Sequence[str] | None) -> dict[str, str]:
    headers = {}
    for header in given or ():
        name, colon, value = header.partition(":")
        if not colon or not name.strip():
            raise InputError(f"--mcp-header {name} is no header.", "Write it as 'Name: value'.")
        headers[name.strip()] = value.strip()
    return headers
