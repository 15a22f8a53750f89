"""What can be done after a command: a few commands, each to be pasted as it stands."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Final, TypeAlias

from flexruimte.cli.terminal import print_line
from flexruimte.cli.verbosity import Verbosity, verbosity
from flexruimte.results.outputs import RANKING
from flexruimte.results.ranking_table import ids_in_ranking
from flexruimte.results.store import store_of
from flexruimte.wording.messages import Language, message

__all__ = ["Step", "command_text", "first_locations", "tell_next", "view_step"]

_NAME: Final = "flexruimte"
Step: TypeAlias = tuple[str, Sequence[str | Path]]
"""The id of the message that says what for, and the words of the command behind `flexruimte`."""


def tell_next(language: Language, *steps: Step) -> None:
    """Print what can be done now, each on a line: what for, and the command.

    With --quiet nothing.
    """
    if verbosity() == Verbosity.QUIET or not steps:
        return
    names = [message(message_id, language) for message_id, _ in steps]
    widest = max(map(len, names))
    print_line("")
    print_line(message("next", language))
    for name, (_, words) in zip(names, steps, strict=True):
        print_line(f"  {name:<{widest}}  {command_text(words)}", as_it_is=True)


def command_text(words: Sequence[str | Path]) -> str:
    """Return a command as a shell takes it.

    Examples
    --------
    >>> command_text(["run", "my study/study.toml", "--gemeente", "GM0363"])
    "flexruimte run 'my study/study.toml' --gemeente GM0363"
    """
    texts = [_program(), *map(str, words)]
    return subprocess.list2cmdline(texts) if os.name == "nt" else shlex.join(texts)


def _program() -> str:
    """Return what starts this program: its name, or where no shell would find that, its path.

    So is it after ``make demo``, which puts it in an environment that nobody has entered.
    """
    started = Path(sys.argv[0])
    is_unknown = started.stem == _NAME and shutil.which(_NAME) is None
    return str(started) if is_unknown else _NAME


def first_locations(out: str, most: int = 2) -> list[str]:
    """Return the ids of the first locations in the ranking of a run; fewer where it has fewer.

    An id that the table or a command line would not take as it is, is passed over.
    """
    store = store_of(out)
    if not store.has(RANKING):
        return []
    with store.reading((RANKING,)) as folder:
        plain = (each for each in ids_in_ranking(folder / RANKING) if each[:1].isalnum())
        return list(islice(plain, most))


def view_step(out: str) -> list[Step]:
    """Return how the map of a run is shown; nothing where it is not in a folder."""
    return [("next-view", ["view", out])] if store_of(out).is_folder else []
