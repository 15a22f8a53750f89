"""The command that shows the map of a run: a web server for this computer alone."""

from __future__ import annotations

import functools
import webbrowser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any

import typer

from flexruimte.batch.map import map_folder, refresh_map
from flexruimte.cli.arguments import LanguageOption, ResultsArgument
from flexruimte.cli.next_steps import first_locations, tell_next
from flexruimte.cli.terminal import language_of, print_line, working
from flexruimte.errors import OutputError
from flexruimte.results.outputs import MAP, PAGES

__all__ = ["view"]

_HERE = "127.0.0.1"


def view(
    out: ResultsArgument,
    port: Annotated[
        int,
        typer.Option(
            min=0, max=65535, metavar="N", help="Port on this computer; 0 takes a free one."
        ),
    ] = 0,
    browser: Annotated[
        bool,
        typer.Option("--browser/--no-browser", help="Open the browser, or only tell the address."),
    ] = True,
    language: LanguageOption = None,
) -> None:
    """Show the map of a run in a browser, until Ctrl-C.

    OUT/map/index.html opens by itself too, and works on any web server.
    """
    folder = map_folder(out)
    with working("reading what follows from the run"):
        said_in = language or language_of(out)
        refresh_map(out, said_in)
    with _server(folder, port) as server:
        address = f"http://{_HERE}:{server.server_address[1]}/"
        print_line(f"the map is at {address}; Ctrl-C ends")
        first = first_locations(out, 1)
        tell_next(said_in, *(("next-explain", ["explain", out, each]) for each in first))
        if browser:
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files, and does not tell of each."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def translate_path(self, path: str) -> str:
        """Return the file of a path: of the map, which pages beside it call by its own name too."""
        folder = Path(self.directory)
        inside = Path(super().translate_path(path)).relative_to(folder)
        if inside.parts[:1] == (MAP,):
            return str(folder.joinpath(*inside.parts[1:]))
        is_page = len(inside.parts) == 2 and inside.name in PAGES
        return str((folder.parent if is_page else folder) / inside)

    def end_headers(self) -> None:
        """Have the browser ask again: a run may have written a file anew."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()


def _server(folder: Path, port: int) -> ThreadingHTTPServer:
    handler = functools.partial(_Quiet, directory=str(folder))
    try:
        return ThreadingHTTPServer((_HERE, port), handler)
    except OSError as error:
        raise OutputError(
            f"port {port} cannot be used: {error.strerror or error}; "
            "give another with --port, or --port 0 for one that is free"
        ) from None
