"""What all commands share: exit statuses, and printing to the terminal."""

from __future__ import annotations

import logging
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial

from rich.console import Console
from rich.text import Text

from flexruimte.errors import printable
from flexruimte.results.outputs import RUN, SUMMARY
from flexruimte.results.read import read_summaries
from flexruimte.results.store import store_of
from flexruimte.wording.console import PlainConsole
from flexruimte.wording.messages import Language as Written
from flexruimte.wording.messages import message
from flexruimte.wording.quantities import number_text

__all__ = [
    "BAD_INPUT",
    "counted",
    "language_of",
    "print_files",
    "print_line",
    "stderr",
    "stdout",
    "working",
]

BAD_INPUT = 2
"""Exit status after bad arguments, a bad study or a bad ruleset."""

_log = logging.getLogger(__name__)
stdout, stderr = PlainConsole(), PlainConsole(stderr=True)


def print_line(
    text: str,
    style: str = "",
    console: Console = stdout,
    *,
    always: bool = False,
    as_it_is: bool = False,
) -> None:
    """Print a text as it is, brackets and colons without a meaning.

    In a terminal it wraps at blanks; in a file or a pipe it is one line however long.

    Parameters
    ----------
    always
        Whether it is printed with --quiet too.
    as_it_is
        Whether it is one line in a terminal too, as what is to be copied must be.
    """
    said = printable(text)
    if console.is_terminal and not as_it_is:
        said = _wrapped(said, console.width)
    with _even_if_quiet(console) if always else nullcontext():
        console.print(Text(said, style=style), soft_wrap=True)


def print_files(said: str, *paths: str) -> None:
    """Print where results are: in a sentence, or with --quiet their paths alone, one on a line."""
    print_line(said)
    if stdout.quiet:
        for path in paths:
            print_line(path, always=True, as_it_is=True)


def _wrapped(text: str, width: int) -> str:
    """Return a text in lines that break at blanks alone, so that paths and addresses stay whole.

    Examples
    --------
    >>> print(_wrapped("see /a/path/that/is/long for more of it", 16))
    see
      /a/path/that/is/long
      for more of it
    """
    indent = " " * (len(text) - len(text.lstrip()) + 2)
    lines = textwrap.wrap(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines)


@contextmanager
def _even_if_quiet(console: Console) -> Iterator[None]:
    before, console.quiet = console.quiet, False
    try:
        yield
    finally:
        console.quiet = before


@contextmanager
def working(what: str) -> Iterator[Callable[[str], None]]:
    """Show in a terminal that something is being done, for what may take more than two seconds.

    Gives a function that takes what is being done now. With --verbose all of it is told, and how
    long it took.
    """
    started = time.monotonic()
    if stderr.is_terminal:
        with stderr.status(Text(printable(what))) as status:

            def show(text: str) -> None:
                _log.info("%s", text)
                status.update(Text(printable(text)))

            yield show
    else:
        yield partial(_log.info, "%s")
    _log.info("%s: %.1f s", what, time.monotonic() - started)


def language_of(out: str) -> Written:
    """Return the language of the study of a run.

    Raises
    ------
    OutputError
        When there is no run, or nothing in it is done.
    """
    with store_of(out).reading((RUN, SUMMARY)) as folder:
        return read_summaries(folder)[0].study.language


def counted(message_id: str, count: int, language: Written, **said: str) -> str:
    """Return a message that shows a number, and chooses its form by it."""
    return message(
        message_id, language, number=number_text(count, 0, language), count=count, **said
    )
