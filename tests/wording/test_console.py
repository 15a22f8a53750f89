"""A terminal shows what names hold; only the colours of flexruimte itself are obeyed."""

from __future__ import annotations

from io import StringIO

from rich.table import Table
from rich.text import Text

from flexruimte.cli.terminal import print_line
from flexruimte.errors import printable
from flexruimte.wording.console import PlainConsole

NAME = "Veld [red]rood[/red] [/oud] \x1b[2J\x9b31m"


def printed(color_system: str | None = None) -> tuple[PlainConsole, StringIO]:
    file = StringIO()
    return PlainConsole(file=file, width=200, color_system=color_system, force_terminal=True), file


def test_a_line() -> None:
    console, file = printed()
    print_line(NAME, console=console)
    assert file.getvalue() == "Veld [red]rood[/red] [/oud] \\x1b[2J\\x9b31m\n"


def test_a_cell_of_a_table() -> None:
    console, file = printed("standard")
    table = Table()
    table.add_column("naam")
    table.add_row(Text(printable(NAME), style="red"))
    table.add_row(Text(NAME))
    console.print(table)
    said = file.getvalue()
    assert r"\x1b[2J\x9b31m" in said
    assert "\x1b[2J" not in said
    assert "\x9b" not in said
    assert "\x1b[31m" in said  # the red of the cell
