"""The open data that a study names becomes files: municipalities, then parcels, then layers."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import shapely

from flexruimte.errors import FlexruimteError, StudyError, redacted
from flexruimte.evidence.catalogue.municipalities import find_municipality
from flexruimte.evidence.catalogue.reading import read_catalogue
from flexruimte.evidence.fetching.client import Client
from flexruimte.evidence.fetching.fetch import Fetched, Wanted, fetch_dataset
from flexruimte.evidence.fetching.parts import writing
from flexruimte.evidence.fetching.provenance import Provenance
from flexruimte.evidence.fetching.tiled import Progress
from flexruimte.evidence.parcels import Municipalities, load_municipalities
from flexruimte.evidence.search_area import search_area
from flexruimte.evidence.shapes import COUNTRY
from flexruimte.evidence.sources import Window, open_source
from flexruimte.results.lock import lock_file
from flexruimte.rules.study_file import StudyFile, TableSettings, read_study_file
from flexruimte.study.wanted_data import MUNICIPALITIES, PARCELS, WantedTable, wanted_tables

__all__ = ["FetchEntry", "FetchEvent", "FetchReport", "cache_folder", "fetch"]

_STATE: Final = ".fetch"
"""Folder beside the files, with what is fetched and not yet whole."""
_DATASETS_AT_ONCE: Final = 4


@dataclass
class FetchEntry:
    """What became of one file."""

    table: str
    """`municipalities`, `parcels`, or the key of the layer."""
    dataset: str
    target: Path
    state: Literal["fetched", "unchanged", "missing"]
    unanswered: tuple[str, ...] = ()
    """Of what is missing the ids of the rules and the criteria that have no answer without it."""
    error: str = ""
    told: list[str] = field(default_factory=list)
    """Why services did not give it that were asked before the one that did."""
    record: Provenance | None = None


@dataclass(frozen=True)
class FetchEvent:
    """Something that happened in a fetch."""

    table: str
    kind: Literal["progress", "fetched", "unchanged", "missing", "note"]
    text: str = ""
    done: int = 0
    """Files that are done."""
    total: int = 0
    part: float = 0.0
    """Share of this file that is there, as far as is known."""
    seconds_left: float | None = None
    """Of this file, by what is there of it; None while that says too little."""


@dataclass(frozen=True)
class FetchReport:
    """What became of all files."""

    entries: list[FetchEntry]
    municipalities: list[str]
    """Codes of those that it is for."""

    @property
    def missing(self) -> list[FetchEntry]:
        """The files that could not be had."""
        return [entry for entry in self.entries if entry.state == "missing"]

    @property
    def exit_status(self) -> int:
        """0 when all are there, 1 when some are missing."""
        return 1 if self.missing else 0


Report: TypeAlias = Callable[[FetchEvent], None]


def cache_folder() -> Path:
    """Return where files that are fetched whole are kept, for all studies of this account."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "flexruimte"


def fetch(
    study: Path,
    codes: Sequence[str] | None = None,
    *,
    target: Path | None = None,
    catalogues: Sequence[Path] = (),
    cache: Path | None = None,
    fresh: bool = False,
    client: Client | None = None,
    progress: Report = lambda _event: None,
) -> FetchReport:
    """Fetch the datasets that a study file names, each to its source, whole or not at all.

    What is there already, for this municipality and from the same service, is not fetched again; a
    fetch that was ended goes on where it was. A dataset that cannot be had does not stop the
    others.

    Parameters
    ----------
    study
        The study file.
    codes
        Codes or names of municipalities; None is those that the study names.
    target
        Folder that sources are relative to; None is that of the study.
    catalogues
        Those that add to the built-in one and to that of the study.
    cache
        Folder for files that are fetched whole; None is the account's.
    fresh
        Whether to fetch what is there already.
    client
        Asks the services.
    progress
        Told what happens.

    Raises
    ------
    FlexruimteError
        When the study, the catalogue or a municipality cannot be used.
    """
    file, folder = read_study_file(study), study.resolve().parent
    target = (target or folder).resolve()
    own = [folder / file.study.catalogue] if file.study.catalogue else []
    known = read_catalogue(*own, *catalogues)
    found = [
        find_municipality(known, text) for text in codes or file.study.gemeenten or _refuse_nobody()
    ]
    for municipality in found:
        if municipality.told:
            progress(FetchEvent(MUNICIPALITIES, "note", municipality.told))
    named = list(dict.fromkeys(municipality.code for municipality in found))
    wanted = wanted_tables(file, folder, target, known, named)
    if not wanted:
        raise StudyError(
            f"{study.name}: no table names a `dataset` of the catalogue, so there is nothing to "
            "fetch; flexruimte new writes a study that does"
        )
    client, cache = client or Client(), cache or cache_folder()
    job = _Job(file, folder, target, named, client, cache, fresh, progress, len(wanted))
    with _locked({table.target.parent / _STATE for table in wanted}, fresh=fresh):
        try:
            return job.run(wanted)
        except BaseException:
            job.client.stop.set()
            raise


def _refuse_nobody() -> list[str]:
    raise StudyError(
        "say for which municipality: with --gemeente, or with gemeenten = [...] under [study]"
    )


@contextmanager
def _locked(states: set[Path], *, fresh: bool) -> Iterator[None]:
    """Keep other fetches out of the folders, and remove those that are empty in the end."""
    with ExitStack() as locks:
        for state in sorted(states):
            if fresh:
                shutil.rmtree(state, ignore_errors=True)
            with writing(state):
                state.mkdir(parents=True, exist_ok=True)
            locks.enter_context(lock_file(state / "lock", "--to"))
        yield
    for state in states:
        if all(left.is_file() for left in state.iterdir()):
            shutil.rmtree(state, ignore_errors=True)


@dataclass
class _Job:
    """One fetch: what it is for, and what is known of it by now."""

    file: StudyFile
    folder: Path
    """What sources are relative to that are not fetched."""
    target: Path
    codes: list[str]
    client: Client
    cache: Path
    fresh: bool
    progress: Report
    total: int
    entries: list[FetchEntry] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, wanted: Sequence[WantedTable]) -> FetchReport:
        """Fetch the tables in the order in which one says how far the next reaches."""
        order = [table.table for table in wanted]
        for table in wanted:
            if table.table == MUNICIPALITIES:
                self._fetch(table, [COUNTRY], [])
        layers = [table for table in wanted if table.table not in (MUNICIPALITIES, PARCELS)]
        parcels = [table for table in wanted if table.table == PARCELS]
        try:
            areas = self._areas()
        except FlexruimteError as error:
            told = any(entry.table == MUNICIPALITIES for entry in self.entries)
            reason = "see municipalities" if told else str(error)
            for table in (*parcels, *layers):
                self._miss(table, f"it is not known where the municipality lies: {reason}")
        else:
            windows = [_grown(area.bounds, 0.0) for area in areas]
            for table in parcels:
                self._fetch(table, windows, self.codes)
            self._fetch_layers(layers, self._around(areas, windows))
        self.entries.sort(key=lambda entry: order.index(entry.table))
        return FetchReport(self.entries, self.codes)

    def _base(self, settings: TableSettings) -> Path:
        return self.folder if settings.dataset is None else self.target

    def _areas(self) -> list[Any]:
        """Return the municipalities' polygons, by the codes or else the names in their source."""
        settings = self.file.municipalities
        source = open_source(MUNICIPALITIES, settings, self._base(settings))
        municipalities = load_municipalities(source)
        return [municipalities.geometries[_position(municipalities, code)] for code in self.codes]

    def _around(self, areas: Sequence[Any], windows: Sequence[Window]) -> list[Window]:
        """Return the bounds of what may be parcels of each municipality.

        A parcel counts where most of it lies, so it may stick out. Where there are no parcels those
        of the municipality are taken: that is told already.
        """
        try:
            settings = self.file.parcels
            source = open_source(PARCELS, settings, self._base(settings))
            shapes = [source.read([], window).geometry.to_numpy() for window in windows]
        except FlexruimteError:
            return list(windows)
        found = []
        for area, window, some in zip(areas, windows, shapes, strict=True):
            shapely.prepare(area)
            own = some[shapely.intersects(area, some)]
            found.append(window if not len(own) else tuple(shapely.total_bounds(own).tolist()))
        return found

    def _fetch_layers(self, layers: Sequence[WantedTable], around: Sequence[Window]) -> None:
        pool = ThreadPoolExecutor(_DATASETS_AT_ONCE, thread_name_prefix="dataset")
        pending: set[Future[None]] = {
            pool.submit(
                self._fetch, table, [_grown(each, table.reach_m) for each in around], self.codes
            )
            for table in layers
        }
        try:
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
        except BaseException:
            self.client.stop.set()
            pool.shutdown(cancel_futures=True)
            raise
        pool.shutdown()

    def _fetch(
        self, table: WantedTable, windows: Sequence[Window], municipalities: Sequence[str]
    ) -> None:
        wanted = Wanted(
            table.dataset_key,
            table.dataset,
            table.target,
            windows,
            municipalities,
            is_raster=table.is_raster,
        )
        began = time.monotonic()

        def told(now: Progress) -> None:
            share = now.done / now.total if now.total else 0.0
            spent = time.monotonic() - began
            left = spent / share - spent if share > 0 else None
            self._tell(table, "progress", f"{now.amount:,}".replace(",", " "), share, left)

        state = table.target.parent / _STATE
        try:
            fetched = fetch_dataset(wanted, self.client, state, self.cache, told, fresh=self.fresh)
        except FlexruimteError as error:
            self._miss(table, str(error))
        except MemoryError:
            raise
        except Exception as error:
            # A fault of flexruimte in one dataset must not cost the others.
            logging.getLogger(__name__).debug("%s", table.table, exc_info=True)
            said = redacted(" ".join(str(error).split()))
            self._miss(
                table, f"{table.table}: unexpected {type(error).__name__}: {said}; please report it"
            )
        else:
            self._note(table, fetched)

    def _note(self, table: WantedTable, fetched: Fetched) -> None:
        for reason in fetched.refused:
            self._tell(table, "note", f"another service gave it, as {reason}")
        state: Literal["fetched", "unchanged"] = "fetched" if fetched.is_new else "unchanged"
        with self.lock:
            self.entries.append(
                FetchEntry(
                    table.table,
                    table.dataset_key,
                    table.target,
                    state,
                    told=fetched.refused,
                    record=fetched.record,
                )
            )
        count = fetched.record.features
        elsewhere = ", and some elsewhere" if fetched.record.empty_here else ""
        self._tell(table, state, "" if count is None else f"{count} features{elsewhere}")

    def _miss(self, table: WantedTable, error: str) -> None:
        with self.lock:
            self.entries.append(
                FetchEntry(
                    table.table, table.dataset_key, table.target, "missing", table.unanswered, error
                )
            )
        self._tell(table, "missing", error)

    def _tell(
        self,
        table: WantedTable,
        kind: Literal["progress", "fetched", "unchanged", "missing", "note"],
        text: str,
        part: float = 0.0,
        left: float | None = None,
    ) -> None:
        with self.lock:
            done = len(self.entries)
            self.progress(FetchEvent(table.table, kind, text, done, self.total, part, left))


def _position(municipalities: Municipalities, code: str) -> int:
    """Return the position of a municipality, whose code some sources write without letters."""
    digits = code.removeprefix("GM")
    same = [
        at
        for at, known in enumerate(municipalities.codes)
        if known.removeprefix("GM").zfill(4) == digits.zfill(4)
    ]
    return same[0] if len(same) == 1 else municipalities.position(code)


def _grown(bounds: Window, reach_m: float) -> Window:
    """Return bounds with what lies within reach, as far as the cells go that are read there."""
    return search_area(np.array([bounds]), reach_m).window
