"""Parquet files: tables, and GeoParquet with shapes; read by Arrow, whatever drivers GDAL has.

Where the file has columns of bounds ("bbox covering"), those tell which row groups and which rows
touch the window, and only these shapes are made. Without them, all shapes are, to see which do.
A file that is elsewhere is read in ranges, where its server gives those.

References
----------
GeoParquet 1.1.0, https://geoparquet.org/releases/v1.1.0/
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS as ProjCRS

from flexruimte.errors import LayerError, SourceError
from flexruimte.evidence import storage
from flexruimte.evidence.sources.base import BaseSource, in_rd, projected, projected_extent
from flexruimte.evidence.sources.errors import crs_of, reading
from flexruimte.evidence.sources.filtering import columns_of_filter, rows_that_pass
from flexruimte.evidence.sources.protocol import Window
from flexruimte.vocabulary import CRS, Booleans, Floats, Integers

__all__ = ["PARQUET_ENDINGS", "ParquetSource", "touching"]

PARQUET_ENDINGS: Final = (".parquet", ".geoparquet", ".pq")
_LONGITUDE_LATITUDE: Final = "OGC:CRS84"
"""The coordinate reference system of a GeoParquet file that names none."""
_BOUNDS: Final = ("xmin", "ymin", "xmax", "ymax")
_MOST_BYTES: Final = 4 * 2**30
"""A table that is larger when it is unpacked is no table of parcels: 342 municipalities have some
ten million. [bytes]"""
_BYTES_OF_A_VALUE: Final = 8
_ROWS_AT_ONCE: Final = 500_000
"""Rows of which the shapes are in memory as they are stored, before those in a window are kept."""
_FETCHED_WHOLE: Final = 16 * 2**20
"""A file that is elsewhere and has no more bytes than this is fetched at once. [bytes]"""
_STATED_FROM: Final = 1_000_000
"""Of a file with more rows than this, filtered or not, the extent is what it states of all."""
_contents_kept: dict[str, tuple[object, bytes]] = {}
"""What was fetched last as a whole, with its stamp, by path; of one path only."""
_said: dict[str, tuple[object, pq.FileMetaData]] = {}
"""What files say of themselves, with their stamps, by path."""


@dataclass(frozen=True)
class ParquetSource(BaseSource):
    """The rows of one Parquet file, with shapes where it is GeoParquet."""

    holds = "read as Parquet"
    ignores = ("query", "layer", "encoding", "decimal", "band", "nodata", "valid", "open_options")

    def file_version(self) -> tuple[Any, ...] | None:
        """Return what tells this version of the file from others; None where it is not local."""
        path = Path(self.address.path)
        if not path.is_file():
            return None
        stat = path.stat()
        return (str(path), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)

    @contextmanager
    def _opened(self) -> Iterator[pq.ParquetFile]:
        """Open the file; of one that is elsewhere only the parts that are asked for are fetched."""
        self.check_presence()
        path = self._path
        if Path(path).is_dir():
            raise SourceError(
                f"{self.label} is a folder of Parquet files; "
                "make one file of them, for instance with geopandas"
            )
        with ExitStack() as opened:
            stamp = self.file_version() or self.address.stamp()
            content = path if Path(path).is_file() else opened.enter_context(self._content(stamp))
            before, said = _said.get(path, (None, None))
            known = said if before == stamp else None
            file = opened.enter_context(pq.ParquetFile(content, metadata=known, pre_buffer=True))
            _said[path] = stamp, file.metadata
            yield file

    @contextmanager
    def _content(self, stamp: object) -> Iterator[BinaryIO]:
        """Open a file that is elsewhere, or in an archive.

        What is small, packed, or behind a server that gives no parts is fetched whole, once.
        """
        path = self.address.path
        kept = _contents_kept.get(path)
        if kept is not None and kept[0] == stamp:
            yield io.BytesIO(kept[1])
        elif not self.address.member and _is_large(stamp) and storage.gives_parts(path):
            with self.address.opened() as content:
                yield content
        else:
            whole = self.address.read_bytes()
            _contents_kept.clear()
            _contents_kept[path] = stamp, whole
            yield io.BytesIO(whole)

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
        with reading(self.label, self.address), self._opened() as file:
            said = (file.schema_arrow.metadata or {}).get(b"geo")
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
        with reading(self.label, self.address), self._opened() as file:
            names = [str(name) for name in file.schema_arrow.names]
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
        with reading(self.label, self.address), self._opened() as file:
            return int(file.metadata.num_rows)

    def count_without_geometry(self) -> int:
        """Return how many rows have no geometry; 0 for a table."""
        if self._geo is None:
            return 0
        name = self._geo["name"]
        with reading(self.label, self.address), self._opened() as file:
            stated = [found.null_count for found in _statistics(file, name) if found is not None]
            if len(stated) == file.num_row_groups and None not in stated:
                return sum(stated)
            return int(file.read(columns=[name]).column(0).null_count)

    @cached_property
    def extent(self) -> Window | None:
        """Bounds of all features that the study's filter keeps, in RD New; None without any.

        Of a file with more than a million rows it is what the file states of all of them.
        """
        bounds = None
        if self.settings.where is None or self.feature_count > _STATED_FROM:
            bounds = self._stated_extent()
        if bounds is None:
            bounds = self._rows([], None).total_bounds
        if np.isinf(bounds).any():
            return self.extent_of_features()
        return projected_extent(np.array([bounds]), self.crs, self.label)

    def _stated_extent(self) -> Floats | None:
        """Return the bounds that the file states, in its own coordinates; None where it does not.

        Those of its row groups go first: what a file says of all of it, whoever changed it may have
        left as it was.
        """
        with reading(self.label, self.address), self._opened() as file:
            paths = self._paths_of_bounds(file)
            if not file.num_row_groups or not paths:
                return None
            sides = [
                [found for found in _statistics(file, paths[side]) if found and found.has_min_max]
                for side in _BOUNDS
            ]
        if any(len(side) < file.num_row_groups for side in sides):
            return None
        low = [min(found.min for found in side) for side in sides[:2]]
        high = [max(found.max for found in side) for side in sides[2:]]
        return np.array([*low, *high], dtype=np.float64)

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
        with reading(self.label, self.address), self._opened() as file:
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
        with reading(self.label, self.address), self._opened() as file:
            for groups in self._groups(file, bbox):
                near = self._near(file, groups, bbox)
                if near is not None:
                    groups = [group for group, rows in zip(groups, near, strict=True) if rows.any()]
                    if not groups:
                        continue
                numbers = _numbers(file, groups)
                table = file.read_row_groups(groups, columns=[*wanted, shapes])
                if near is not None:
                    kept = np.flatnonzero(np.concatenate([rows for rows in near if rows.any()]))
                    table, numbers = table.take(kept), numbers[kept]
                with np.errstate(all="ignore"):  # of a vertex that is no number, which is seen to
                    found = shapely.from_wkb(table.column(shapes).to_numpy(zero_copy_only=False))
                frame = _with_valid_text(table.select(wanted).to_pandas(ignore_metadata=True))
                frame.index = pd.Index(numbers)
                # Bounds that are stated may be a little wider.
                kept = touching(found, bbox)
                parts.append(gpd.GeoDataFrame(frame.iloc[kept], geometry=found[kept], crs=self.crs))
            if not parts:
                table = file.schema_arrow.empty_table().select(wanted)
                empty = table.to_pandas(ignore_metadata=True)
                parts = [gpd.GeoDataFrame(empty, geometry=gpd.GeoSeries([], crs=self.crs))]
        whole = parts[0] if len(parts) == 1 else pd.concat(parts)
        if where is not None:
            whole = whole[rows_that_pass(pd.DataFrame(whole)[wanted], where, self.label)]
        return whole[[*columns, "geometry"]]

    def _paths_of_bounds(self, file: pq.ParquetFile) -> dict[str, str]:
        """Return the columns that hold the bounds of features, by side; none where one lacks."""
        covering = self._located.get("covering", {}).get("bbox", {})
        paths = {side: ".".join(covering[side]) for side in _BOUNDS if side in covering}
        there = {file.schema.column(at).path for at in range(file.metadata.num_columns)}
        return paths if len(paths) == len(_BOUNDS) and set(paths.values()) <= there else {}

    def _groups(self, file: pq.ParquetFile, bbox: Window | None) -> Iterator[list[int]]:
        """Yield the row groups that may hold features in a window, so many as fit in memory."""
        together: list[int] = []
        rows = 0
        for group in self._groups_near(file, bbox):
            count = file.metadata.row_group(group).num_rows
            if together and rows + count > _ROWS_AT_ONCE:
                yield together
                together, rows = [], 0
            together.append(group)
            rows += count
        if together:
            yield together

    def _groups_near(self, file: pq.ParquetFile, bbox: Window | None) -> list[int]:
        """Return the row groups that may hold features in a window, by the bounds they state."""
        everything = list(range(file.num_row_groups))
        paths = {} if bbox is None else self._paths_of_bounds(file)
        if bbox is None or not paths:
            return everything
        left, bottom, right, top = bbox
        stated = zip(*(_statistics(file, paths[side]) for side in _BOUNDS), strict=True)
        return [
            group
            for group, (x_min, y_min, x_max, y_max) in zip(everything, stated, strict=True)
            if any(each is None or not each.has_min_max for each in (x_min, y_min, x_max, y_max))
            or (
                x_min.min <= right
                and x_max.max >= left
                and y_min.min <= top
                and y_max.max >= bottom
            )
        ]

    def _near(
        self, file: pq.ParquetFile, groups: list[int], bbox: Window | None
    ) -> list[Booleans] | None:
        """Return which rows of each group may touch a window, by their stated bounds.

        None where no bounds are stated. (n,) bool each.
        """
        paths = {} if bbox is None else self._paths_of_bounds(file)
        if bbox is None or not paths:
            return None
        table = file.read_row_groups(groups, columns=list(paths.values())).flatten()
        while any(pa.types.is_struct(each.type) for each in table.schema):
            table = table.flatten()
        sides = [
            table.column(paths[side]).to_numpy(zero_copy_only=False).astype(np.float64)
            for side in _BOUNDS
        ]
        unknown = np.isnan(sides).any(axis=0)  # a row may state none
        found = unknown | _overlapping(sides, bbox)
        ends = np.cumsum([file.metadata.row_group(group).num_rows for group in groups])
        return np.split(found, ends[:-1])


def _is_large(stamp: object) -> bool:
    """Return whether a file that is elsewhere has more bytes than are fetched at once."""
    said = stamp[-1] if isinstance(stamp, list) and stamp else None
    size = said[0] if isinstance(said, tuple) and said else ""
    return str(size).isdigit() and int(size) > _FETCHED_WHOLE


def _numbers(file: pq.ParquetFile, groups: list[int]) -> Integers:
    """Return the numbers of the rows of some row groups."""
    first = np.cumsum(
        [0, *(file.metadata.row_group(at).num_rows for at in range(file.num_row_groups))]
    )
    return np.concatenate([np.arange(first[group], first[group + 1]) for group in groups])


def _statistics(file: pq.ParquetFile, path: str) -> list[Any]:
    """Return what a file states of a column, by row group; None where it states nothing."""
    columns = {file.schema.column(at).path: at for at in range(file.metadata.num_columns)}
    groups = [file.metadata.row_group(group) for group in range(file.num_row_groups)]
    return [group.column(columns[path]).statistics for group in groups]


def touching(shapes: Any, bbox: Window | None) -> Integers:
    """Return the positions of shapes whose bounds touch a window; of all for None."""
    if bbox is None:
        return np.arange(len(shapes))
    return np.flatnonzero(_overlapping(shapely.bounds(shapes).T, bbox))


def _overlapping(sides: Sequence[Floats] | Floats, bbox: Window) -> Booleans:
    left, bottom, right, top = bbox
    found: Booleans = (
        (sides[0] <= right) & (sides[2] >= left) & (sides[1] <= top) & (sides[3] >= bottom)
    )
    return found


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
