"""pygeoapi and MapServer behind one port of this machine: /ogc, /wfs and /wcs.

    python one_port.py PORT MAPSERV

What they serve stands in the environment: PYGEOAPI_CONFIG and PYGEOAPI_OPENAPI, MAPSERVER_CONFIG_FILE.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

Start = Callable[[str, list[tuple[str, str]]], object]


def map_server(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Run MapServer as a web server runs a program: a question in its environment, an answer on its output."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    said = {name: value for name, value in environ.items() if isinstance(value, str)}
    asked = environ.get("QUERY_STRING", "")
    # Each raster has a map of its own, as its kind of cells is that of the map's output.
    named = {name.lower(): value for name, value in parse_qsl(asked)}
    question = f"map={named.get('coverageid', 'sample')}&{asked}"
    done = subprocess.run(
        [sys.argv[2]],
        input=environ["wsgi.input"].read(length),
        env={**os.environ, **said, "QUERY_STRING": question},
        capture_output=True,
        check=False,
    )
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    named = [line.decode().split(": ", 1) for line in head.split(b"\r\n") if b": " in line]
    headers = dict(named)
    status = headers.pop("Status", "200 OK")
    start(status, [*headers.items(), ("Content-Length", str(len(body)))])
    return [body]


def nothing(_: dict[str, Any], start: Start) -> Iterable[bytes]:
    start("404 Not Found", [("Content-Type", "text/plain")])
    return [b"there is /ogc, /wfs and /wcs"]


def serve(port: int) -> None:
    """Answer until the process is ended."""
    from pygeoapi.flask_app import APP  # of an environment that the tests do not have
    from werkzeug.middleware.dispatcher import DispatcherMiddleware
    from werkzeug.serving import WSGIRequestHandler, run_simple

    class Silent(WSGIRequestHandler):
        def log(self, *_: object) -> None:
            """Say nothing."""

    parts = {"/ogc": APP, "/wfs": map_server, "/wcs": map_server}
    run_simple(
        "127.0.0.1",
        port,
        DispatcherMiddleware(nothing, parts),
        threaded=True,
        request_handler=Silent,
    )


if __name__ == "__main__":
    serve(int(sys.argv[1]))
