"""Features and rows that GDAL reads: files, archives, services and databases, through pyogrio."""

from __future__ import annotations

import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from pyproj import CRS as ProjCRS

from flexruimte.errors import LayerError, SourceError, did_you_mean
from flexruimte.evidence.sources.addresses import Address, LocalFile
from flexruimte.evidence.sources.base import (
    in_rd,
    projected,
    projected_extent,
)
from flexruimte.evidence.sources.errors import reading
from flexruimte.evidence.sources.file_parts import has_unused_journal, named_in_virtual
from flexruimte.evidence.sources.gdal_errors import errors_of_gdal
from flexruimte.evidence.sources.gdal_options import open_options_of, opened_by_gdal
from flexruimte.evidence.sources.layered import LayeredSource, renamed
from flexruimte.evidence.sources.pages import answers_in, why_not_whole
from flexruimte.evidence.sources.protocol import Window
from flexruimte.vocabulary import CRS

__all__ = ["VectorSource"]

_GML_CURVE = re.compile(
    rb"<(?:\w+:)?(?:Arc|ArcString|Circle|CircleByCenterPoint|ArcByCenterPoint)[\s>]"
)
_NO_SHAPES = (
    "has no geometry column; a table without shapes can only be a layer of kind 'table' "
    "(of a shapefile, name the .shp)"
)
_LOOKED_THROUGH = 1_000_000
"""All rows of a source with more than this are not looked at to count some of them."""
_ENCODED_FORMATS = ("ESRI Shapefile", "MapInfo File", "CSV", "DXF")
"""Formats whose files need not say how their text is stored."""
_ANSWERS = ("GeoJSON", "ESRIJSON", "JSONFG", "TopoJSON", "GML")
"""Formats in which services answer."""
_CURVED_TYPES = (
    "CURVEPOLYGON",
    "MULTISURFACE",
    "SURFACE",
    "COMPOUNDCURVE",
    "MULTICURVE",
    "CURVE",
    "CIRCULARSTRING",
)


@dataclass(frozen=True)
class VectorSource(LayeredSource):
    """One or more layers of something that GDAL reads as features, read one after the other."""

    holds = "read as features"
    ignores = ("query", "decimal", "band", "nodata", "valid")
    no_shapes = _NO_SHAPES

    @property
    def _is_still(self) -> bool:
        """Whether the source is a GeoPackage that nobody writes, beside an empty journal."""
        path = Path(self._path)
        return path.suffix.lower() == ".gpkg" and has_unused_journal(path)

    @property
    def _open_options(self) -> dict[str, str]:
        """What GDAL is told when it opens the source; what the study says goes first.

        An option that names a file beside the study is given its whole path.
        """
        files, own = self.option_files, open_options_of(self._path)
        if self._is_still:
            own["IMMUTABLE"] = "YES"
        said = {
            name: str(files.get(name, value)) for name, value in self.settings.open_options.items()
        }
        return {**own, **said}

    def _info(self, layer: str | None) -> dict[str, Any]:
        self.check_presence()
        path = opened_by_gdal(self._path)
        with self._reading():
            # Listing the layers of a file takes longer than opening one that is there.
            names = [layer] if layer else [str(name) for name in pyogrio.list_layers(path)[:, 0]]
            if not names:
                raise SourceError(f"{self.label} holds no layer; {self.address.remedy('ogrinfo')}")
            if layer is None and len(names) > 1:
                raise SourceError(
                    f'{self.label} holds several layers; name one with layer = "...": '
                    f"{', '.join(names)}"
                )
            try:
                with errors_of_gdal():
                    info = pyogrio.read_info(
                        path,
                        layer=layer,
                        encoding=self.settings.encoding,
                        force_feature_count=True,
                        force_total_bounds=True,
                        **self._open_options,
                    )
            except pyogrio.errors.DataLayerError:
                there = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
                if layer is None or layer in there:
                    raise
                raise SourceError(
                    f"{self.label} has no layer '{layer}'; {did_you_mean(layer, there)}"
                ) from None
            if self.settings.encoding is not None and info["driver"] not in _ENCODED_FORMATS:
                raise SourceError(
                    f"{self.label}: 'encoding' means nothing here, as a file of kind "
                    f"{info['driver']} says itself how its text is stored; leave it out"
                )
            self._check_last_feature(layer, info)
            self._refuse_a_page(info)
            return dict(info)

    def _refuse_a_page(self, info: Mapping[str, Any]) -> None:
        """Refuse what a service answered where it says itself that it is not all there is."""
        parts: list[tuple[Address, int]]
        if info["driver"] == "OGR_VRT":
            # How many features a virtual file takes of another is its own.
            parts = [
                (LocalFile(str(file)), _features_in(file)) for file in self._files_of_virtual()
            ]
        else:
            parts = [(self.address, int(info["features"]))] if info["driver"] in _ANSWERS else []
        for address, count in parts:
            try:
                with address.opened() as content:
                    answers = list(answers_in(content, address.member))
            except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as no:
                if address.path.startswith("/vsi"):
                    raise SourceError(
                        f"{self.label}: whether that is all there is or one page of what a service "
                        f"answers cannot be seen ({no}); unpack it, and name the file in it"
                    ) from no
                continue  # a service, which pages are asked of
            for answer in answers:
                why = why_not_whole(answer, count)
                if why is not None:
                    raise SourceError(f"{self.label} {why}")

    def _files_of_virtual(self) -> list[Path]:
        path = Path(self.address.path)
        return named_in_virtual(path) if path.is_file() else []

    def _check_last_feature(self, layer: str | None, info: Mapping[str, Any]) -> None:
        """Refuse a FlatGeobuf that ends before its last feature.

        GDAL counts features by the header. Where the file ends between two features it reads those
        before, without an error. Their numbers run from 0 on.
        """
        if info["driver"] == "FlatGeobuf" and info["features"]:
            last = int(info["features"]) - 1
            pyogrio.read_dataframe(opened_by_gdal(self._path), layer=layer, columns=[], fids=[last])

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with reading(self.label, self.address), self.address.vector_session(), errors_of_gdal():
            yield

    @property
    def feature_count(self) -> int:
        """Number of features in the source, before any filter."""
        return sum(int(info["features"]) for info in self._infos)

    def count_without_geometry(self) -> int:
        """Return how many rows of a GeoPackage have no geometry; 0 for other sources.

        Reading by window never meets these rows. Its spatial index tells; where that does not, as
        with a filter, all rows are looked at, unless there are more than a million.
        """
        total = 0
        for layer, info in zip(self._file_layers, self._infos, strict=True):
            column = info.get("geometry_name")
            if info["driver"] != "GPKG" or not column:
                continue
            features = int(info["features"])
            indexed = self._rows_in_index(layer or info["layer_name"], column)
            without = None if indexed is None else max(features - indexed, 0)
            if without == 0 or (without and self.settings.where is None):
                total += without
                continue
            if features > _LOOKED_THROUGH:
                continue
            chosen = f" AND ({self.settings.where})" if self.settings.where else ""
            with self._reading():
                found = pyogrio.read_dataframe(
                    opened_by_gdal(self._path),
                    layer=layer,
                    columns=[],
                    where=f'"{column}" IS NULL{chosen}',
                    read_geometry=False,
                    fid_as_index=True,
                    **self._open_options,
                )
            total += len(found)
        return total

    def _rows_in_index(self, layer: str, column: str) -> int | None:
        """Return how many rows the spatial index of a GeoPackage has; None without one."""
        quoted = f"rtree_{layer}_{column}_rowid".replace('"', '""')
        with suppress(sqlite3.Error), self._database() as database:
            return int(database.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])
        return None

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """Open a GeoPackage on this machine as what it is, a database, to read in it."""
        address = f"{Path(self._path).resolve().as_uri()}?mode=ro"
        immutable = "&immutable=1" if self._is_still else ""
        with closing(sqlite3.connect(f"{address}{immutable}", uri=True)) as database:
            yield database

    @cached_property
    def curve_count(self) -> int:
        """How many curves GDAL makes straight on reading, in steps of 4 degrees, without saying so.

        Arcs and circles of a GML file; rows of a GeoPackage layer that is declared as curved. 0 for
        what cannot be asked.
        """
        path = Path(self._path)
        kind = path.suffix.lower()
        if kind not in (".gml", ".xml", ".gpkg") or not path.is_file():
            return 0
        if kind != ".gpkg":
            with self._reading(), path.open("rb") as lines:
                return sum(len(_GML_CURVE.findall(line)) for line in lines)
        with self._reading(), self._database() as database:
            kinds = dict(
                database.execute(
                    "SELECT table_name, upper(geometry_type_name) FROM gpkg_geometry_columns"
                )
            )
        return sum(
            int(info["features"])
            for layer, info in zip(self._file_layers, self._infos, strict=True)
            if kinds.get(layer or info["layer_name"]) in _CURVED_TYPES
        )

    @cached_property
    def extent(self) -> Window | None:
        """Bounds of all features, in RD New; None where there are none."""
        # GDAL gives no bounds where none of the features has a shape.
        told = [
            (np.array([info["total_bounds"]], dtype=np.float64), crs)
            for info, crs in zip(self._infos, self._crs_of_layers, strict=True)
            if info["features"] and info["total_bounds"] is not None
        ]
        if any(np.isinf(bounds).any() for bounds, _ in told):
            return self.extent_of_features()
        extents = [projected_extent(bounds, crs, self.label) for bounds, crs in told]
        bounds = np.array([extent for extent in extents if extent is not None])
        return projected_extent(bounds, ProjCRS(CRS), self.label) if len(bounds) else None

    def read(self, columns: Sequence[str], window: Window | None = None) -> gpd.GeoDataFrame:
        """Read features that touch a window, in RD New.

        Parameters
        ----------
        columns
            Columns to read, as the source calls them; they must exist.
        window
            Only features whose bounds touch it are read; None reads all.

        Raises
        ------
        SourceError
            When the source cannot be read.
        LayerError
            When its rows have no geometry column.
        """
        self.check_presence()
        with self._reading():
            parts = [
                self._read_layer(position, columns, window)
                for position in range(len(self._file_layers))
            ]
            return pd.concat(parts)

    def _read_layer(
        self, position: int, columns: Sequence[str], window: Window | None
    ) -> gpd.GeoDataFrame:
        """Return the features of one layer, in RD New."""
        crs = self._crs_of_layers[position]
        read = self._columns_in(position, columns)
        # A VRT makes shapes of columns, of which GDAL knows nothing where they are not read.
        is_virtual = self._infos[position]["driver"] == "OGR_VRT"
        with np.errstate(all="ignore"):  # of a vertex that is no number, which is seen to later
            frame = pyogrio.read_dataframe(
                opened_by_gdal(self._path),
                layer=self._file_layers[position],
                encoding=self.settings.encoding,
                columns=None if is_virtual else list(dict.fromkeys(read.values())),
                bbox=None if window is None else projected(window, ProjCRS(CRS), crs),
                where=self.settings.where,
                fid_as_index=True,
                **self._open_options,
            )
        if not isinstance(frame, gpd.GeoDataFrame):
            raise LayerError(f"{self.label} {_NO_SHAPES}")
        if window is None:
            self._refuse_a_part(position, len(frame))
        located = frame.set_crs(crs, allow_override=True)
        return in_rd(renamed(located, read, columns)[[*columns, "geometry"]], crs)

    def _refuse_a_part(self, position: int, read: int) -> None:
        """Refuse a source that gives fewer features than it says it has, as services may."""
        there = int(self._infos[position]["features"])
        if self.settings.where is None and read < there:
            raise SourceError(
                f"{self.label} gives {read} features and says that it has {there}; "
                "ask for it in parts, or export all of it as a GeoPackage"
            )

    def read_table(self, columns: Sequence[str], most: int | None = None) -> pd.DataFrame:
        """Read rows without geometry; values are as they stand in the source."""
        self.check_presence()
        with self._reading():
            parts = []
            for position, layer in enumerate(self._file_layers):
                read = self._columns_in(position, columns)
                frame = pyogrio.read_dataframe(
                    opened_by_gdal(self._path),
                    layer=layer,
                    encoding=self.settings.encoding,
                    columns=list(dict.fromkeys(read.values())),
                    where=self.settings.where,
                    read_geometry=False,
                    mixed_offsets_as_utc=False,
                    max_features=most,
                    fid_as_index=True,
                    **self._open_options,
                )
                parts.append(renamed(frame, read, columns))
            return pd.DataFrame(pd.concat(parts, ignore_index=True))[list(columns)]


def _features_in(file: Path) -> int:
    """Return how many features there are in the one layer of a file; 0 where that is not known."""
    try:
        return int(pyogrio.read_info(file, force_feature_count=True)["features"])
    except Exception:  # whoever reads it says what is wrong
        return 0
