"""Parquet files: tables, and GeoParquet with shapes; read by Arrow, whatever drivers GDAL has.

Where the file has a column of bounds ("bbox covering"), or its parts lie together, only the row
groups that touch the window are decoded. Without one, all shapes are read to see which do.

References
----------
GeoParquet 1.1.0, https://geoparquet.org/releases/v1.1.0/
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS as ProjCRS

from flexruimte.errors import LayerError, SourceError
from flexruimte.evidence.sources.base import BaseSource, in_rd, projected, projected_extent
from flexruimte.evidence.sources.errors import crs_of, reading
from flexruimte.evidence.sources.filtering import columns_of_filter, rows_that_pass
from flexruimte.evidence.sources.protocol import Window
from flexruimte.vocabulary import CRS, Floats, Integers

__all__ = ["PARQUET_ENDINGS", "ParquetSource"]

PARQUET_ENDINGS: Final = (".parquet", ".geoparquet", ".pq")
_LONGITUDE_LATITUDE: Final = "OGC:CRS84"
"""The coordinate reference system of a GeoParquet file that names none."""
_BOUNDS: Final = ("xmin", "ymin", "xmax", "ymax")
_MOST_BYTES: Final = 4 * 2**30
"""A table that is larger when it is unpacked is no table of parcels: 342 municipalities have some
ten million. [bytes]"""
_BYTES_OF_A_VALUE: Final = 8
_contents_kept: dict[str, tuple[object, bytes]] = {}
"""What was fetched last from elsewhere, with its stamp, by path; of one path only."""


@dataclass(frozen=True)
class ParquetSource(BaseSource):
    """The rows of one Parquet file, with shapes where it is GeoParquet."""

    holds = "read as Parquet"
    ignores = ("layer", "encoding", "decimal", "band", "nodata", "valid", "open_options")

    def file_version(self) -> tuple[Any, ...] | None:
        """Return what tells this version of the file from others; None where it is not local."""
        path = Path(self.address.path)
        if not path.is_file():
            return None
        stat = path.stat()
        return (str(path), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)

    def _opened(self) -> pq.ParquetFile:
        """Return the file; one that is elsewhere is fetched whole."""
        self.check_presence()
        path = self.address.path
        if Path(path).is_file():
            return pq.ParquetFile(path)
        if Path(path).is_dir():
            raise SourceError(
                f"{self.label} is a folder of Parquet files; "
                "make one file of them, for instance with geopandas"
            )
        stamp = self.address.stamp()
        if path not in _contents_kept or _contents_kept[path][0] != stamp:
            content = self.address.read_bytes()
            _contents_kept.clear()
            _contents_kept[path] = stamp, content
        return pq.ParquetFile(io.BytesIO(_contents_kept[path][1]))

    def _refuse_what_unpacks(self, said: pq.FileMetaData) -> None:
        """Refuse a table that says that it holds more than fits in memory.

        Features are read by window, so a large file of those is no problem.
        """
        groups = [said.row_group(number).total_byte_size for number in range(said.num_row_groups)]
        size = max(sum(groups), said.num_rows * said.num_columns * _BYTES_OF_A_VALUE)
        if size > _MOST_BYTES:
            raise SourceError(
                f"{self.label} unpacks to {size / 2**30:.1f} GB, more than a table of parcels can "
                "be; take out the columns and rows that are not needed"
            )

    @cached_property
    def _geo(self) -> dict[str, Any] | None:
        """What the file says of its column of shapes; None where it has none.

        Raises
        ------
        SourceError
            When it says that in another way than the standard, or stores shapes otherwise.
        """
        with reading(self.label, self.address):
            said = (self._opened().schema_arrow.metadata or {}).get(b"geo")
            if said is None:
                return None
            document = json.loads(said)
            try:
                name = document["primary_column"]
                column = dict(document["columns"][name])
            except (KeyError, TypeError):
                raise SourceError(
                    f"{self.label} does not say which column holds its shapes; "
                    "make the file again, for instance with geopandas"
                ) from None
        if column.get("encoding") != "WKB":
            raise SourceError(
                f"{self.label} stores shapes as {column.get('encoding')!r}; write it again with "
                "shapes as WKB, as geopandas and GDAL do, or as a GeoPackage"
            )
        return {**column, "name": name}

    @property
    def _located(self) -> dict[str, Any]:
        if self._geo is None:
            raise LayerError(
                f"{self.label} has no geometry column, as it is Parquet without shapes; "
                "write it as GeoParquet, or use it for a layer of kind 'table'"
            )
        return self._geo

    @cached_property
    def columns(self) -> list[str]:
        """The columns, as the file calls them, without that of the shapes."""
        with reading(self.label, self.address):
            names = [str(name) for name in self._opened().schema_arrow.names]
        shapes = self._geo["name"] if self._geo else None
        return [name for name in names if name != shapes]

    @cached_property
    def crs(self) -> ProjCRS:
        """The coordinate reference system: of the study, else of the file.

        Raises
        ------
        LayerError
            When neither names one.
        """
        return crs_of(
            self.label, self.settings.crs or self._located.get("crs", _LONGITUDE_LATITUDE)
        )

    @cached_property
    def feature_count(self) -> int:
        """Number of rows, before any filter."""
        with reading(self.label, self.address):
            return int(self._opened().metadata.num_rows)

    def count_without_geometry(self) -> int:
        """Return how many rows have no geometry; 0 for a table."""
        if self._geo is None:
            return 0
        with reading(self.label, self.address):
            column = self._opened().read(columns=[self._geo["name"]]).column(0)
            return int(column.null_count)

    @cached_property
    def extent(self) -> Window | None:
        """Bounds of all features that the study's filter keeps, in RD New; None without any."""
        bounds = np.array([self._rows([], None).total_bounds])
        if np.isinf(bounds).any():
            return self.extent_of_features()
        return projected_extent(bounds, self.crs, self.label)

    def read(self, columns: Sequence[str], window: Window | None = None) -> gpd.GeoDataFrame:
        """Read features that touch a window, in RD New; the index numbers the rows of the file.

        Parameters
        ----------
        columns
            Columns to read, as the source calls them; they must exist.
        window
            Only features whose bounds touch it are read; None reads all.
        """
        bbox = None if window is None else projected(window, ProjCRS(CRS), self.crs)
        return in_rd(self._rows(columns, bbox), self.crs)

    def read_table(self, columns: Sequence[str], most: int | None = None) -> pd.DataFrame:
        """Read rows without geometry; values are as they stand in the source."""
        where = self.settings.where
        wanted = list(dict.fromkeys([*columns, *columns_of_filter(where, self.columns)]))
        with reading(self.label, self.address):
            file = self._opened()
            self._refuse_what_unpacks(file.metadata)
            table = file.read(columns=wanted)
            # Ids among which a null is stay whole numbers; what pandas took as index is a column.
            read = table.to_pandas(ignore_metadata=True, integer_object_nulls=True)
            frame = _with_valid_text(read)
        if where is not None:
            frame = frame[rows_that_pass(frame[wanted], where, self.label)].reset_index(drop=True)
        return frame[list(columns)].iloc[:most]

    def _rows(self, columns: Sequence[str], bbox: Window | None) -> gpd.GeoDataFrame:
        """Return features that touch a window of the file's own coordinates."""
        where, shapes = self.settings.where, self._located["name"]
        wanted = list(dict.fromkeys([*columns, *columns_of_filter(where, self.columns)]))
        parts = []
        with reading(self.label, self.address):
            file = self._opened()
            first = np.cumsum(
                [0, *(file.metadata.row_group(at).num_rows for at in range(file.num_row_groups))]
            )
            for group in self._groups(file, bbox):
                table = file.read_row_group(group, columns=[*wanted, shapes])
                with np.errstate(all="ignore"):  # of a vertex that is no number, which is seen to
                    found = shapely.from_wkb(table.column(shapes).to_numpy(zero_copy_only=False))
                near = _touching(found, bbox)
                frame = _with_valid_text(table.select(wanted).to_pandas(ignore_metadata=True))
                frame.index = pd.RangeIndex(first[group], first[group + 1])
                part = gpd.GeoDataFrame(frame.iloc[near], geometry=found[near], crs=self.crs)
                parts.append(part)
            if not parts:
                table = file.schema_arrow.empty_table().select(wanted)
                empty = table.to_pandas(ignore_metadata=True)
                parts = [gpd.GeoDataFrame(empty, geometry=gpd.GeoSeries([], crs=self.crs))]
        whole = parts[0] if len(parts) == 1 else pd.concat(parts)
        if where is not None:
            whole = whole[rows_that_pass(pd.DataFrame(whole)[wanted], where, self.label)]
        return whole[[*columns, "geometry"]]

    def _groups(self, file: pq.ParquetFile, bbox: Window | None) -> list[int]:
        """Return the row groups that may hold features in a window, by the bounds they state."""
        everything = list(range(file.num_row_groups))
        covering = self._located.get("covering", {}).get("bbox", {})
        paths = {side: ".".join(covering[side]) for side in _BOUNDS if side in covering}
        if bbox is None or len(paths) < len(_BOUNDS):
            return everything
        position = {file.schema.column(at).path: at for at in range(file.metadata.num_columns)}
        if not set(paths.values()) <= position.keys():
            return everything
        left, bottom, right, top = bbox
        kept = []
        for group in everything:
            stated = {
                side: file.metadata.row_group(group).column(position[path]).statistics
                for side, path in paths.items()
            }
            if any(each is None or not each.has_min_max for each in stated.values()) or (
                stated["xmin"].min <= right
                and stated["xmax"].max >= left
                and stated["ymin"].min <= top
                and stated["ymax"].max >= bottom
            ):
                kept.append(group)
        return kept


def _touching(shapes: Any, bbox: Window | None) -> Integers:
    """Return the positions of shapes whose bounds touch a window; of all for None."""
    if bbox is None:
        return np.arange(len(shapes))
    left, bottom, right, top = bbox
    bounds: Floats = shapely.bounds(shapes).T
    return np.flatnonzero(
        (bounds[0] <= right) & (bounds[2] >= left) & (bounds[1] <= top) & (bounds[3] >= bottom)
    )


def _with_valid_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of which every text can be decoded; Arrow itself looks only when it is used.

    Raises
    ------
    pyarrow.ArrowInvalid
        When a text is damaged.
    """
    for name in frame.columns:
        if pd.api.types.is_string_dtype(frame[name].dtype):
            pa.array(frame[name]).validate(full=True)
    return frame
