"""One dataset of the catalogue becomes one file, by whichever of its services answers."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from flexruimte.errors import SourceError, redacted
from flexruimte.evidence.catalogue.model import Dataset, Service
from flexruimte.evidence.fetching.arcgis import ArcGis
from flexruimte.evidence.fetching.client import Client, software
from flexruimte.evidence.fetching.downloads import DownloadedFile, address_of_file, fetched_once
from flexruimte.evidence.fetching.emptiness import empty_layers, refuse_without_shapes
from flexruimte.evidence.fetching.feature_file import write_features
from flexruimte.evidence.fetching.feature_service import FeatureService
from flexruimte.evidence.fetching.fields import check_fields
from flexruimte.evidence.fetching.geotiff import GeoTiff, is_geotiff
from flexruimte.evidence.fetching.ogcapi import OgcApi
from flexruimte.evidence.fetching.parts import Parts, move
from flexruimte.evidence.fetching.provenance import (
    Provenance,
    path_of_record,
    read_provenance,
    sha256_of,
)
from flexruimte.evidence.fetching.rasters import RasterService, fetch_raster
from flexruimte.evidence.fetching.rows import Rows
from flexruimte.evidence.fetching.tiled import Told, fetch_tiles
from flexruimte.evidence.fetching.tiles import Window, covered, merged, window_of
from flexruimte.evidence.fetching.wcs import Wcs
from flexruimte.evidence.fetching.wfs import Wfs
from flexruimte.vocabulary import Integers

__all__ = ["Fetched", "Wanted", "fetch_dataset"]

_FORM: Final = 1
"""Another number makes everything be fetched again: files are written in another way since."""
_FEATURE_FILE, _RASTER_FILE, _RECORD = "whole.gpkg", "whole.tif", "record"
"""Parts that are files: what is written in the end; the record is there once both are whole."""
_FEATURES: Final[Mapping[str, Callable[[Service, Client, str], FeatureService]]] = {
    "ogcapi": OgcApi,
    "wfs": Wfs,
    "arcgis": ArcGis,
}


@dataclass(frozen=True)
class Wanted:
    """A file that is wanted, and of which dataset it is made."""

    key: str
    """Of the dataset; a layer in the file is called so."""
    dataset: Dataset
    target: Path
    windows: Sequence[Window]
    """What is asked for, in RD New. [m]"""
    municipalities: Sequence[str]
    """Codes of those that it is for; empty is all."""
    is_raster: bool = False


@dataclass(frozen=True)
class Fetched:
    """What became of a file that was wanted."""

    record: Provenance
    is_new: bool
    """Whether it was fetched now; else it was there already."""
    refused: list[str] = field(default_factory=list)
    """Why services that were asked before did not give it."""


def fetch_dataset(
    wanted: Wanted, client: Client, state: Path, cache: Path, told: Told, *, fresh: bool = False
) -> Fetched:
    """Fetch a dataset and write it, whole or not at all, with a record beside it.

    Parameters
    ----------
    state
        Folder for what is fetched and not yet whole.
    cache
        Folder for files that are fetched whole.
    told
        Given how far it is.
    fresh
        Whether to fetch what is there already.

    Raises
    ------
    SourceError
        When none of its services gives it, or the file that is there is not to be replaced.
    OutputError
        When it cannot be written.
    """
    state = state / re.sub(r"[^\w-]", "_", wanted.target.name)
    if (state / _RECORD).exists():
        _put_in_place(state, wanted.target)
    record = _there(wanted, fresh=fresh)
    if record is not None:
        shutil.rmtree(state, ignore_errors=True)  # a fetch may have been ended just before this
        return Fetched(record, is_new=False)
    allowed = [service for service in wanted.dataset.services if service.may_be_fetched]
    if not allowed:
        raise SourceError(f"{wanted.key}: {_why_not(wanted.dataset)}")
    refused: list[str] = []
    for service in allowed:
        try:
            return Fetched(
                _fetched_from(service, wanted, client, state, cache, told), True, refused
            )
        except SourceError as error:
            refused.append(str(error))
    raise SourceError("; then ".join(refused))


def _why_not(dataset: Dataset) -> str:
    asked = f"; {dataset.ask.en}" if dataset.ask is not None else ""
    if dataset.services:
        first = dataset.services[0]
        return (
            f"the licence of {first.address} ({first.licence}) forbids automatic copies; "
            f"fetch it by hand{asked}"
        )
    return f"no open service has it{asked}"


def _there(wanted: Wanted, *, fresh: bool) -> Provenance | None:
    """Return the record of a file that need not be fetched; None where it must be.

    Raises
    ------
    SourceError
        When there is a file that is not to be replaced.
    """
    target = wanted.target
    if not target.exists():
        return None
    record = read_provenance(target)
    if record is None:
        raise SourceError(
            f"{wanted.key}: {target} was not written by flexruimte fetch, or was changed since; "
            "move it away, or take `dataset` out of its table in the study"
        )
    if fresh:
        return None
    if not all(covered(window, record.windows) for window in wanted.windows):
        if record.municipalities and {*record.municipalities} <= {*wanted.municipalities}:
            return None  # as a rule looks further now, or more municipalities are asked for
        of = ", ".join(record.municipalities) or "another window"
        raise SourceError(
            f"{wanted.key}: {target} holds the data of {of} and does not reach to what is asked "
            "for now; fetch into another folder with --to, or replace it with --fresh"
        )
    may_be_empty = wanted.dataset.may_be_empty == "everywhere" or record.empty_here
    if record.features == 0 and not may_be_empty:
        return None  # of a version that did not ask whether the service holds anything
    known = [_question(service, wanted) for service in wanted.dataset.services]
    return record if record.question in known else None


def _question(service: Service, wanted: Wanted) -> str:
    """Return a digest of what a service is asked, apart from where."""
    asked = service.model_dump(
        mode="json",
        exclude={
            "licence",
            "attribution",
            "cycle",
            "reference_date",
            "precision_m",
            "may_be_fetched",
            "confirmed",
            "confirmed_on",
            "confidence",
        },
    )
    asked["address"] = redacted(asked["address"])
    said = json.dumps([_FORM, wanted.key, wanted.is_raster, asked], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _fetched_from(
    service: Service, wanted: Wanted, client: Client, state: Path, cache: Path, told: Told
) -> Provenance:
    """Fetch a dataset from one of its services."""
    question = _question(service, wanted)
    windows = merged(wanted.windows)
    parts = Parts(state, json.dumps([question, windows]))
    fetched = _raster if wanted.is_raster else _features
    content = fetched(service, wanted, windows, parts, client, cache, told)
    whole = parts.folder / content.name
    today = dt.datetime.now(dt.UTC)
    record = Provenance(
        dataset=wanted.key,
        protocol=service.protocol,
        address=redacted(service.address),
        layer=service.layer,
        query=redacted(content.query),
        question=question,
        windows=[*windows],
        municipalities=[*wanted.municipalities],
        moment=today.replace(microsecond=0),
        features=content.features,
        sha256=sha256_of(whole),
        bytes=whole.stat().st_size,
        licence=service.licence,
        attribution=service.attribution,
        reference_date=service.reference_date or today.date(),
        schema_confirmed=content.confirmed,
        empty_here=content.empty,
        silence=wanted.dataset.silence.model_dump(),
        software=software(),
    )
    with parts.file(_RECORD) as path:
        record.write(path)
    _put_in_place(parts.folder, wanted.target)
    return record


@dataclass(frozen=True)
class _Content:
    """A part that is the file, and what is known of it."""

    name: str
    query: str
    features: int | None = None
    confirmed: bool = True
    empty: list[str] = field(default_factory=list)
    """Layers that have nothing in a window, and something elsewhere."""


def _raster(
    service: Service,
    wanted: Wanted,
    windows: Sequence[Window],
    parts: Parts,
    client: Client,
    cache: Path,
    told: Told,
) -> _Content:
    """Write the cells in some windows."""
    key = wanted.key
    raster = _raster_service(service, client, cache, key, told)
    fetch_raster(raster, windows, parts, client.at_once, told, key, service.nodata, _RASTER_FILE)
    return _Content(_RASTER_FILE, raster.query(windows[0]))


def _features(
    service: Service,
    wanted: Wanted,
    windows: Sequence[Window],
    parts: Parts,
    client: Client,
    cache: Path,
    told: Told,
) -> _Content:
    """Write the features in some windows, of all layers that the dataset is made of."""
    names: list[str] = []
    queries: list[str] = []
    layers: list[tuple[FeatureService, Rows, Integers]] = []
    for number, layer in enumerate([service.layer, *service.also_layers]):
        one = service.model_copy(update={"layer": layer})
        features = _feature_service(one, client, cache, wanted.key, told)
        types = features.types()
        check_fields(one, types, wanted.key)
        rows = Rows(one, types, features.crs, wanted.key)
        queries.append(features.query(rows.asked_window(windows[0])))
        first = number * len(windows)
        found = fetch_tiles(features, rows, windows, parts, client.at_once, told, wanted.key, first)
        layers.append((features, rows, _count_per_window(parts, found, first, len(windows))))
        names += found
    try:
        empty = empty_layers(layers, wanted.dataset, wanted.key)
        refuse_without_shapes(parts, names, service.address, wanted.key)
    except SourceError:
        parts.forget()  # else what is in order again would be judged by what it gave before
        raise
    with parts.file(_FEATURE_FILE) as path:
        count = write_features(parts, names, path, wanted.key)
    confirmed = all(rows.types for _, rows, _ in layers)
    return _Content(_FEATURE_FILE, queries[0], count, confirmed, empty)


def _count_per_window(parts: Parts, names: Sequence[str], first: int, number: int) -> Integers:
    """Return how many features the parts of each window hold. (number,) int"""
    counts = np.zeros(number, dtype=np.intp)
    for name in names:
        counts[window_of(name) - first] += sum(map(len, parts.tables(name)))
    return counts


def _put_in_place(parts: Path, target: Path) -> None:
    """Put a file and its record in place, or what is left to put of an earlier fetch."""
    places = {
        _FEATURE_FILE: target,
        _RASTER_FILE: target,
        _RECORD: path_of_record(target),  # the last, as it says that the others are whole
    }
    for name, place in places.items():
        if (parts / name).exists():
            move(parts / name, place)
    shutil.rmtree(parts, ignore_errors=True)


def _feature_service(
    service: Service, client: Client, cache: Path, label: str, told: Told
) -> FeatureService:
    if service.protocol in _FEATURES:
        return _FEATURES[service.protocol](service, client, label)
    if service.protocol != "download":
        raise SourceError(f"{label}: {service.address} serves rasters, and the layer has features")
    address = address_of_file(service, client, label)
    return DownloadedFile(service, fetched_once(address, cache, client, label, told), label)


def _raster_service(
    service: Service, client: Client, cache: Path, label: str, told: Told
) -> RasterService:
    if service.protocol == "wcs":
        return Wcs(service, client, label)
    if service.protocol != "download":
        raise SourceError(f"{label}: {service.address} serves features, and the layer is a raster")
    address = address_of_file(service, client, label)
    if is_geotiff(address):
        return GeoTiff(service, address, label)
    path = fetched_once(address, cache, client, label, told)
    inside = f"/{service.file}" if service.file and path.suffix == ".zip" else ""
    return GeoTiff(
        service, f"/vsizip/{path}{inside}" if path.suffix == ".zip" else str(path), label
    )
