"""The files of the sample study under other names: of files, layers and columns, in a seeded way."""

from __future__ import annotations

import re
import shutil
import tomllib
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from flexruimte.study.sample import sample_study_path

SAMPLE = sample_study_path().parent

ENGLISH = {
    "identificatie": "identification",
    "identificatie_lokaal_id": "local_id",
    "naam": "name",
    "status": "state",
    "fysiek_voorkomen": "physical_appearance",
    "relatieve_hoogteligging": "relative_height",
    "eind_registratie": "end_registration",
    "functie": "function",
    "gebruiksdoel": "purpose_of_use",
    "typelandgebruik": "land_use_type",
    "bebouwdekom": "built_up_area",
    "category": "crop_category",
    "bedrijfsnaam": "company_name",
    "stof": "substance",
    "druk_kpa": "pressure_kpa",
    "categorie": "category",
    "soort": "kind",
    "bestemmingshoofdgroep": "zoning_group",
    "afname": "demand",
    "plannaam": "plan_name",
    "status_planologisch": "planning_status",
    "start_jaar": "start_year",
    "sectie": "section",
    "perceelnummer": "parcel_number",
    "code": "municipality_code",
}


@dataclass
class Renamed:
    """A folder with the sample under other names, and what is what."""

    folder: Path
    dataset: dict[tuple[str, str], str] = field(default_factory=dict)
    """By file and layer (empty where the file holds one) the dataset."""
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    """By dataset the new name of each of its columns."""


def tables() -> dict[str, tuple[str, str]]:
    """Return by dataset the file and the layer that the sample study reads it from."""
    study = tomllib.loads((SAMPLE / "study.toml").read_text())
    own = {
        "brk_perceel": study["parcels"],
        "gemeentegebied": study["municipalities"],
        "decisions": study["decisions"],
        **study["layers"],
    }
    return {key: (each["source"], each.get("layer", "")) for key, each in own.items()}


def camel(name: str) -> str:
    """Return a name as a WFS writes it: bagPand."""
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


STYLES: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "as it is": (str, str),
    "upper": (str.upper, str.upper),
    "camel": (camel, camel),
    "dated": (lambda name: f"{name}_2025_v2", str),
    "english columns": (str, lambda name: ENGLISH.get(name, name)),
    "service": (lambda name: f"export_{name}_rd", camel),
    "a number": (lambda name: f"laag {abs(hash_of(name)) % 10_000}", str),
    "numbers": (
        lambda name: f"laag {abs(hash_of(name)) % 10_000}",
        lambda name: f"k{abs(hash_of(name)) % 100_000}",
    ),
}
"""By name how a dataset's file and layer are called, and how its columns."""


def hash_of(name: str) -> int:
    """Return a number of a name that is the same in every process."""
    return int(sum(ord(letter) * 31**place for place, letter in enumerate(name)) % (2**31))


def renamed(folder: Path, style: str, only: list[str] | None = None) -> Renamed:
    """Write the sample's datasets under other names, each in a file of its own."""
    call_layer, call_column = STYLES[style]
    result = Renamed(folder)
    for key, (source, layer) in tables().items():
        if only is None or key in only:
            write(result, key, SAMPLE / source, layer, call_layer(key), call_column)
    return result


def write(
    result: Renamed,
    key: str,
    source: Path,
    layer: str,
    name: str,
    call_column: Callable[[str], str],
    dropped: float = 0.0,
) -> None:
    """Write one dataset under a name, with its columns under others, a share of them left out."""
    if source.suffix == ".tif":
        shutil.copy(source, result.folder / f"{name}.tif")
        result.dataset[f"{name}.tif", ""] = key
        return
    if source.suffix == ".csv":
        rows = pd.read_csv(source, dtype=str)
        called = {column: call_column(str(column)) for column in rows}
        rows.rename(columns=called).to_csv(result.folder / f"{name}.csv", index=False)
        result.dataset[f"{name}.csv", ""] = key
    else:
        shapes = pyogrio.read_dataframe(source, layer=layer)
        left_out = [
            column
            for column in shapes.columns.drop("geometry")
            if hash_of(f"{key}{column}") % 100 < 100 * dropped
        ]
        shapes = shapes.drop(columns=left_out)
        called = {column: call_column(str(column)) for column in shapes.columns.drop("geometry")}
        shapes.rename(columns=called).to_file(result.folder / f"{name}.gpkg", layer=name)
        result.dataset[f"{name}.gpkg", ""] = key
    result.columns[key] = {str(old): new for old, new in called.items()}


def as_shapefiles(folder: Path, only: list[str] | None = None) -> Renamed:
    """Write the sample's features as shapefiles, whose columns have ten letters at most."""
    result = Renamed(folder)
    for key, (source, layer) in tables().items():
        path = SAMPLE / source
        if path.suffix != ".gpkg" or (only is not None and key not in only):
            continue
        shapes = gpd.read_file(path, layer=layer)
        if shapes.empty:
            continue
        file = folder / f"{key[:10]}.shp"
        if file.exists():
            file = folder / f"{key}.shp"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shapes.to_file(file)
        there = pyogrio.read_info(file)["fields"].tolist()
        old = [str(column) for column in shapes.columns.drop("geometry")]
        result.dataset[file.name, ""] = key
        result.columns[key] = dict(zip(old, map(str, there), strict=True))
    return result


def swapped(folder: Path, seed: int) -> Renamed:
    """Write some of the sample's datasets, a few of which have each other's names."""
    random = np.random.default_rng(seed)
    result = Renamed(folder)
    stored = tables()
    keys = [str(key) for key in random.choice(sorted(stored), size=20, replace=False)]
    names = dict(zip(keys, keys, strict=True))
    for one, other in zip(keys[:4], keys[4:8], strict=True):
        names[one], names[other] = other, one
    for key in keys:
        source, layer = stored[key]
        write(result, key, SAMPLE / source, layer, names[key], str)
    return result


def mixed(folder: Path, seed: int) -> Renamed:
    """Write some of the sample's datasets, each in a style of its own, some without a column."""
    random = np.random.default_rng(seed)
    result = Renamed(folder)
    stored, styles = tables(), sorted(STYLES)
    for key in map(str, random.choice(sorted(stored), size=20, replace=False)):
        source, layer = stored[key]
        call_layer = STYLES[styles[random.integers(len(styles))]][0]
        call_column = STYLES[styles[random.integers(len(styles))]][1]
        word = str(random.choice(["", "", "", "kaart ", "oude ", "buffer om "]))
        name = f"{word}{call_layer(key)}"
        write(
            result, key, SAMPLE / source, layer, name, call_column, float(random.choice([0, 0.3]))
        )
    return result
