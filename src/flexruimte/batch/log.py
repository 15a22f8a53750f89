"""run.json: what is done, what failed, and for which study; and the lock that keeps a second run out of the folder."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Literal, TypeAlias

from flexruimte.batch.fingerprint import digest, fingerprints, stamps_of
from flexruimte.errors import OutputError, enumerate_some
from flexruimte.exports.results import FILES, RUN, folder_name
from flexruimte.exports.versions import software_versions
from flexruimte.exports.whole_file import whole_file
from flexruimte.pipeline import Plan

__all__ = ["LOCK", "Job", "Log", "MunicipalityRun", "State", "locked"]

LOCK: Final = ".run.lock"

State: TypeAlias = Literal["running", "done", "empty", "failed", "outdated"]
"""Empty: no parcels, where all municipalities were asked for."""


@dataclass
class MunicipalityRun:
    """What run.json says of one municipality."""

    code: str
    name: str
    folder: str
    state: State
    fingerprint: str
    started: str
    finished: str | None = None
    error: str | None = None
    traceback: str | None = None
    """Only where something went wrong that is a fault in flexruimte and not in the study."""
    counts: dict[str, int] = field(default_factory=dict)
    """Parcels per status."""
    homes: int = 0
    """Middle estimate over the ranked locations."""
    stamp: str = ""
    """Changes when an input may have changed since."""
    unchanged: bool = False
    """Whether an input has changed, but nothing of it that this municipality sees: what was there before stands."""


@dataclass
class Job:
    """What a worker has to know of a municipality besides what the study asks."""

    entry: MunicipalityRun
    stamps: dict[str, str]
    """By input, a text that changes when it may have changed."""
    stands: bool
    """Whether there are results of this very question, which hold as long as the inputs are seen as they were."""
    fresh: bool
    """Whether to compute again what is known."""


class Log:
    """What run.json says, and writing it.

    Parameters
    ----------
    folder
        Of the run.
    plan
        What the study asks; entries of another study, or other evidence, are outdated.
    """

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder = folder
        self._study = plan.name
        self._fingerprints, self._stamps = fingerprints(plan), stamps_of(plan)
        self._stamp = digest(self._stamps)
        self.read()

    def read(self) -> None:
        """Read what run.json says by now."""
        self.entries, self.ranking = _read_entries(self.folder / RUN)
        for code, entry in self.entries.items():
            if entry.fingerprint != self._fingerprints.get(code) and entry.state in ("done", "empty"):
                entry.state = "outdated"

    @property
    def done(self) -> list[MunicipalityRun]:
        """The municipalities that are done for this study and these inputs, by code."""
        return [self.entries[code] for code in sorted(self.entries) if self.is_finished(code)]

    def is_finished(self, code: str) -> bool:
        """Whether a municipality is done for this very study and these very inputs, and its files are there."""
        return self._stands(code) and self.entries[code].stamp == self._stamp

    def is_empty(self, code: str) -> bool:
        """Whether a municipality has no parcels in this very study."""
        entry = self.entries.get(code)
        return entry is not None and entry.state == "empty" and entry.stamp == self._stamp

    def _stands(self, code: str) -> bool:
        entry = self.entries.get(code)
        if entry is None or entry.state != "done":
            return False
        return all((self.folder / entry.folder / name).is_file() for name in FILES)

    def job(self, code: str, name: str, *, fresh: bool) -> Job:
        """Return what has to be done for a municipality; its entry is not yet in the log."""
        new = MunicipalityRun(code, name, folder_name(code), "running", self._fingerprints[code], _now(), stamp=self._stamp)
        stands = self._stands(code) and not fresh
        if stands:
            before = self.entries[code]
            new.counts, new.homes, new.finished = before.counts, before.homes, before.finished
        return Job(new, self._stamps, stands, fresh)

    @property
    def is_ranked(self) -> bool:
        """Whether the table of all locations is of what is done now."""
        return self.ranking is not None and self.ranking["of"] == self._ranked_of()

    def note_ranking(self, locations: int) -> None:
        """Log that the table of all locations was written, with so many."""
        self.ranking = {"of": self._ranked_of(), "locations": locations}
        self._save()

    def _ranked_of(self) -> str:
        return digest([(entry.code, entry.fingerprint, entry.finished) for entry in self.done])

    def start(self, entry: MunicipalityRun) -> None:
        """Log that a municipality is being computed."""
        entry.started = _now()
        self.entries[entry.code] = entry
        self._save()

    def finish(self, entry: MunicipalityRun) -> None:
        """Log how a municipality ended."""
        if not entry.unchanged:
            entry.finished = _now()
        self._save()

    def _save(self) -> None:
        left = [code for code, entry in sorted(self.entries.items()) if entry.state in ("failed", "running", "outdated")]
        document = {
            "study": self._study,
            "version": software_versions()["flexruimte"],
            "to_finish": _remedy(left),
            "ranking": self.ranking,
            "municipalities": {code: asdict(self.entries[code]) for code in sorted(self.entries)},
        }
        with whole_file(self.folder / RUN) as partial:
            partial.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _remedy(left: list[str]) -> str | None:
    """Return what to do about municipalities that are not done; None where all are."""
    if not left:
        return None
    return f"not done: {enumerate_some(left)}; correct what their 'error' says, and give the same command again: only these are computed"


def _read_entries(path: Path) -> tuple[dict[str, MunicipalityRun], dict[str, Any] | None]:
    """Return what is said of municipalities, and of the table of all locations."""
    if not path.exists():
        return {}, None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return {code: MunicipalityRun(**entry) for code, entry in document["municipalities"].items()}, document.get("ranking")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise OutputError(f"{path} is not the log of an earlier run; move it away, or choose another folder with --out") from None


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder; the operating system opens the lock when this process ends, however it ends.

    Raises
    ------
    OutputError
        When another run holds the lock, or the folder cannot be written to.
    """
    path = folder / LOCK
    try:
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}; check your rights on the folder") from None
    with file:
        if not _lock(file):
            file.seek(0)
            holder = file.read().strip() or "somebody"
            raise OutputError(f"another run writes to {folder}: {holder}; wait until it has ended, or choose another folder with --out")
        file.truncate(0)
        file.write(f"process {os.getpid()} on {platform.node()}, since {_now()}\n")
        file.flush()
        yield


def _lock(file: IO[str]) -> bool:
    """Lock a file if nobody else has."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        file.seek(1_000_000)  # what is locked there cannot be read: not the name of who has it
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # there only
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
