"""Many municipalities, one after the other: progress, results on disk, and resuming where a run stopped.

What is finished stays finished: a municipality is computed again only when the study, the ruleset, an input or the software has changed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeAlias

import geopandas as gpd
import pandas as pd
import shapely

from flexruimte.checks import check
from flexruimte.errors import EmptyMunicipalityError, FlexruimteError, OutputError, StudyError
from flexruimte.exports.ranking_table import write_ranking_table
from flexruimte.exports.results import FILES, LOCATIONS_GEOJSON, LOCATIONS_GPKG, PARCELS, SUMMARY, folder_name
from flexruimte.exports.versions import software_versions
from flexruimte.exports.whole_file import remove_leftovers, whole_file
from flexruimte.layers import load_parcels
from flexruimte.pipeline import Plan, Progress, assess
from flexruimte.ranking import Ranking
from flexruimte.sources import Source
from flexruimte.study import Study
from flexruimte.study_file import LayerSettings

__all__ = ["RANKING", "RUN", "BatchReport", "Event", "MunicipalityRun", "fingerprint", "run"]

RANKING = "ranking.csv"
RUN = "run.json"

State: TypeAlias = Literal["running", "done", "empty", "failed", "outdated"]
"""Empty: no parcels, where all municipalities were asked for."""


@dataclass(frozen=True)
class Event:
    """Something that happened in a run."""

    code: str
    name: str
    position: int
    """Of the municipality in the run, from 0."""
    total: int
    kind: Literal["step", "done", "empty", "failed", "unchanged"]
    text: str = ""
    """The step that starts, or what went wrong."""


Report: TypeAlias = Callable[[Event], None]


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


@dataclass(frozen=True)
class BatchReport:
    """How a run ended."""

    out: Path
    municipalities: list[MunicipalityRun]
    """Of this run, in the order of the run."""
    computed: list[str]
    """Codes of those that were computed; the others were finished already."""
    locations: int
    """Rows in ranking.csv."""

    @property
    def failed(self) -> list[MunicipalityRun]:
        """The municipalities that failed."""
        return [entry for entry in self.municipalities if entry.state == "failed"]

    @property
    def exit_status(self) -> int:
        """0 when all are done, 1 when some failed."""
        return 1 if self.failed else 0


def run(
    study: Study | Plan,
    codes: Sequence[str] | None,
    out: str | Path,
    *,
    fresh: bool = False,
    progress: Report = lambda _event: None,
) -> BatchReport:
    """Rank municipalities and write their results.

    A municipality that fails does not stop the others; what went wrong is in run.json. ranking.csv holds all municipalities in the
    folder that are done for this very study, those of earlier runs too.

    Parameters
    ----------
    study
        What is asked.
    codes
        Codes or names of municipalities; None is all.
    out
        Folder for the results; it is made when it is not there.
    fresh
        Whether to compute again what is finished and unchanged.
    progress
        Told what happens.

    Raises
    ------
    StudyError, EmptyMunicipalityError
        When a municipality does not exist, one asked for by name has no parcels, or a source cannot be used; nothing is computed or
        written then.
    OutputError
        When the folder cannot be written to.
    """
    plan = study.plan if isinstance(study, Study) else study
    wanted = _codes(plan, codes)
    folder = Path(out)
    state = _Log(folder, plan)
    pending = [code for code in wanted if fresh or not (state.is_finished(code) or (not codes and state.is_empty(code)))]
    if pending:
        _refuse_bad_input(plan, pending if codes else [])
    _made(folder)
    computed = []
    for position, code in enumerate(wanted):
        name = plan.municipalities.names[plan.municipalities.position(code)]
        if code not in pending:
            progress(Event(code, name, position, len(wanted), "unchanged"))
            continue
        computed.append(code)
        _run_one(plan, state, Event(code, name, position, len(wanted), "step"), progress)
    done = [folder / entry.folder for entry in state.done]
    locations = write_ranking_table(done, folder / RANKING)
    return BatchReport(folder, [state.entries[code] for code in wanted], computed, locations)


def _codes(plan: Plan, codes: Sequence[str] | None) -> list[str]:
    """Return the codes of the municipalities asked for, each once, in the order of the codes."""
    known = plan.municipalities
    if codes is None or not len(codes):
        return list(known.codes)
    return [known.codes[position] for position in sorted({known.position(code) for code in codes})]


def _refuse_bad_input(plan: Plan, named: list[str]) -> None:
    """Look at every source, and at the municipalities asked for by name, before anything is computed or written."""
    problems = check(plan).problems
    if problems:
        more = f" (and {len(problems) - 1} more; flexruimte check lists them)" if len(problems) > 1 else ""
        raise StudyError(f"{problems[0]}{more}")
    for code in named:
        load_parcels(plan.parcels, plan.municipalities, code)


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"folder {folder} cannot be made: {error.strerror or error}; choose another with --out") from None
    return folder


def _run_one(plan: Plan, state: _Log, event: Event, progress: Report) -> None:
    """Compute and write one municipality, and log it."""
    entry = state.start(event.code, event.name)
    _compute(plan, entry, state.folder, lambda step: progress(replace(event, text=step)))
    state.finish(entry)
    kind: Literal["done", "empty", "failed"] = "failed" if entry.state == "failed" else "empty" if entry.state == "empty" else "done"
    progress(replace(event, kind=kind, text=entry.error or ""))


def _compute(plan: Plan, entry: MunicipalityRun, folder: Path, progress: Progress) -> None:
    """Compute and write one municipality, and say in its entry how that went. This is what a worker will do."""
    try:
        ranking = _ranked(plan, entry.code, progress)
        progress("writing")
        _write(ranking, _made(folder / entry.folder))
        entry.counts = {status: counts["parcels"] for status, counts in ranking.summary["status"].items()}
        entry.homes = sum(ranking.summary["status"][status]["homes_mid"] for status in ("available", "attention"))
        entry.state = "done"
    except EmptyMunicipalityError as error:
        entry.state, entry.error = "empty", str(error)
    except FlexruimteError as error:
        entry.state, entry.error = "failed", str(error)
    except Exception as error:  # a fault of flexruimte in one municipality must not cost the night's other 341
        entry.state, entry.error = "failed", f"unexpected {type(error).__name__}: {error}; please report this, with run.json"
        entry.traceback = traceback.format_exc()


def _ranked(plan: Plan, code: str, progress: Progress) -> Ranking:
    """Return the ranking of a municipality, with the time that each step took."""
    moments: list[tuple[str, float]] = []

    def clocked(step: str) -> None:
        moments.append((step, time.perf_counter()))
        progress(step)

    assessment = assess(plan, code, clocked)
    ends = [*(start for _, start in moments[1:]), time.perf_counter()]
    return Ranking(assessment, {step: end - start for (step, start), end in zip(moments, ends, strict=True)})


def _write(ranking: Ranking, folder: Path) -> None:
    remove_leftovers(folder)
    ranking.to_geojson(folder / LOCATIONS_GEOJSON)
    ranking.to_geopackage(folder / LOCATIONS_GPKG)
    ranking.to_parquet(folder / PARCELS)
    ranking.to_summary(folder / SUMMARY)


class _Log:
    """run.json: what is done, what failed, and for which study."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder = folder
        self._study = plan.name
        self._fingerprint = fingerprint(plan)
        self.entries: dict[str, MunicipalityRun] = _read_entries(folder / RUN)
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
        return all((self.folder / entry.folder / name).is_file() for name in FILES)

    def is_empty(self, code: str) -> bool:
        """Whether a municipality has no parcels in this very study."""
        entry = self.entries.get(code)
        return entry is not None and entry.state == "empty" and entry.fingerprint == self._fingerprint

    def start(self, code: str, name: str) -> MunicipalityRun:
        entry = MunicipalityRun(code, name, folder_name(code), "running", self._fingerprint, _now())
        self.entries[code] = entry
        self._save()
        return entry

    def finish(self, entry: MunicipalityRun) -> None:
        entry.finished = _now()
        self._save()

    def _save(self) -> None:
        document = {
            "study": self._study,
            "fingerprint": self._fingerprint,
            "version": software_versions()["flexruimte"],
            "municipalities": {code: asdict(self.entries[code]) for code in sorted(self.entries)},
        }
        with whole_file(self.folder / RUN) as partial:
            partial.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _read_entries(path: Path) -> dict[str, MunicipalityRun]:
    if not path.exists():
        return {}
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return {code: MunicipalityRun(**entry) for code, entry in document["municipalities"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise OutputError(f"{path} is not the log of an earlier run; move it away, or choose another folder with --out") from None


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def fingerprint(plan: Plan) -> str:
    """Return a text that changes when the study, its ruleset, one of its inputs or the software changes.

    Files count by path, size and time of change, tables in memory by content. A change inside a service or database is not seen.
    """
    sources = {"parcels": plan.parcels, **dict(sorted(plan.sources.items()))}
    parts: list[object] = [
        software_versions(),
        [plan.name, plan.as_of.isoformat(), plan.language, plan.groups, sorted(plan.not_assessed)],
        plan.ruleset.model_dump_json(),
        [plan.municipalities.codes, plan.municipalities.names],
        [shapely.to_wkb(shape, hex=True) for shape in plan.municipalities.geometries],
        plan.decisions.rows.reset_index().astype(str).to_dict("records"),
        {name: [source.settings.model_dump_json(), str(source.folder), _evidence(source)] for name, source in sources.items()},
    ]
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()


def _evidence(source: Source) -> object:
    if source.data is not None:
        return _content(source.data)
    settings = source.settings
    named = [source.path]
    if isinstance(settings, LayerSettings) and settings.coverage not in ("auto", "complete", "extent"):
        named.append(str(source.folder / settings.coverage))
    return [_stamps(path) for path in named]


def _content(data: pd.DataFrame) -> str:
    """Return a digest of a table in memory."""
    frame = pd.DataFrame({str(name): data[name].astype(str) for name in data if data[name].dtype != "geometry"}, index=data.index)
    digest = hashlib.sha256(frame.to_csv().encode())
    if isinstance(data, gpd.GeoDataFrame):
        for shape in shapely.to_wkb(data.geometry.to_numpy()):
            digest.update(shape or b"null")
    return digest.hexdigest()


def _stamps(path: str) -> list[tuple[str, int, int]]:
    """Return name, size and time of change of the files behind a path; nothing for a service or database."""
    place = Path(path.removeprefix("/vsizip/"))
    file = next((candidate for candidate in (place, *place.parents) if candidate.is_file()), None)
    if file is not None:
        # A shapefile is several files; a GeoPackage may have a journal.
        return _stamped(beside for beside in file.parent.iterdir() if beside.is_file() and beside.stem == file.stem)
    return _stamped(inner for inner in place.rglob("*") if inner.is_file()) if place.is_dir() and place.is_absolute() else []


def _stamped(files: Iterable[Path]) -> list[tuple[str, int, int]]:
    return [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in sorted(files)]
