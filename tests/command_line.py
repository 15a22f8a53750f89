"""The command line in the process of a test."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from flexruimte import cli


def run(*arguments: str | Path) -> int:
    """Run the command line in this process and return its exit status."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["flexruimte", *map(str, arguments)])
        try:
            cli.main()
        except SystemExit as stop:
            return int(stop.code or 0)
    return 0
