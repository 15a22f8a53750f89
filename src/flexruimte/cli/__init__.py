"""The command line: reads arguments, shows progress and results, and sets the exit status.

It computes nothing itself. `app` knows all commands; each group of commands has a module.
"""

from __future__ import annotations

import sys
from typing import Final

__all__ = ["INTERRUPTED", "main", "say_interrupted"]

INTERRUPTED: Final = 130
"""Exit status after Ctrl-C or a request to end: what a shell gives for SIGINT."""


def main() -> None:
    """Run the command line.

    What it needs takes half a second to load: whoever interrupts then gets the same line as later.
    """
    try:
        from flexruimte.cli.app import run_app
    except KeyboardInterrupt:
        say_interrupted()
    run_app()


def say_interrupted() -> None:
    """Say on stderr how to go on, and end with the status of an interruption."""
    sys.stderr.write("flexruimte: interrupted; run the same command again to go on\n")
    sys.exit(INTERRUPTED)
