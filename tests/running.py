"""Runs that other processes do: waiting for something, and what their log says."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path


def states(out: Path) -> dict[str, str]:
    """The state of each municipality, by run.json."""
    return {
        code: entry["state"]
        for code, entry in json.loads((out / "run.json").read_text())["municipalities"].items()
    }


def until(what: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)
