"""A headless browser with MapLibre and Leaflet, and a web server for one folder, both only on this machine."""

from __future__ import annotations

import functools
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

_LIBRARIES = Path(__file__).parents[1] / ".cache" / "js" / "node_modules"
"""Where `make test` puts the maps, from the npm registry."""
LIBRARY = _LIBRARIES / "maplibre-gl" / "dist"
LEAFLET = _LIBRARIES / "leaflet" / "dist" / "leaflet.js"

_SWITCHES = (
    "--headless=new",
    "--disable-gpu",
    "--use-angle=swiftshader",  # MapLibre draws with WebGL; here the processor does what a graphics card would
    "--enable-unsafe-swiftshader",
    "--window-size=1000,800",
    "--force-device-scale-factor=1",
    "--no-first-run",
    # The browser asks nobody but us.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-quic",
    "--disable-sync",
)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of the loopback address, and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


@contextmanager
def headless(profile: Path) -> Iterator[webdriver.Chrome]:
    """Give a headless Chromium with an empty profile; skips the test where there is none, or no map."""
    browser = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    driver = shutil.which("chromedriver")
    if browser is None or driver is None:
        pytest.skip(
            "no Chromium with ChromeDriver here; on Debian: apt-get install chromium chromium-driver"
        )
    if not (LIBRARY / "maplibre-gl.js").is_file() or not LEAFLET.is_file():
        pytest.skip(
            "MapLibre and Leaflet are not here; `make test` fetches them where there is npm"
        )
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for switch in (*_SWITCHES, f"--user-data-dir={profile}"):
        options.add_argument(switch)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
        options.add_argument("--disable-dev-shm-usage")
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        chrome.set_script_timeout(60)
        yield chrome
    finally:
        chrome.quit()
