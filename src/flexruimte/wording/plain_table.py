"""A table for a terminal: it wraps at blanks, and has no column in which nothing stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from rich.box import SIMPLE
from rich.console import Console, ConsoleOptions, RenderableType
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

__all__ = ["Cell", "PlainTable"]

Cell: TypeAlias = "str | Text"
"""What stands in a cell; brackets and colons in it have no meaning."""
_BETWEEN: Final = (2, 1)
"""Blanks between two columns: so many, and where that does not fit so many."""


@dataclass(frozen=True)
class PlainTable:
    """Rows of cells under headings, as wide as what stands in them or as the terminal.

    Where it is too wide, the widest columns wrap first, at blanks. Where not even the longest words
    of all columns fit beside each other, each row is written below the other: what stands in its
    first column, and then every other cell behind its heading.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    """In each as many cells as there are headings."""
    texts: int = 1
    """So many columns at the left are texts; the others are numbers, and stand at the right."""
    caption: str = ""
    """Stands under it."""
    total: bool = False
    """Whether the last row adds up the others: a line stands above it."""

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        """Yield what rich prints."""
        columns = self._columns()
        natural = [_widest(console, cells) for cells in columns]
        shortest = [_longest_word(cells) for cells in columns]
        rooms = [options.max_width - blanks * (len(columns) - 1) for blanks in _BETWEEN]
        tight = sum(shortest) > rooms[0]
        if sum(shortest) > rooms[1]:
            yield from self._one_below_another(columns)
            return
        # The box puts a blank between columns, and this the others.
        padding = (0, _BETWEEN[tight] - 1, 0, 0)
        table = Table(box=SIMPLE, padding=padding, pad_edge=False, show_edge=False)
        for number, (cells, width) in enumerate(
            zip(columns, _widths(natural, shortest, rooms[tight]), strict=True)
        ):
            justify = "left" if number < self.texts else "right"
            # rich names its words by literals, and a choice between two is a text for mypy.
            table.add_column(cells[0], justify=justify, width=width, overflow="fold")  # type: ignore[arg-type]
        for row in zip(*(cells[1:] for cells in columns), strict=True):
            if self.total and table.row_count == len(self.rows) - 1:
                table.add_section()
            table.add_row(*row)
        yield table
        if self.caption:
            yield Text(self.caption, style="dim")

    def _one_below_another(self, columns: Sequence[Sequence[Text]]) -> Iterator[RenderableType]:
        """Yield each row as lines, for a terminal that is too narrow for columns."""
        headings, *rows = zip(*columns, strict=True)
        for row in rows:
            yield Text(row[0].plain, style="bold")
            for heading, cell in zip(headings[1:], row[1:], strict=True):
                if cell.plain.strip():
                    said = _in_one_line(cell.plain)
                    yield Padding(Text.assemble(f"{heading.plain}: ", (said, cell.style)), (0, 2))
        if self.caption:
            yield Text(self.caption, style="dim")

    def _columns(self) -> list[list[Text]]:
        """Return heading and cells of each column in which something stands; the first always."""
        cells = [[_text(cell) for cell in row] for row in self.rows]
        return [
            [_text(heading), *(row[place] for row in cells)]
            for place, heading in enumerate(self.headings)
            if not place or any(row[place].plain.strip() for row in cells)
        ]


def _text(cell: Cell) -> Text:
    return cell if isinstance(cell, Text) else Text(cell)


def _widest(console: Console, cells: Sequence[Text]) -> int:
    return max(Measurement.get(console, console.options, cell).maximum for cell in cells)


def _longest_word(cells: Sequence[Text]) -> int:
    return max(len(word) for cell in cells for word in (cell.plain.split() or [""]))


def _widths(natural: Sequence[int], shortest: Sequence[int], room: int) -> list[int]:
    """Return how wide each column is: together at most the room, the widest shrunk first.

    No column is narrower than its longest word, as long as these fit.

    Parameters
    ----------
    natural
        How wide each would be without wrapping.
    shortest
        How wide the longest word of each is.
    room
        For all of them.

    Examples
    --------
    >>> _widths([30, 10, 5], [12, 8, 5], 60), _widths([30, 10, 5], [12, 8, 5], 30)
    ([30, 10, 5], [15, 10, 5])
    >>> _widths([30, 10, 5], [12, 8, 5], 26)
    [12, 9, 5]
    """
    widths = list(natural)
    while sum(widths) > room:
        wider = [place for place, width in enumerate(widths) if width > shortest[place]]
        if not wider:
            break
        widest = max(wider, key=lambda place: widths[place])
        widths[widest] -= 1
    return widths


def _in_one_line(text: str) -> str:
    """Return lines behind each other; a sentence that has ended needs no semicolon."""
    return text.replace(".\n", ". ").replace("\n", "; ")
