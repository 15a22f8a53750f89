"""run.log: what happened in the runs of a folder, line by line; and the same for Python's logging.

Each run adds its lines to those of earlier runs. A file of more than `MOST_CHARACTERS` becomes
`run.log.1`, in place of an older one, before a run begins: two files are the most there are.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flexruimte.batch.municipality_run import MunicipalityRun
from flexruimte.errors import OutputError, printable, redacted
from flexruimte.results.outputs import RUN_LOG
from flexruimte.results.store import Store
from flexruimte.results.versions import software_versions

__all__ = ["MOST_CHARACTERS", "OLDER_RUN_LOG", "RunLog"]

MOST_CHARACTERS: Final = 1_000_000
"""A run of all municipalities of the country writes about half of that. [character]"""
OLDER_RUN_LOG: Final = f"{RUN_LOG}.1"

_log = logging.getLogger(__name__)


class RunLog:
    """Takes note of what happens in a run, for people who look for the reason afterwards.

    Lines hold no passwords and keys, and nothing that a terminal would obey. A log that cannot be
    written stops no run: that is told once, by a warning of Python's logging.

    Parameters
    ----------
    store
        Of the run's results. Nothing is written before `during`, as another run may be in it. A
        folder has each line at once; on object storage, where a file is put as a whole, lines wait
        for the end of a municipality.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[str] = []
        self._is_open = self._has_failed = False

    @contextmanager
    def during(self, what: str) -> Iterator[None]:
        """Note the beginning of a run and how it ended, and keep what is noted in between.

        Parameters
        ----------
        what
            What is run, as in ``study 'Sample', 3 municipalities``.
        """
        self._make_room()
        started = time.monotonic()
        before, self._waiting = self._waiting, []
        self.note(logging.INFO, f"flexruimte {software_versions()['flexruimte']}: {what}")
        self._waiting += before
        self._is_open = True
        self._write()
        ended = "ended"
        try:
            yield
        except KeyboardInterrupt:
            ended = "interrupted"
            raise
        except BaseException as error:
            ended = f"stopped by {type(error).__name__}: {error}"
            raise
        finally:
            self.note(logging.INFO, f"{ended} after {time.monotonic() - started:.1f} s")
            self._write()
            self._is_open = False

    def note(self, level: int, text: str) -> None:
        """Note a line, here and for Python's logging, under a level of the latter."""
        said = printable(redacted(text))
        _log.log(level, "%s", said)
        moment = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        self._waiting.append(f"{moment} {logging.getLevelName(level):<7} {said}\n")
        if self._store.is_folder:
            self._write()

    def note_end(self, entry: MunicipalityRun, called: str) -> None:
        """Note how a municipality ended, and what it took."""
        if entry.state == "failed":
            self.note(logging.ERROR, f"{called} failed: {entry.error}")
        else:
            state = "unchanged" if entry.unchanged else entry.state
            self.note(logging.INFO, f"{called}: {state}")
            for line in [] if entry.unchanged else entry.details:
                self.note(logging.INFO, f"{called}: {line}")
        self._write()

    def _make_room(self) -> None:
        try:
            if len(self._store.read_text(RUN_LOG) or "") > MOST_CHARACTERS:
                self._store.rename(RUN_LOG, OLDER_RUN_LOG)
        except (OSError, UnicodeError, OutputError) as error:
            self._tell(error)

    def _write(self) -> None:
        """Write the lines that wait, if the run has begun."""
        if not self._is_open or not self._waiting:
            return
        text, self._waiting = "".join(self._waiting), []
        if not self._has_failed:
            try:
                self._store.append(RUN_LOG, text)
            except OutputError as error:
                self._tell(error)

    def _tell(self, error: Exception) -> None:
        self._has_failed = True
        _log.warning("%s holds nothing of this run: %s", RUN_LOG, redacted(str(error)))
