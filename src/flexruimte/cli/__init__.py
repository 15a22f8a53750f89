"""The command line: reads arguments, shows progress and results, and sets the exit status.

It computes nothing itself. `app` knows all commands; each group of commands has a module.
"""

from flexruimte.cli.app import app, main

__all__ = ["app", "main"]
