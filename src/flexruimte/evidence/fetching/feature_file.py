"""The parts of a dataset become one GeoPackage, of which the same rows make the same bytes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio

from flexruimte.errors import OutputError
from flexruimte.evidence.fetching.parts import Parts
from flexruimte.evidence.fetching.rows import GEOMETRY, KEY, ORDER
from flexruimte.evidence.sources.gdal_options import gdal_options
from flexruimte.vocabulary import CRS, Integers

__all__ = ["write_features"]

_AT_ONCE: Final = 20_000
"""Rows that are written at once."""
_THE_SAME: Final = {
    # When a file was written is told in the record of it, and not in the file.
    "OGR_CURRENT_DATE": "2000-01-01T00:00:00.000Z",
    # The file is flushed once, as a whole.
    "OGR_SQLITE_SYNCHRONOUS": "OFF",
}


def write_features(parts: Parts, names: Sequence[str], path: Path, layer: str) -> int:
    """Write the rows of parts as one layer in RD New, and return how many there are.

    Rows are in the order of their ids. A feature that lies in several tiles is written once, as the
    first of them has it; what is double within a tile is so in the source.

    Parameters
    ----------
    names
        Of the parts, in the order of the tiles.
    path
        Of a file that is not there.
    layer
        What it is called in the file.

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    found = [(tile, table) for tile, name in enumerate(names) for table in parts.tables(name)]
    tables = [table for _, table in found]
    schema = _schema_of(tables)
    rows = pa.concat_tables([_as(table, schema) for table in tables])
    tile = np.repeat([number for number, _ in found], [len(table) for table in tables])
    chosen = _in_order(rows, tile)
    columns = rows.drop_columns([ORDER, KEY]).combine_chunks()
    with gdal_options(_THE_SAME), warnings.catch_warnings():
        # The name while it is being written is not the one that GDAL would choose.
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            pyogrio.write_arrow(
                pa.RecordBatchReader.from_batches(columns.schema, _batches(columns, chosen)),
                path,
                layer=layer,
                driver="GPKG",
                geometry_name=GEOMETRY,
                geometry_type=_kind_of(columns, chosen),
                crs=CRS,
                layer_options={"GEOMETRY_NAME": GEOMETRY},
            )
        except (RuntimeError, OSError) as error:  # those of GDAL are of the first kind
            raise OutputError(
                f"{path} cannot be written: {error}; check the disk and your rights on the folder"
            ) from error
    return len(chosen)


def _schema_of(tables: Sequence[pa.Table]) -> pa.Schema:
    """Return the types that hold the values of all tables; of what has no value that is text."""
    fields = []
    for name in tables[0].schema.names:
        kinds = {table.schema.field(name).type for table in tables} - {pa.null()}
        numbers = kinds <= {pa.int64(), pa.float64()}
        kind = kinds.pop() if len(kinds) == 1 else None
        fields.append(
            pa.field(name, kind or (pa.float64() if kinds and numbers else pa.large_string()))
        )
    return pa.schema(fields)


def _as(table: pa.Table, schema: pa.Schema) -> pa.Table:
    return table if table.schema == schema else table.select(schema.names).cast(schema)


def _in_order(rows: pa.Table, tile: Integers) -> Integers:
    """Return the positions of the rows that are written, in order. (n,) int"""
    keys = rows.column(KEY).to_numpy()
    _, feature = np.unique(keys, return_inverse=True)
    first = np.full(feature.max(initial=-1) + 1, len(tile), dtype=np.intp)
    np.minimum.at(first, feature, tile)
    kept = np.flatnonzero(tile == first[feature])
    order = pa.table({"order": rows.column(ORDER).take(kept), "key": keys[kept], "at": kept})
    positions = pc.sort_indices(order, [(name, "ascending") for name in ("order", "key", "at")])
    chosen: Integers = kept[positions.to_numpy()]
    return chosen


def _batches(columns: pa.Table, chosen: Integers) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(chosen), _AT_ONCE):
        yield from columns.take(chosen[start : start + _AT_ONCE]).combine_chunks().to_batches()


def _kind_of(columns: pa.Table, chosen: Integers) -> str:
    """Return the one kind of geometry that all rows have, else that it is not one."""
    kinds: set[int] = set()
    for start in range(0, len(chosen), _AT_ONCE):
        wkb = columns.column(GEOMETRY).take(chosen[start : start + _AT_ONCE])
        starts = pc.binary_slice(wkb, 1, 5).drop_null().unique().to_pylist()
        kinds |= {int.from_bytes(each, "little") for each in starts}
    names = {
        1: "Point",
        2: "LineString",
        3: "Polygon",
        4: "MultiPoint",
        5: "MultiLineString",
        6: "MultiPolygon",
    }
    return names.get(kinds.pop(), "Unknown") if len(kinds) == 1 else "Unknown"
