"""Ways in which files and studies go wrong, each made from a seed.

A corruption changes the toy town in a folder. It says whether it took something away that decides:
then a parcel may not come out better without a word. Nobody can tell a changed digit from a right
one, so of changed bytes that is not asked, unless the study names the file by its digest.
"""

from __future__ import annotations

import hashlib
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely

__all__ = ["KINDS", "Corruption", "corrupt"]

VECTOR = ("pand", "natuur", "leiding", "bodemgebruik", "plannen", "perceel", "gemeente")
RASTERS = ("lden.tif", "hoogte.tif")
TABLES = ("eigendom.csv", "afspraken.csv")
STRANGE = (
    "-1", "0", "1e308", "nan", "inf", '""', '" "', "[]", "{}", "true", "2026-01-01", '["a", "a"]',
    f'"{"x" * 5000}"', '"../.."', '"/dev/null"', '"\\u001b[31mred"', '"[/red]"', '"a\\nb"',
    '"http://[::1"', '"LOCAL_CS[\\"a\\"]"', '"PG:dbname=nowhere connect_timeout=1"', "12345678901234567890",
)  # fmt: skip


@dataclass(frozen=True)
class Corruption:
    """What was changed."""

    what: str
    takes_away: bool = False
    """Whether something that decides is gone, so that no parcel may come out better unsaid."""
    refused: bool = False
    """Whether the study must be refused."""


def corrupt(folder: Path, seed: int) -> Corruption:
    """Change the toy town in a folder, and return what was changed."""
    chance = random.Random(seed)
    return KINDS[seed % len(KINDS)](folder, chance)


def _damaged(content: bytes, chance: random.Random) -> bytes:
    size = len(content)
    start = chance.randrange(max(size, 1))
    changed = bytearray(content)
    match chance.randrange(6):
        case 0:
            return b""
        case 1:
            return content[:start]
        case 2:
            end = min(start + 4096, size)
            changed[start:end] = bytes(end - start)
        case 3:
            for _ in range(chance.choice((1, 3, 40))):
                changed[chance.randrange(size)] = chance.randrange(256)
        case 4:
            for place in range(min(size, 200)):
                if chance.random() < 0.1:
                    changed[place] = chance.randrange(256)
        case _:
            changed += chance.randbytes(chance.randrange(1, 500))
    return bytes(changed)


def bytes_of_a_file(folder: Path, chance: random.Random) -> Corruption:
    path = folder / chance.choice(("kaart.gpkg", *RASTERS, *TABLES, "study.toml", "rules.toml"))
    path.write_bytes(_damaged(path.read_bytes(), chance))
    return Corruption(f"bytes of {path.name}")


def bytes_of_a_named_file(folder: Path, chance: random.Random) -> Corruption:
    """The study names the file by its digest: any change is refused."""
    path = folder / chance.choice(("kaart.gpkg", *RASTERS, *TABLES))
    content, study = path.read_bytes(), folder / "study.toml"
    digest = hashlib.sha256(content).hexdigest()
    line = f'source = "{path.name}"'
    study.write_text(study.read_text().replace(line, f'{line}\nsha256 = "{digest}"'))
    changed = _damaged(content, chance)
    path.write_bytes(changed)
    return Corruption(f"bytes of {path.name} with sha256", refused=changed != content)


def another_file(folder: Path, chance: random.Random) -> Corruption:
    """One file in the place of another, a folder in its place, or none at all."""
    names = ["kaart.gpkg", *RASTERS, *TABLES]
    path, other = (folder / name for name in chance.sample(names, 2))
    path.unlink()
    how = chance.choice(("another", "folder", "gone"))
    if how == "another":
        shutil.copy(other, path)
    elif how == "folder":
        path.mkdir()
    return Corruption(f"{path.name} is {how}")


def _far(shape: shapely.Geometry, vertex: tuple[float, float]) -> shapely.Geometry:
    moved = shapely.get_coordinates(shape)
    moved[len(moved) // 2] = vertex
    with np.errstate(all="ignore"):
        return shapely.set_coordinates(shape, moved)


SHAPES: dict[str, Callable[[shapely.Geometry], shapely.Geometry | None]] = {
    "no shape": lambda _: None,
    "an empty shape": lambda _: shapely.Polygon(),
    "the outline": lambda shape: shape.boundary,
    "the middle": lambda shape: shape.centroid,
    "a vertex that is no number": lambda shape: _far(shape, (np.nan, np.nan)),
    "a vertex far away": lambda shape: _far(shape, (1e300, 4e5)),
    "a vertex at the origin": lambda shape: _far(shape, (0.0, 0.0)),
    "swapped axes": lambda shape: shapely.transform(shape, lambda xy: xy[:, ::-1]),
    "a height": lambda shape: shapely.force_3d(shape, 1e300),
}


def shapes_of_a_layer(folder: Path, chance: random.Random) -> Corruption:
    layer = chance.choice(VECTOR)
    rows = gpd.read_file(folder / "kaart.gpkg", layer=layer)
    name = chance.choice(list(SHAPES))
    chosen = [chance.random() < 0.5 or name == "swapped axes" for _ in range(len(rows))]
    shapes = [SHAPES[name](s) if c else s for s, c in zip(rows.geometry, chosen, strict=True)]
    rows.set_geometry(gpd.GeoSeries(shapes, crs=rows.crs)).to_file(
        folder / "kaart.gpkg", layer=layer
    )
    # Without the parcel or the municipality there is nothing to come out better.
    return Corruption(f"{name} in {layer}", takes_away=layer not in ("perceel", "gemeente"))


def fields_of_a_layer(folder: Path, chance: random.Random) -> Corruption:
    layer = chance.choice(VECTOR)
    rows = gpd.read_file(folder / "kaart.gpkg", layer=layer)
    column = chance.choice([name for name in rows.columns if name != "geometry"])
    how = chance.choice(("null", "gone", "renamed", "number", "blob"))
    if how == "null":
        rows[column] = None
    elif how == "gone":
        rows = rows.drop(columns=column)
    elif how == "renamed":
        rows = rows.rename(columns={column: f"{column}_1"})
    elif how == "number":
        rows[column] = np.arange(len(rows)) * 1.5
    else:
        rows[column] = "\x1b[31m\x00\u202e=1+1"
    rows.to_file(folder / "kaart.gpkg", layer=layer)
    return Corruption(f"{layer}.{column} {how}")


def a_raster(folder: Path, chance: random.Random) -> Corruption:
    path = folder / chance.choice(RASTERS)
    with rasterio.open(path) as raster:
        profile, cells = dict(raster.profile), raster.read()
    how = chance.choice(
        ("nan", "scaled", "nodata", "crs", "none", "place", "dtype", "inf", "bands")
    )
    if how in ("nan", "inf"):
        cells[:] = np.nan if how == "nan" else np.inf
    elif how == "nodata":
        profile["nodata"] = float(cells.flat[0])
    elif how in ("crs", "none"):
        profile["crs"] = None if how == "none" else "EPSG:4326"
    elif how == "place":
        turned = rasterio.Affine.rotation(chance.choice((1, 90, 180)))
        profile["transform"] = profile["transform"] @ turned
    elif how == "dtype":
        profile["dtype"] = chance.choice(("uint8", "int16", "float64", "complex64"))
    elif how == "bands":
        cells, profile["count"] = np.repeat(cells, 4, axis=0), 4
        profile |= {"dtype": "uint8", "photometric": "rgb"}
    with np.errstate(all="ignore"), rasterio.open(path, "w", **profile) as raster:
        raster.write(cells.astype(profile["dtype"]))
        if how == "scaled":
            raster.scales = (chance.choice((0.0, np.nan, 0.1, 1e300)),)
    return Corruption(f"{path.name} {how}", takes_away=how in ("nan", "inf", "nodata"))


def a_table(folder: Path, chance: random.Random) -> Corruption:
    path = folder / chance.choice(TABLES)
    rows = pd.read_csv(path, dtype="string")
    how = chance.choice(("utf-16", "latin-1", "double", "wide", "quote", "null", "header", "none"))
    text = rows.to_csv(index=False)
    if how == "double":
        text = pd.concat([rows, rows]).to_csv(index=False)
    elif how == "wide":
        text = text.replace("\n", ",x\n").replace(",x\n", "\n", 1)
    elif how == "quote":
        text = text.replace("\n", '\n"', 1)
    elif how == "null":
        text = text.replace(",", "\x00,")
    elif how == "header":
        text = text.partition("\n")[2]
    elif how == "none":
        text = text.partition("\n")[0] + "\n"
    elif how == "latin-1":
        text = text.replace("\n", "é\n")
    path.write_bytes(text.encode(how if how in ("utf-16", "latin-1") else "utf-8"))
    return Corruption(f"{path.name} {how}")


def keys_of_the_study(folder: Path, chance: random.Random) -> Corruption:
    path = folder / chance.choice(("study.toml", "study.toml", "rules.toml"))
    lines = path.read_text().splitlines()
    places = [number for number, line in enumerate(lines) if re.match(r"\w[\w.]* = ", line)]
    place = chance.choice(places)
    key = lines[place].partition(" = ")[0]
    how = chance.choice(("value", "value", "value", "gone", "more"))
    if how == "gone":
        del lines[place]
    elif how == "value":
        lines[place] = f"{key} = {chance.choice(STRANGE)}"
    else:
        names = ("layer", "where", "crs", "nodata", "valid", "band", "id", "constants", "fields",
                 "coverage", "precision_m", "scale", "sha256", "licence", "reference_date")  # fmt: skip
        lines.insert(place + 1, f"{chance.choice(names)} = {chance.choice(STRANGE)}")
    path.write_text("\n".join(lines) + "\n")
    return Corruption(f"{path.name}: {key} {how}")


KINDS = (
    bytes_of_a_file,
    bytes_of_a_named_file,
    shapes_of_a_layer,
    fields_of_a_layer,
    a_raster,
    a_table,
    another_file,
    keys_of_the_study,
    keys_of_the_study,
)
