"""A terminal that shows what names of places and files hold, and obeys nothing of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from flexruimte.errors import printable

__all__ = ["PlainConsole"]


class PlainConsole(Console):
    """A console of rich that shows control characters in texts; its own colours stay.

    Texts that may hold square brackets are printed as `rich.text.Text`, or with ``markup=False``.
    """

    def on_broken_pipe(self) -> None:
        """Go on where nobody reads any more what is told beside results: no work ends by it.

        Of results that is left to whoever called: a reader that has seen enough is no failure.
        """
        if not self.stderr:
            raise BrokenPipeError
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield segments whose texts hold no control character but line breaks."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text == "\n":
                yield segment
            else:
                lines = "\n".join(map(printable, segment.text.split("\n")))
                yield segment if lines == segment.text else Segment(lines, segment.style)
