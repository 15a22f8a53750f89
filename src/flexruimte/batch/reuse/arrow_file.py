"""Arrow files of arrays, geometries and texts, each with a few words of JSON.

Reading them runs no code, and what cannot be read counts as not there.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pandas.api.extensions import ExtensionArray

from flexruimte.results.atomic_write import atomic_write
from flexruimte.vocabulary import Integers

__all__ = ["Ragged", "Shapes", "read_arrow", "write_arrow"]

_FORMAT: Final = 6
"""Raised when a column comes, goes or changes its meaning."""
_SHAPES: Final = "shapes"


class Shapes:
    """Geometries as they are kept: they become shapes where NumPy or Shapely asks for an array.

    Who only passes them on is spared that.

    Parameters
    ----------
    wkb
        Their WKB; null where there is none. (n,)

    Examples
    --------
    >>> kept = Shapes.of(np.array([shapely.Point(0, 0), None, shapely.Point(1, 2)]))
    >>> len(kept), list(map(str, np.asarray(kept[np.array([2, 1])])))
    (3, ['POINT (1 2)', 'None'])
    """

    def __init__(self, wkb: pa.Array) -> None:
        self.wkb = wkb

    @classmethod
    def of(cls, geometries: Self | np.ndarray[Any, Any]) -> Self:
        """Return geometries as they are kept. (n,) object"""
        return (
            geometries
            if isinstance(geometries, cls)
            else cls(pa.array(shapely.to_wkb(geometries), pa.binary()))
        )

    def joined(self) -> pa.Buffer:
        """Return the WKB of all geometries one behind the other, "-" for none."""
        all_of_them = pa.ListArray.from_arrays(
            pa.array([0, len(self.wkb)], pa.int32()), self.wkb.fill_null(b"-")
        )
        return pc.binary_join(all_of_them, b"")[0].as_buffer()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.wkb)

    def __getitem__(self, positions: Integers) -> Shapes:
        """Return some of them, in the order given. (k,) int"""
        return Shapes(self.wkb.take(pa.array(positions)))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        """Return the shapes. (n,) object"""
        return np.asarray(shapely.from_wkb(self.wkb.to_numpy(zero_copy_only=False)), dtype=object)


class Ragged:
    """As many values for each row as a count says."""

    def __init__(self, values: np.ndarray[Any, Any] | Shapes, counts: np.ndarray[Any, Any]) -> None:
        self.values, self.counts = values, counts


def write_arrow(columns: Mapping[str, Any], said: Mapping[str, Any], path: Path) -> None:
    """Write columns to a file.

    What is kept only saves time: it need not outlast a loss of power.

    Parameters
    ----------
    columns
        Of one length: arrays, series, `Shapes`, `Ragged`, or lists of tuples of texts.
    said
        What else to say, as JSON has it; its "key" must be known to whoever reads the file.
    path
        The file to write.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    stored = {name: _stored(values) for name, values in columns.items()}
    about = json.dumps(
        {**said, "format": _FORMAT, "kinds": {name: kind for name, (_, kind) in stored.items()}}
    )
    table = pa.table(
        {name: values for name, (values, _) in stored.items()}
    ).replace_schema_metadata({"flexruimte": about})
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with (
        atomic_write(path, durable=False) as partial,
        pa.OSFile(str(partial), "wb") as file,
        pa.ipc.new_file(file, table.schema, options=options) as writer,
    ):
        writer.write_table(table)


def read_arrow(path: Path, key: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Read what `write_arrow` wrote: what was said, and the columns.

    None where there is no such file, or it was written with another key or in another format.
    """
    try:
        with pa.memory_map(str(path)) as file:
            reader = pa.ipc.open_file(file)
            said = json.loads(reader.schema.metadata[b"flexruimte"])
            if (said["key"], said["format"]) != (key, _FORMAT):
                return None
            table = reader.read_all()
            return said, {
                name: _restored(table[name], kind) for name, kind in said["kinds"].items()
            }
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
        return None


def _stored(values: Any) -> tuple[pa.Array, str]:
    """Return an Arrow array, and how to get back from it what it was made of."""
    if isinstance(values, Shapes):
        return values.wkb, _SHAPES
    if isinstance(values, Ragged):
        inner, kind = _stored(values.values)
        return pa.ListArray.from_arrays(
            np.concatenate([[0], np.cumsum(values.counts)]).astype(np.int32), inner
        ), f"ragged {kind}"
    if isinstance(values, list):
        return pa.array(values, pa.list_(pa.string())), "lists"
    if isinstance(values, pd.Series):
        if not isinstance(values.dtype, np.dtype):
            return pa.array(values), f"series {values.dtype}"
        values = values.to_numpy()
    if isinstance(values, ExtensionArray):
        return pa.array(values, pa.string()), "texts"
    if values.dtype != object:
        return pa.array(values), f"array {values.dtype}"
    if pd.api.types.infer_dtype(values, skipna=True) in ("string", "empty"):
        return pa.array(values, pa.string(), from_pandas=True), "texts"
    return pa.array([json.dumps(value, default=_plain) for value in values], pa.string()), "objects"


def _plain(value: Any) -> Any:
    """Return what JSON knows for a number of another library, or a moment."""
    if isinstance(value, dt.date):
        return {"moment": value.isoformat(), "day": not isinstance(value, dt.datetime)}
    return None if pd.isna(value) else value.item()


def _objects(texts: pa.Array) -> np.ndarray[Any, Any]:
    """Return what texts stand for; equal ones are read once."""
    encoded = texts.dictionary_encode()
    values = np.array(
        [*map(_object, encoded.dictionary.to_pylist()), None], dtype=object
    )  # None lest NumPy looks into lists
    return np.asarray(values[encoded.indices.to_numpy()])


def _object(text: str) -> Any:
    value = json.loads(text)
    if isinstance(value, dict):
        return (
            dt.date.fromisoformat(value["moment"])
            if value["day"]
            else pd.Timestamp(value["moment"])
        )
    return value


def _restored(column: pa.ChunkedArray, kind: str) -> Any:
    array = (
        column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    )  # which copies one chunk as well
    how, _, dtype = kind.partition(" ")
    if how == "ragged":
        return _restored(pa.chunked_array([array.flatten()]), dtype)
    restore: dict[str, Callable[[], Any]] = {
        _SHAPES: lambda: Shapes(array),
        "lists": lambda: [tuple(names) for names in array.to_pylist()],
        "series": lambda: pd.Series(array.to_pandas(), dtype=dtype),
        "array": lambda: array.to_numpy(zero_copy_only=False).astype(dtype, copy=False),
        "texts": lambda: pd.array(array, dtype="str"),
        "objects": lambda: _objects(array),
    }
    return restore[how]()
