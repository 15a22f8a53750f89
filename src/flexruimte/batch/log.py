"""run.json: what is done, what failed, and for which study."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, field
from typing import Literal, TypeAlias

from flexruimte.batch.fingerprint import fingerprint
from flexruimte.errors import OutputError, enumerate_some
from flexruimte.exports.place import Place
from flexruimte.exports.results import FILES, RUN, folder_name
from flexruimte.exports.versions import software_versions
from flexruimte.exports.whole_file import whole_file
from flexruimte.pipeline import Plan

__all__ = ["Log", "MunicipalityRun", "State"]

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


class Log:
    """What run.json says, and writing it.

    Parameters
    ----------
    place
        Of the run's results.
    plan
        What the study asks; entries of another study, or other evidence, are outdated.
    """

    def __init__(self, place: Place, plan: Plan) -> None:
        self.place = place
        self._study = plan.name
        self._fingerprint = fingerprint(plan)
        self.entries: dict[str, MunicipalityRun] = _read_entries(place)
        for entry in self.entries.values():
            if entry.fingerprint != self._fingerprint and entry.state in ("done", "empty"):
                entry.state = "outdated"

    @property
    def done(self) -> list[MunicipalityRun]:
        """The municipalities that are done for this study, by code."""
        return [self.entries[code] for code in sorted(self.entries) if self.is_finished(code)]

    def is_finished(self, code: str) -> bool:
        """Whether a municipality is done for this very study and its files are there."""
        entry = self.entries.get(code)
        if entry is None or entry.state != "done" or entry.fingerprint != self._fingerprint:
            return False
        return all(self.place.has(f"{entry.folder}/{name}") for name in FILES)

    def is_empty(self, code: str) -> bool:
        """Whether a municipality has no parcels in this very study."""
        entry = self.entries.get(code)
        return entry is not None and entry.state == "empty" and entry.fingerprint == self._fingerprint

    def entry(self, code: str, name: str) -> MunicipalityRun:
        """Return a new entry for a municipality, not yet in the log."""
        return MunicipalityRun(code, name, folder_name(code), "running", self._fingerprint, _now())

    def start(self, entry: MunicipalityRun) -> None:
        """Log that a municipality is being computed."""
        entry.started = _now()
        self.entries[entry.code] = entry
        self._save()

    def finish(self, entry: MunicipalityRun) -> None:
        """Log how a municipality ended."""
        entry.finished = _now()
        self._save()

    def _save(self) -> None:
        left = [code for code, entry in sorted(self.entries.items()) if entry.state in ("failed", "running", "outdated")]
        document = {
            "study": self._study,
            "fingerprint": self._fingerprint,
            "version": software_versions()["flexruimte"],
            "to_finish": _remedy(left),
            "municipalities": {code: asdict(self.entries[code]) for code in sorted(self.entries)},
        }
        with self.place.writing() as folder, whole_file(folder / RUN) as partial:
            partial.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _remedy(left: list[str]) -> str | None:
    """Return what to do about municipalities that are not done; None where all are."""
    if not left:
        return None
    return f"not done: {enumerate_some(left)}; correct what their 'error' says, and give the same command again: only these are computed"


def _read_entries(place: Place) -> dict[str, MunicipalityRun]:
    try:
        text = place.read_text(RUN)
        document = {"municipalities": {}} if text is None else json.loads(text)
        return {code: MunicipalityRun(**entry) for code, entry in document["municipalities"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise OutputError(
            f"{place.named(RUN)} is not the log of an earlier run; move it away, or choose another place with --out"
        ) from None


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
