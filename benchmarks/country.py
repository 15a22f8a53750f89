"""A synthetic country for the built-in ruleset: the three towns of the sample study, again and again, in national files.

    python benchmarks/country.py --parcels 100000 --municipalities 4 --out DIR

One GeoPackage (with a spatial index) or GeoTIFF (tiled, compressed) per layer for the whole
country, every layer of `flexwonen-nl`, and the study files that ask for them. The copies of the
towns stand on a grid whose steps are whole cells of every raster. Each copy has ids of its own.
Several towns make a municipality; the last town is cut off at the number of parcels asked for. The
same arguments and sample data give the same country.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import random
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import rasterio
import shapely
from rasterio.windows import from_bounds

from flexruimte.rules.files import load_ruleset

SAMPLE = Path(__file__).parent.parent / "sample_data" / "study.toml"
RULESET = "flexwonen-nl"
CRS = "EPSG:28992"
LEFT, BOTTOM = 132_500, 452_700
WIDTH, HEIGHT = 10_300, 5_300
"""The ground of one copy: around all parcels of the sample, in whole cells of its rasters (10, 25 and 50 m) and squares (100 m). [m]"""
REFERENCES = {"nwb_wegvakken": ["jte_id_beg", "jte_id_end"], "gtfs_stops": ["parent_station"]}
"""Columns that hold ids besides a layer's own."""
OTHER_WEIGHTS = f"""
extends = "{RULESET}"
name = "{RULESET}-other-weights"
version = "1"
title = {{ nl = "Andere gewichten", en = "Other weights" }}

[score]
weights = {{ suitability = 0.6, term = 0.25, relocatability = 0.25 }}
source = "benchmark"
basis = "assumption"
"""
STUDY, CHANGED_STUDY = "study.toml", "study_other_weights.toml"


@dataclass(frozen=True)
class Country:
    """Where the copies of the towns stand, and which towns are one municipality."""

    parcels: int
    municipalities: int

    @cached_property
    def document(self) -> dict[str, Any]:
        """The sample's study file."""
        return tomllib.loads(SAMPLE.read_text())

    @cached_property
    def towns(self) -> gpd.GeoDataFrame:
        """The sample's municipalities, from west to east."""
        towns = _read(self.document["municipalities"])
        return towns.iloc[np.argsort(towns.bounds["minx"])].reset_index(drop=True)

    @cached_property
    def sample_parcels(self) -> gpd.GeoDataFrame:
        """The sample's parcels by town, from west to east; those without a shape and those with a second row left out."""
        settings = self.document["parcels"]
        parcels = _read(settings)
        parcels = parcels[parcels.geometry.notna() & ~parcels[settings["id"]].duplicated()]
        points = parcels.geometry.make_valid().representative_point()
        town = np.argmax([points.within(shape) for shape in self.towns.geometry], axis=0)
        return (
            parcels.assign(town=town)
            .iloc[np.lexsort((parcels.bounds["minx"], town))]
            .reset_index(drop=True)
        )

    @property
    def copies(self) -> int:
        """How many times the sample is there; the last may be cut off."""
        return -(-self.parcels // len(self.sample_parcels))

    @cached_property
    def rows(self) -> int:
        """Rows of copies in a country that is about as wide as it is high."""
        return max(1, round(np.sqrt(self.copies * WIDTH / HEIGHT)))

    @property
    def columns(self) -> int:
        """Columns of copies."""
        return -(-self.copies // self.rows)

    @cached_property
    def shifts(self) -> np.ndarray[Any, Any]:
        """How far each copy stands from the sample: up the first column, down the next.

        (copies, 2) [m]
        """
        column, row = np.divmod(np.arange(self.copies), self.rows)
        row = np.where(column % 2, self.rows - 1 - row, row)
        return np.stack([column * WIDTH, row * HEIGHT], axis=1).astype(float)

    def municipality_layer(self) -> gpd.GeoDataFrame:
        """Return the municipalities: towns in the order in which they stand, each with about as many parcels."""
        of_town = np.bincount(self.sample_parcels["town"], minlength=len(self.towns))
        ends = np.minimum(np.cumsum(np.tile(of_town, self.copies)), self.parcels)
        starts = np.concatenate([[0], ends[:-1]])
        number = ((starts + ends) / 2 * self.municipalities / self.parcels).astype(int)
        shapes = copied(self.towns.geometry.to_numpy(), self.shifts)
        inhabited = ends > starts
        numbers = np.unique(number[inhabited])
        if len(numbers) < self.municipalities:
            raise SystemExit(
                f"{self.parcels} parcels make fewer than {self.municipalities} towns; ask for fewer municipalities"
            )
        whole = [shapely.union_all(shapes[inhabited & (number == each)]) for each in numbers]
        named = {
            "code": [f"GM{each + 1:04d}" for each in numbers],
            "naam": [f"Gemeente {each + 1}" for each in numbers],
        }
        return gpd.GeoDataFrame(named, geometry=whole, crs=CRS)

    def layer(self, settings: dict[str, Any], id_columns: Sequence[str]) -> gpd.GeoDataFrame:
        """Return all copies of a vector layer, in the coordinate reference system that it has in the sample."""
        sample = _read(settings)
        crs = sample.crs
        return self._features(sample.to_crs(CRS), id_columns).to_crs(crs)

    def parcel_layer(self) -> gpd.GeoDataFrame:
        """Return the parcels."""
        parcels = self._features(
            self.sample_parcels.drop(columns="town"), [self.document["parcels"]["id"]]
        )
        return parcels.iloc[: self.parcels]

    def _features(self, sample: gpd.GeoDataFrame, id_columns: Sequence[str]) -> gpd.GeoDataFrame:
        table = self.table(pd.DataFrame(sample.drop(columns="geometry")), id_columns)
        return gpd.GeoDataFrame(
            table, geometry=copied(sample.geometry.to_numpy(), self.shifts), crs=CRS
        )

    def table(self, sample: pd.DataFrame, id_columns: Sequence[str]) -> pd.DataFrame:
        """Return all copies of a table; the ids of each begin with its number."""
        copy = np.repeat(np.arange(self.copies) + 1, len(sample))
        result = pd.concat([sample] * self.copies, ignore_index=True)
        for column in id_columns:
            ids = result[column]
            if pd.api.types.is_numeric_dtype(ids):
                result[column] = ids + copy * 10 ** len(str(int(sample[column].max())))
            else:
                result[column] = (pd.Series(copy).astype(str).str.zfill(4) + ids).where(ids.notna())
        return result

    def grid(self, path: Path) -> tuple[np.ndarray[Any, Any], dict[str, Any]]:
        """Return all copies of a raster, and how to write it."""
        with rasterio.open(path) as raster:
            beyond = raster.nodata if raster.nodata is not None else -1
            window = from_bounds(LEFT, BOTTOM, LEFT + WIDTH, BOTTOM + HEIGHT, raster.transform)
            sample = raster.read(
                1, window=window.round_offsets().round_lengths(), boundless=True, fill_value=beyond
            )
            cell = raster.transform.a
            profile = raster.profile
        if WIDTH % cell or HEIGHT % cell or sample.shape != (HEIGHT // cell, WIDTH // cell):
            raise SystemExit(
                f"{path} does not fit on the grid of copies: cells of {cell:g} m, {sample.shape}"
            )
        height, width = sample.shape
        cells = np.full((self.rows * height, self.columns * width), beyond, sample.dtype)
        for right, up in self.shifts / (WIDTH, HEIGHT):
            top, left = int(self.rows - 1 - up) * height, int(right) * width
            cells[top : top + height, left : left + width] = sample
        transform = rasterio.transform.from_origin(LEFT, BOTTOM + self.rows * HEIGHT, cell, cell)
        options = {
            "tiled": True,
            "blockxsize": 512,
            "blockysize": 512,
            "compress": "deflate",
            "num_threads": "all_cpus",
            "BIGTIFF": "IF_SAFER",
        }
        return cells, {
            **profile,
            **options,
            "width": cells.shape[1],
            "height": cells.shape[0],
            "transform": transform,
        }


def copied(geometries: np.ndarray[Any, Any], shifts: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return geometries once for each shift, all of the first shift first. (shifts x geometries,)"""
    has_z = bool(shapely.has_z(geometries).any())
    coordinates = shapely.get_coordinates(geometries, include_z=has_z)
    moved = np.tile(coordinates, (len(shifts), 1))
    moved[:, :2] += np.repeat(shifts, len(coordinates), axis=0)
    return np.asarray(shapely.set_coordinates(np.tile(geometries, len(shifts)), moved))


def _read(settings: dict[str, Any]) -> gpd.GeoDataFrame:
    return pyogrio.read_dataframe(SAMPLE.parent / settings["source"], layer=settings.get("layer"))


def _write(frame: gpd.GeoDataFrame, path: Path, geometry_type: str) -> None:
    # The rows stand in order of place, as in national files: by tile, or by cadastral municipality.
    multi = geometry_type.startswith("Multi")
    pyogrio.write_dataframe(
        frame,
        path,
        driver="GPKG",
        geometry_type=geometry_type,
        promote_to_multi=multi,
        use_arrow=True,
    )


def recipe(script: Path) -> str:
    """Return a text that changes with the sample data or with the script that makes something of them."""
    files = [script, SAMPLE, *sorted((SAMPLE.parent / "data").iterdir())]
    return hashlib.sha256(
        b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)
    ).hexdigest()


def write_country(country: Country, folder: Path) -> None:
    """Write all layers and the study files, or nothing where they are there already."""
    asked = {
        "parcels": country.parcels,
        "municipalities": country.municipalities,
        "recipe": recipe(Path(__file__)),
    }
    known = folder / "country.json"
    if known.is_file() and json.loads(known.read_text())["asked"] == asked:
        return
    municipalities = (
        country.municipality_layer()
    )  # refuses what cannot be, before anything is written
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.suffix in (".gpkg", ".tif", ".csv", ".toml", ".json"):
            old.unlink()
    started = time.perf_counter()
    ruleset = load_ruleset(RULESET)
    document = country.document
    _write(country.parcel_layer(), folder / "perceel.gpkg", "Polygon")
    _write(municipalities, folder / "gemeentegebied.gpkg", "MultiPolygon")
    features = {}
    for key, settings in document["layers"].items():
        source = SAMPLE.parent / settings["source"]
        if source.suffix == ".tif":
            cells, profile = country.grid(source)
            with rasterio.open(folder / f"{key}.tif", "w", **profile) as raster:
                raster.write(cells, 1)
        elif source.suffix == ".csv":
            table = pd.read_csv(source, dtype="string")
            country.table(table, [settings["id"]]).to_csv(folder / f"{key}.csv", index=False)
        else:
            kind = pyogrio.read_info(source, layer=settings["layer"])["geometry_type"]
            ids = [ruleset.layers[key].id, *REFERENCES.get(key, [])]
            layer = country.layer(settings, [column for column in ids if column])
            features[key] = len(layer)
            _write(layer, folder / f"{key}.gpkg", kind)
    decisions = pd.read_csv(SAMPLE.parent / document["decisions"]["source"], dtype="string")
    country.table(decisions, ["parcel_id"]).to_csv(folder / "beslissingen.csv", index=False)
    write_studies(folder)
    made = {
        "asked": asked,
        "copies": country.copies,
        "features": features,
        "seconds": round(time.perf_counter() - started, 1),
    }
    known.write_text(json.dumps(made, indent=1))


def write_studies(folder: Path) -> None:
    """Write the study, and the same with one theme weight changed."""
    write_study(folder / STUDY)
    (folder / "other_weights.toml").write_text(OTHER_WEIGHTS)
    write_study(folder / CHANGED_STUDY, ruleset="other_weights.toml")


def write_study(path: Path, layers: int | None = None, ruleset: str = RULESET) -> int:
    """Write a study of a country, and return how many layers it has.

    Parameters
    ----------
    path
        Of the study file, beside the layers.
    layers
        How many layers it has, the first of a shuffled list that is always the same, so that few
        have the same mix as many; the others are knowingly not assessed. None is all.
    ruleset
        Name, or a path beside the layers.
    """
    document = tomllib.loads(SAMPLE.read_text())
    names = list(document["layers"])
    kept = set(random.Random(1).sample(names, len(names))[:layers])
    left_out = [name for name in names if name not in kept]
    document["study"] |= {"name": "Synthetic country", "ruleset": ruleset, "not_assessed": left_out}
    document["layers"] = {
        name: settings for name, settings in document["layers"].items() if name in kept
    }
    places = {
        "parcels": "perceel.gpkg",
        "municipalities": "gemeentegebied.gpkg",
        "decisions": "beslissingen.csv",
    }
    for name, place in places.items():
        document[name]["source"] = place
        document[name].pop("layer", None)
    document["parcels"].pop("repair_ids")
    for name, settings in document["layers"].items():
        settings["source"] = name + (
            ".gpkg" if settings.pop("layer", None) else Path(settings["source"]).suffix
        )
    path.write_text("\n".join(_toml(document)))
    return len(document["layers"])


def _toml(document: dict[str, Any], at: str = "") -> list[str]:
    """Return the lines of a document of tables, texts, numbers, dates and lists."""
    plain = {name: value for name, value in document.items() if not isinstance(value, dict)}
    lines = [f"\n[{at}]"] if at and plain else []
    for name, value in plain.items():
        lines.append(
            f"{name} = {value.isoformat() if isinstance(value, dt.date) else json.dumps(value)}"
        )
    for name, value in document.items():
        if isinstance(value, dict):
            lines += _toml(value, f"{at}.{name}" if at else name)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parcels", type=int, default=10_000)
    parser.add_argument("--municipalities", type=int, default=1)
    parser.add_argument(
        "--layers",
        type=int,
        help="write one more study, study_N.toml, that has only so many layers",
    )
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    country = Country(arguments.parcels, arguments.municipalities)
    write_country(country, arguments.out)
    if arguments.layers:
        write_study(arguments.out / f"study_{arguments.layers}.toml", arguments.layers)
    print((arguments.out / "country.json").read_text())


if __name__ == "__main__":
    main()
