"""run.json: what is done, what failed, and for which study."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Sequence
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from flexruimte.assessment.pipeline import Question
from flexruimte.batch.municipality_run import Job, MunicipalityRun
from flexruimte.batch.reuse.fingerprint import check_digest, digest, fingerprints, stamps_of
from flexruimte.errors import OutputError, enumerate_some, printable
from flexruimte.evidence.identifiers import UnmetIds
from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.outputs import FILES, RUN
from flexruimte.results.read import folder_name
from flexruimte.results.store import Store
from flexruimte.results.versions import software_versions
from flexruimte.views.web import DATA, HEAD

__all__ = ["Log", "refuse_another_study", "study_file"]

_OF_ENTRY: Final = {each.name for each in fields(MunicipalityRun)} - {"details"}


class Log:
    """What run.json says, and writing it.

    Parameters
    ----------
    store
        Of the run's results.
    question
        What the study asks; entries of another study, or other evidence, are outdated.
    named
        Codes of the municipalities where sources are looked at; None is all.
    """

    def __init__(
        self, store: Store, question: Question, named: Sequence[str] | None = None
    ) -> None:
        self.store, self._named = store, named
        self._study = question.name
        self._fingerprints, self._stamps = fingerprints(question), stamps_of(question)
        self._stamp = digest(self._stamps)
        self._question = question
        self.read()

    def read(self) -> None:
        """Read what run.json says by now."""
        self.entries, self.ranking, self._checked, self.unmet_ids = _read_entries(self.store)
        for code, entry in self.entries.items():
            if entry.fingerprint != self._fingerprints.get(code) and entry.state in (
                "done",
                "empty",
            ):
                entry.state = "outdated"

    @cached_property
    def _check_of_all(self) -> str | None:
        return check_digest(self._question, self._stamps)

    @property
    def _check(self) -> str | None:
        found = self._check_of_all
        return found if found is None or self._named is None else digest(found, self._named)

    @property
    def is_checked(self) -> bool:
        """Whether an earlier run found nothing wrong with these inputs, asking the same of them.

        There where this run looks at them, or everywhere.
        """
        return self._checked is not None and self._checked in (self._check, self._check_of_all)

    def note_checked(self, unmet_ids: dict[str, UnmetIds]) -> None:
        """Log, with the next entry, that nothing is wrong with the inputs.

        Parameters
        ----------
        unmet_ids
            Which ids in tables, and in decisions, meet no parcel, by layer.
        """
        self._checked, self.unmet_ids = self._check, unmet_ids

    @property
    def done(self) -> list[MunicipalityRun]:
        """The municipalities that are done for this study and these inputs, by code."""
        return [self.entries[code] for code in sorted(self.entries) if self.is_finished(code)]

    def is_finished(self, code: str) -> bool:
        """Whether the results of a municipality are there, for this study and these inputs."""
        return self._stands(code) and self.entries[code].stamp == self._stamp

    def is_empty(self, code: str) -> bool:
        """Whether a municipality has no parcels in this very study."""
        entry = self.entries.get(code)
        return entry is not None and entry.state == "empty" and entry.stamp == self._stamp

    def _stands(self, code: str) -> bool:
        entry = self.entries.get(code)
        if entry is None or entry.state != "done":
            return False
        files = (*(f"{entry.folder}/{name}" for name in FILES), f"{DATA}/{entry.folder}{HEAD}")
        return all(self.store.has(name) for name in files)

    def job(self, code: str, name: str, *, fresh: bool) -> Job:
        """Return what has to be done for a municipality; its entry is not yet in the log."""
        new = MunicipalityRun(
            code,
            name,
            folder_name(code),
            "running",
            self._fingerprints[code],
            _now(),
            stamp=self._stamp,
        )
        stands = self._stands(code) and not fresh
        if stands:
            new.keep_outcome(self.entries[code])
        return Job(new, self._stamps, stands, fresh)

    @property
    def is_ranked(self) -> bool:
        """Whether the tables of all municipalities are of what is done now."""
        return self.ranking is not None and self.ranking["of"] == self._ranked_of()

    def note_ranking(self, locations: int) -> None:
        """Log that the table of all locations was written, with so many."""
        self.ranking = {"of": self._ranked_of(), "locations": locations}
        self._save()

    def _ranked_of(self) -> str:
        """Return a text that changes with what the tables of all municipalities are made of."""
        done = [(entry.code, entry.fingerprint, entry.finished) for entry in self.done]
        finished = {code for code, *_ in done}
        others = [
            (code, entry.state)
            for code, entry in sorted(self.entries.items())
            if code not in finished
        ]
        return digest(done, others)

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
        left = [
            code
            for code, entry in sorted(self.entries.items())
            if entry.state in ("failed", "running", "outdated")
        ]
        document = {
            "study": self._study,
            "study_file": _study_file(self.store, self._question),
            "version": software_versions()["flexruimte"],
            "to_finish": _remedy(left),
            "ranking": self.ranking,
            "checked": self._checked,
            "unmet_ids": {name: vars(unmet) for name, unmet in (self.unmet_ids or {}).items()},
            "municipalities": {code: _said_of(self.entries[code]) for code in sorted(self.entries)},
        }
        with self.store.writing() as folder, atomic_write(folder / RUN) as partial:
            partial.write_text(
                json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
            )


def _said_of(entry: MunicipalityRun) -> dict[str, Any]:
    return {name: value for name, value in vars(entry).items() if name in _OF_ENTRY}


def _study_file(store: Store, question: Question) -> str | None:
    """Return the path of the study file: relative to the run's folder where that is a folder."""
    if question.file is None:
        return None
    if not store.is_folder:
        return str(question.file)
    try:
        return Path(os.path.relpath(question.file, Path(str(store)).resolve())).as_posix()
    except ValueError:  # another drive
        return str(question.file)


def refuse_another_study(store: Store, question: Question) -> None:
    """Refuse a place that holds what another study found, which this one would outdate.

    A study is another where both its name and its file are; one that was renamed, or moved, is not.

    Raises
    ------
    OutputError
        When results of another study are there.
    """
    text = store.read_text(RUN)
    file = _study_file(store, question)
    if text is None or file is None:
        return
    try:
        document = json.loads(text)
        name, before = str(document["study"]), document["study_file"]
        states = [entry["state"] for entry in document["municipalities"].values()]
    except (ValueError, KeyError, TypeError, AttributeError):
        return  # whoever reads the entries says so
    if before is not None and before != file and name != question.name and "done" in states:
        raise OutputError(
            f"{store} holds the results of another study, '{printable(name)}' "
            f"({printable(str(before))}), which would count no more; give another place with "
            "--out, or --fresh to put this study in its place"
        )


def study_file(store: Store) -> Path | None:
    """Return the path of the study file of a run; None where the run does not know it.

    Raises
    ------
    OutputError
        When there is no run.
    """
    text = store.read_text(RUN)
    if text is None:
        raise OutputError(f"{store} holds no run; give the folder that a run wrote to")
    try:
        named = json.loads(text).get("study_file")
    except (ValueError, AttributeError):
        named = None
    return Path(os.path.normpath(Path(str(store)) / named)) if isinstance(named, str) else None


def _remedy(left: list[str]) -> str | None:
    """Return what to do about municipalities that are not done; None where all are."""
    if not left:
        return None
    return (
        f"not done: {enumerate_some(left)}; correct what their 'error' says, "
        "and give the same command again: only these are computed"
    )


def _read_entries(
    store: Store,
) -> tuple[
    dict[str, MunicipalityRun], dict[str, Any] | None, str | None, dict[str, UnmetIds] | None
]:
    """Return what run.json says of municipalities, of ranking.csv, and of inputs found right.

    Last, which ids meet no parcel; None where it says nothing of that.
    """
    try:
        text = store.read_text(RUN)
        document = {"municipalities": {}} if text is None else json.loads(text)
        entries = {
            # What an earlier version said besides is left.
            code: MunicipalityRun(**{name: entry[name] for name in entry if name in _OF_ENTRY})
            for code, entry in document["municipalities"].items()
        }
        unmet = document.get("unmet_ids")
        ids = unmet and {
            name: UnmetIds(**{**each, "some": tuple(each["some"])}) for name, each in unmet.items()
        }
        return entries, document.get("ranking"), document.get("checked"), ids
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise OutputError(
            f"{store.named(RUN)} is not the log of an earlier run; "
            "move it away, or choose another place with --out"
        ) from None


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
