"""`flexruimte view`: a server for this computer, and what it says when it cannot be one."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from command_line import run


def test_the_map_is_served_until_it_is_interrupted(four_towns_results: Path) -> None:
    command = [sys.executable, "-m", "flexruimte.cli", "view", str(four_towns_results)]
    server = subprocess.Popen(
        [*command, "--no-browser"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        # a test run in the background ignores Ctrl-C, and so would what it starts
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert server.stdout is not None
    try:
        address = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
        assert address is not None
        with urllib.request.urlopen(address[0]) as page:
            assert b"<!doctype html>" in page.read()
        with urllib.request.urlopen(f"{address[0]}data/run.js") as data:
            assert b"Aadorp" in data.read()
        # the reports beside the map, and the way back; nothing else of the run
        for path in ("A/report.html", "A/dossiers.html", "map/index.html", "map/data/run.js"):
            with urllib.request.urlopen(f"{address[0]}{path}") as answer:
                assert answer.status == 200
        for path in (
            "run.json",
            "A/summary.json",
            "../run.json",
            "map/../run.json",
            "A/.survey.arrow",
        ):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"{address[0]}{path}")
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=60) == 0
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def test_a_port_in_use_is_told(
    four_towns_results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run("view", four_towns_results, "--no-browser", "--port", str(port)) == 2
    error = capsys.readouterr().err
    assert f"port {port} cannot be used" in error
    assert "--port 0" in error


def test_a_folder_without_a_map_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("view", tmp_path, "--no-browser") == 2
    assert "holds no run" in capsys.readouterr().err
