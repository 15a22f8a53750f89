"""Opening what was found: columns, rows and kinds of shapes, or the bounds of a raster."""

from __future__ import annotations

import json
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import pyarrow.parquet
import pyogrio

from flexruimte.errors import FlexruimteError, printable
from flexruimte.evidence.sources import Source, Window, open_source
from flexruimte.evidence.sources.addresses import address_of
from flexruimte.evidence.sources.base import plain_name, projected_extent
from flexruimte.evidence.sources.errors import crs_of, reading
from flexruimte.evidence.sources.gdal_options import open_options_of, opened_by_gdal
from flexruimte.rules.parts import Scalar
from flexruimte.rules.study_file import LayerSettings
from flexruimte.rules.words import plain
from flexruimte.study.new_study.recognition.files import FoundFile
from flexruimte.study.new_study.recognition.known import GmlSchema, known
from flexruimte.study.new_study.recognition.names import evidence_of_name, same_name
from flexruimte.vocabulary import CRS

__all__ = ["Look", "Shapes", "looks_at"]

Shapes = Literal["polygon", "line", "point", "mixed", "table", "raster"]

MOST_ROWS: Final = 20_000
"""So many rows of a layer are looked at."""
_MOST_DIFFERENT: Final = 500
"""A column with more different values holds no words of a list."""
_ANYWHERE: Final = Path("/")
"""Sources are named by their whole path."""
_OF_WINDOWS: Final = "cp1252"
_HEAD_BYTES: Final = 2**16
_SHAPES: Final[Mapping[str, Shapes]] = {
    "Point": "point",
    "MultiPoint": "point",
    "LineString": "line",
    "MultiLineString": "line",
    "Polygon": "polygon",
    "MultiPolygon": "polygon",
    "CurvePolygon": "polygon",
    "MultiSurface": "polygon",
    "CompoundCurve": "line",
    "MultiCurve": "line",
    "CircularString": "line",
}
_RD: Final = (-7_000.0, 289_000.0, 300_000.0, 629_000.0)
"""Bounds within which the coordinates of RD New lie in the Netherlands. [m]"""
_DEGREES: Final = (2.0, 50.0, 8.0, 54.0)
"""Bounds of the Netherlands in degrees."""
_MOSTLY: Final = 0.95
_ELEMENT: Final = re.compile(rb"<(?:\w+:)?(\w+)(?:\s[^>]*)?\bgml:id=")


@dataclass(frozen=True)
class Look:
    """What was seen of one layer, table or raster."""

    file: FoundFile
    layer: str | None
    """The layer in the file, where it has to be named."""
    name: str
    """What the layer is called, or the file where that holds one."""
    shapes: Shapes
    settings: LayerSettings
    """How it is opened."""
    count: int = 0
    """Number of rows."""
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The first of them, as they stand in the source. (n, ...)"""
    crs_added: bool = False
    """Whether the source names no coordinate reference system and its coordinates are those of RD
    New."""
    bounds: tuple[Window, object] | None = None
    """Left, bottom, right and top of all shapes, and in which coordinate reference system."""
    why: str = ""
    """Of what cannot be read: why, and what to do."""

    @property
    def label(self) -> str:
        """How people find it: the file and the layer in it."""
        shown = self.file.shown or self.file.source
        return printable(f"{shown} layer '{self.layer}'" if self.layer else shown)

    @property
    def columns(self) -> list[str]:
        """The columns."""
        return [str(name) for name in self.rows.columns]

    @cached_property
    def extent(self) -> Window | None:
        """Bounds of all shapes or cells, in RD New; None where there are none. [m]"""
        if self.shapes == "raster":
            return self.source.check_raster()
        if self.bounds is None:
            return None
        window, crs = self.bounds
        return projected_extent(np.array([window]), crs_of(self.label, crs), self.label)

    @cached_property
    def source(self) -> Source:
        """The source, as a study would open it."""
        kind = self.shapes if self.shapes in ("raster", "table") else "mixed"
        return open_source(self.name, self.settings, _ANYWHERE, geometry=kind)

    @cached_property
    def forms(self) -> dict[str, frozenset[str]]:
        """By column of text with few different values their plain forms, parts of lists too."""
        found = {}
        for column in self.columns:
            values = self.rows[column]
            if values.dtype == object or pd.api.types.is_string_dtype(values.dtype):
                different = values.dropna().astype(str).unique()
                if len(different) <= _MOST_DIFFERENT:
                    parts = (part for value in different for part in (value, *value.split(",")))
                    found[column] = frozenset(map(plain, parts))
        return found

    def whole_column(self, column: str) -> pd.Series[Any]:
        """Return a column of all rows."""
        if self.count <= len(self.rows):
            return self.rows[column]
        return self.source.read_table([column])[column]


def looks_at(file: FoundFile) -> Iterator[Look]:
    """Yield what is in a file, a layer at a time; what cannot be read with the reason.

    Parameters
    ----------
    file
        What was found.
    """
    nothing = Look(file, None, file.stem, "table", LayerSettings(source=file.address))
    if file.why:
        yield replace(nothing, why=file.why)
        return
    try:
        address = address_of(nothing.settings.source, _ANYWHERE)
        with warnings.catch_warnings(), reading(nothing.label, address):
            warnings.simplefilter("ignore")
            match file.kind:
                case "raster":
                    yield _raster(nothing)
                case "parquet":
                    yield _parquet(nothing)
                case "table":
                    yield from _table(nothing)
                case _:
                    yield from _layers(nothing)
    except FlexruimteError as error:
        yield replace(nothing, why=_short(str(error), nothing))


def _short(error: str, look: Look) -> str:
    """Return an error with the path of a file as people find it."""
    shown = look.file.shown.removesuffix(f"/{look.file.member}") if look.file.member else ""
    return error.replace(str(look.file.path), shown or look.file.shown)


def _raster(look: Look) -> Look:
    raster = replace(look, shapes="raster")
    raster.source.check_raster()
    return raster


def _parquet(look: Look) -> Look:
    source = open_source(look.name, look.settings, _ANYWHERE)
    rows = source.read_table(source.columns, MOST_ROWS)
    try:
        count, extent = source.feature_count, source.extent
    except FlexruimteError:
        return replace(look, rows=rows, count=len(rows))  # rows without shapes
    bounds = None if extent is None else (extent, CRS)
    shapes = _shapes_of(pd.Series(_kinds_in_parquet(look), dtype=object))
    return replace(look, shapes=shapes, count=count, rows=rows, bounds=bounds)


def _kinds_in_parquet(look: Look) -> list[str]:
    """Return the kinds of shapes that a GeoParquet file says it has; none of one in an archive."""
    if look.file.member:
        return []
    metadata = pyarrow.parquet.read_schema(look.file.path).metadata or {}
    said = json.loads(metadata.get(b"geo", b"{}"))
    column = said.get("columns", {}).get(said.get("primary_column"), {})
    return [str(kind).removesuffix(" Z") for kind in column.get("geometry_types", [])]


def _table(look: Look) -> Iterator[Look]:
    if look.file.path.suffix.lower() in (".xlsx", ".ods", ".dbf"):
        yield from _layers(look)
        return
    look, rows = _rows_of_text(look)
    if len(rows.columns) < 2:
        yield replace(look, why="it is text without columns")
        return
    placed = _placed(look, rows)
    if placed is not None:
        yield _layer(placed, None)
    if placed is None or any(_names_parcels(str(column)) for column in rows):
        yield replace(look, rows=rows.head(MOST_ROWS), count=len(rows))


def _rows_of_text(look: Look) -> tuple[Look, pd.DataFrame]:
    """Return the rows of a text table, and what is no UTF-8 as Windows would have saved it."""
    try:
        return look, look.source.read_table(look.source.columns)
    except FlexruimteError:
        update = {"encoding": _OF_WINDOWS}
        other = replace(look, settings=look.settings.model_copy(update=update))
        try:
            return other, other.source.read_table(other.source.columns)
        except FlexruimteError:
            pass
        raise


def _placed(look: Look, rows: pd.DataFrame) -> Look | None:
    """Return a table as the points that two of its columns place, if there are such columns."""
    if not (look.file.member or look.file.path.name).lower().endswith((".csv", ".txt")):
        return None  # GDAL reads no others as points
    by_name = {plain_name(str(column)): str(column) for column in rows}
    for pair in known().coordinates:
        columns = [by_name.get(plain_name(name)) for name in pair]
        if None in columns:
            continue
        x, y = (pd.to_numeric(rows[column], errors="coerce") for column in columns)
        for crs, (left, bottom, right, top) in (("EPSG:28992", _RD), ("EPSG:4326", _DEGREES)):
            if len(x) and (x.between(left, right) & y.between(bottom, top)).mean() >= _MOSTLY:
                options = {"X_POSSIBLE_NAMES": columns[0], "Y_POSSIBLE_NAMES": columns[1]}
                update = {"open_options": options, "crs": crs}
                return replace(
                    look, settings=look.settings.model_copy(update=update), crs_added=True
                )
    return None


def _names_parcels(column: str) -> bool:
    names = known().datasets["eigendom"].fields["parcel_id"]
    return any(same_name(column, name) for name in ("parcel_id", *names))


def _layers(look: Look) -> Iterator[Look]:
    """Yield the layers in a file that GDAL reads."""
    gml = _gml_of(look)
    if gml is not None:
        yield from _in_template(look, *gml)
        return
    look = _as_extract(look)
    with _reading(look) as path:
        if look.file.path.suffix.lower() == ".gml" or look.file.member.lower().endswith(".gml"):
            names: list[str | None] = [None]  # asking for a list writes a file beside it
        else:
            names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    if not names:
        yield replace(look, why="it holds no layer")
    for name in names:
        named = name if len(names) > 1 else None
        called = str(name) if name is not None and len(names) > 1 else _called(look, name)
        settings = look.settings.model_copy(update={"layer": named})
        one = replace(look, layer=named, name=called, settings=settings)
        try:
            yield _layer(one, name)
        except FlexruimteError as error:
            yield replace(one, why=_short(str(error), one))


def _as_extract(look: Look) -> Look:
    """Return a look that keeps the rows in force, where the file is an archive of a known kind."""
    for extract in known().extracts.values():
        found = re.fullmatch(extract.file, look.file.path.name)
        if found and not look.file.member:
            settings = look.settings.model_copy(update={"where": extract.where})
            file = replace(look.file, alias=extract.names[found[1]])
            return replace(look, file=file, settings=settings)
    return look


def _called(look: Look, layer: str | None) -> str:
    """Return the name of the only layer in a file, or of the file where that says more."""
    if layer is None:
        return look.file.stem
    says_more = evidence_of_name(look.file.stem).says and not evidence_of_name(layer).whole
    return look.file.stem if says_more else layer


def _layer(look: Look, layer: str | None, template: bool = False) -> Look:
    files = _source_of(look).option_files
    options: dict[str, Any] = {
        **open_options_of(look.settings.source),
        **{name: str(files.get(name, value)) for name, value in look.settings.open_options.items()},
    }
    if look.file.stem and (look.file.member or look.file.path.name).lower().endswith(".gml"):
        options["WRITE_GFS"] = "NO"
    with _reading(look) as path:
        info = pyogrio.read_info(
            path, layer=layer, force_feature_count=True, force_total_bounds=True, **options
        )
        rows = pyogrio.read_dataframe(
            path,
            layer=layer,
            read_geometry=False,
            max_features=MOST_ROWS,
            where=look.settings.where,
            mixed_offsets_as_utc=False,
            **options,
        )
        kind = info["geometry_type"]
        shapes: Shapes = "table" if kind is None else _SHAPES.get(_plain_type(kind), "mixed")
        if kind is not None and (shapes == "mixed" or template):
            some = pyogrio.read_dataframe(
                path, layer=layer, columns=[], max_features=MOST_ROWS, **options
            )
            shapes = (
                _shapes_of(some.geom_type)
                if len(some) and hasattr(some, "geom_type")
                else "polygon"
            )
    settings, added = look.settings, look.crs_added
    bounds = info["total_bounds"]
    if kind is not None and info["crs"] is None and settings.crs is None and _is_rd(bounds):
        settings, added = settings.model_copy(update={"crs": "EPSG:28992"}), True
    found = replace(
        look,
        shapes=shapes,
        count=int(info["features"]),
        rows=_each_once(rows),
        settings=settings,
        crs_added=added,
    )
    if kind is None or not info["features"] or bounds is None:
        return found
    left, bottom, right, top = map(float, bounds)
    crs = crs_of(look.label, settings.crs or info["crs"])  # which has to be there
    return replace(found, bounds=((left, bottom, right, top), crs))


def _each_once(rows: Any) -> pd.DataFrame:
    """Return rows without columns of a name that another one has."""
    table = pd.DataFrame(rows)
    return table.loc[:, ~table.columns.duplicated()]


def _source_of(look: Look) -> Any:
    return open_source(look.name, look.settings, _ANYWHERE)


def _is_rd(bounds: Any) -> bool:
    if bounds is None or not np.isfinite(bounds).all():
        return False
    left, bottom, right, top = map(float, bounds)
    return _RD[0] <= left <= right <= _RD[2] and _RD[1] <= bottom <= top <= _RD[3]


def _plain_type(kind: str) -> str:
    """Return a kind of geometry without what dimensions it has."""
    return kind.removeprefix("2.5D ").removeprefix("3D ").removeprefix("Measured ").split(" ")[0]


def _shapes_of(kinds: pd.Series[str]) -> Shapes:
    """Return the kind that nearly all shapes are of."""
    of = kinds.dropna().map(lambda kind: _SHAPES.get(str(kind), "mixed"))
    if of.empty:
        return "mixed"
    counts = of.value_counts(normalize=True)
    most: Shapes = counts.index[0]
    return most if counts.iloc[0] >= _MOSTLY else "mixed"


@contextmanager
def _reading(look: Look) -> Iterator[str]:
    """Open a context in which GDAL reads the file, and its errors are those of this library."""
    address = address_of(look.settings.source, _ANYWHERE)
    address.check_presence(look.label, look.file.shown)
    with reading(look.label, address), address.vector_session():
        yield opened_by_gdal(address.path)


def _gml_of(look: Look) -> tuple[GmlSchema, str] | None:
    """Return the kind of GML that a file is and the element of its features, where it is known."""
    name = look.file.member or look.file.path.name
    if PurePosixPath(name).suffix.lower() not in (".gml", ".xml"):
        return None
    with reading(look.label, address_of(look.settings.source, _ANYWHERE)):
        head = _head(look)
    for schema in known().gml.values():
        if schema.schema_.encode() in head:
            found = _ELEMENT.search(head)
            element = found[1].decode() if found else ""
            return schema, element
    return None


def _head(look: Look) -> bytes:
    if not look.file.member:
        with look.file.path.open("rb") as content:
            return content.read(_HEAD_BYTES)
    with zipfile.ZipFile(look.file.path) as archive, archive.open(look.file.member) as content:
        return content.read(_HEAD_BYTES)


def _in_template(look: Look, schema: GmlSchema, element: str) -> Iterator[Look]:
    """Yield the layer of a GML of a kind that is known, read with the template of that kind."""
    if not element:
        yield replace(look, why="it holds no feature")
        return
    if element not in schema.elements:
        yield replace(look, name=element, why="it holds objects of a kind that no ruleset reads")
        return
    options: dict[str, Scalar] = {"GFS_TEMPLATE": schema.template}
    settings = look.settings.model_copy(update={"layer": element, "open_options": options})
    yield _layer(
        replace(look, layer=element, name=schema.elements[element], settings=settings),
        element,
        template=True,
    )
