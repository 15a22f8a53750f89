"""What was found of a municipality's parcels, kept in full precision: a later run that asks the same of the land need not look again.

Arrow files: reading them runs no code, and what cannot be read counts as not there.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pandas.api.extensions import ExtensionArray

from flexruimte.assessment.land import Land, LandFinding
from flexruimte.assessment.survey import Part, Survey
from flexruimte.assessment.term import Term
from flexruimte.evidence.layers import LayerFacts
from flexruimte.evidence.parcels import Parcels
from flexruimte.evidence.seen import Seen, Tally
from flexruimte.kernels.layout import LayoutParameters, Layouts
from flexruimte.kernels.layout_memory import OF_STACKS, LayoutMemory
from flexruimte.results.atomic_write import atomic_write
from flexruimte.vocabulary import Integers

__all__ = [
    "LAYOUTS_FILE",
    "SURVEY_FILE",
    "Shapes",
    "read_layouts",
    "read_part",
    "read_survey",
    "write_layouts",
    "write_part",
    "write_survey",
]

SURVEY_FILE: Final = ".survey.arrow"
LAYOUTS_FILE: Final = ".layouts.arrow"

_FORMAT = 2
"""Raised when a column comes, goes or changes its meaning."""
_SHAPES = "shapes"
_SEPARATOR = "/"


def write_survey(found: Survey, key: str, path: Path) -> None:
    """Write what was found.

    Parameters
    ----------
    found
        What the layers say of the parcels.
    key
        A text that changes with what was asked and of which evidence.
    path
        The file to write.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    columns = {
        "ids": found.parcels.ids,
        "shapes": Shapes.of(found.parcels.geometries),
        **_prefixed("parcels", found.parcels.table),
        **_columns(found.land, found.measures, found.term),
    }
    said = {
        "key": key,
        "parcels": _facts_said(found.parcels.facts),
        "layers": {name: _facts_said(facts) for name, facts in found.layers.items()},
        **_said(found.term),
    }
    _write(columns, said, path)


def read_survey(path: Path, key: str) -> Survey | None:
    """Read what was found; None where there is no such file, or it answers another question than the key says."""
    read = _read(path, key)
    if read is None:
        return None
    said, columns = read
    ids = np.asarray(columns["ids"], dtype=object)
    table = _table(_of("parcels", columns), len(ids))
    parcels = Parcels(ids, np.asarray(columns["shapes"]), table, _facts(said["parcels"]))
    layers = {name: _facts(facts) for name, facts in said["layers"].items()}
    return Survey(parcels, *_found(said, columns), layers)


def write_part(part: Part, key: str, path: Path) -> None:
    """Write what was found of one block of parcels.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    columns: dict[str, Any] = {
        "members": part.members,
        **_columns(part.land, part.measures, part.term),
    }
    seen = {}
    for layer, of_layer in part.seen.items():
        for what, tally in {"": of_layer.rows, **of_layer.repairs}.items():
            seen[f"{layer}{_SEPARATOR}{what}"] = [tally.identities.tolist(), tally.numbers.tolist()]
    said = {
        "key": key,
        "layers": {name: _facts_said(facts) for name, facts in part.facts.items()},
        "seen": seen,
        **_said(part.term),
    }
    _write(columns, said, path)


def read_part(path: Path, key: str) -> Part | None:
    """Read what was found of one block; None where there is no such file, or it answers another question than the key says."""
    read = _read(path, key)
    if read is None:
        return None
    said, columns = read
    tallies: dict[str, dict[str, Tally]] = {}
    for name, (identities, numbers) in said["seen"].items():
        layer, what = name.split(_SEPARATOR, 1)
        tallies.setdefault(layer, {})[what] = Tally(
            np.array(identities, dtype=np.uint64), np.array(numbers, dtype=np.int64)
        )
    seen = {layer: Seen(of_layer.pop(""), of_layer) for layer, of_layer in tallies.items()}
    facts = {name: _facts(each) for name, each in said["layers"].items()}
    return Part(columns["members"], *_found(said, columns), facts, seen)


def _columns(land: Land, measures: pd.DataFrame, term: Term) -> dict[str, Any]:
    columns = {
        "buildable": Shapes.of(land.buildable),
        "taken_m2": land.taken_m2,
        "plans": term.plans,
        **_prefixed("measures", measures),
        **_prefixed("term", term.columns),
        **_prefixed("may_be_lower", term.may_be_lower),
    }
    for rule_id, finding in land.findings.items():
        columns |= _prefixed(
            f"land{_SEPARATOR}{rule_id}",
            {each.name: getattr(finding, each.name) for each in fields(finding)},
        )
    return columns


def _said(term: Term) -> dict[str, Any]:
    return {
        "regime": term.regime,
        "unread": {what: plans.tolist() for what, plans in term.unread.items()},
    }


def _found(said: Mapping[str, Any], columns: Mapping[str, Any]) -> tuple[Land, pd.DataFrame, Term]:
    findings: dict[str, dict[str, Any]] = {}
    for name, values in _of("land", columns).items():
        rule_id, each = name.rsplit(_SEPARATOR, 1)
        findings.setdefault(rule_id, {})[each] = values
    buildable = np.asarray(columns["buildable"])
    land = Land(
        buildable,
        columns["taken_m2"],
        {rule_id: LandFinding(**parts) for rule_id, parts in findings.items()},
    )
    term = Term(
        columns=_table(_of("term", columns), len(buildable)),
        may_be_lower=_of("may_be_lower", columns),
        plans=np.asarray(columns["plans"], dtype=object),
        regime=said["regime"],
        unread={what: np.array(plans, dtype=np.uint64) for what, plans in said["unread"].items()},
    )
    return land, _table(_of("measures", columns), len(buildable)), term


def write_layouts(memory: LayoutMemory, key: str, path: Path) -> None:
    """Write layouts that were made; nothing where there are none.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    layouts = memory.layouts
    if layouts is None or memory.parameters is None:
        return
    counts = np.bincount(layouts.part, minlength=len(memory.keys))
    columns: dict[str, Any] = {"keys": [(each.hex(),) for each in memory.keys]}
    for each in fields(layouts):
        values = getattr(layouts, each.name)
        values = (
            Shapes.of(values) if isinstance(values, Shapes) or values.dtype == object else values
        )
        columns[each.name] = _Ragged(values, counts) if each.name in OF_STACKS else values
    _write(columns, {"key": key, "parameters": asdict(memory.parameters)}, path)


def read_layouts(path: Path, key: str) -> LayoutMemory:
    """Read layouts that were made; none where there is no such file, or other software wrote it than the key says.

    The geometries of the layouts are `Shapes`.
    """
    read = _read(path, key)
    if read is None:
        return LayoutMemory()
    said, columns = read
    keys = [bytes.fromhex(text) for (text,) in columns.pop("keys")]
    return LayoutMemory(LayoutParameters(**said["parameters"]), keys, Layouts(**columns))


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
        """Return the WKB of all in one, with "-" for none: other geometries, or in another order, give other bytes."""
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


class _Ragged:
    """As many values for each row as a count says."""

    def __init__(self, values: np.ndarray[Any, Any] | Shapes, counts: np.ndarray[Any, Any]) -> None:
        self.values, self.counts = values, counts


def _prefixed(prefix: str, columns: Mapping[Any, Any] | pd.DataFrame) -> dict[str, Any]:
    return {f"{prefix}{_SEPARATOR}{name}": columns[name] for name in columns}


def _of(prefix: str, columns: Mapping[str, Any]) -> dict[str, Any]:
    start = prefix + _SEPARATOR
    return {
        name.removeprefix(start): values
        for name, values in columns.items()
        if name.startswith(start)
    }


def _table(columns: dict[str, Any], count: int) -> pd.DataFrame:
    return pd.DataFrame(
        columns, index=pd.RangeIndex(count), copy=False
    )  # as they were read: to be looked at, not changed


def _facts_said(facts: LayerFacts) -> dict[str, Any]:
    return {
        **asdict(facts),
        "reference_date": facts.reference_date and facts.reference_date.isoformat(),
    }


def _facts(said: Mapping[str, Any]) -> LayerFacts:
    date = said["reference_date"]
    return LayerFacts(**{**said, "reference_date": date and dt.date.fromisoformat(date)})


def _write(columns: Mapping[str, Any], said: Mapping[str, Any], path: Path) -> None:
    stored = {name: _stored(values) for name, values in columns.items()}
    about = json.dumps(
        {**said, "format": _FORMAT, "kinds": {name: kind for name, (_, kind) in stored.items()}}
    )
    table = pa.table(
        {name: values for name, (values, _) in stored.items()}
    ).replace_schema_metadata({"flexruimte": about})
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with (
        atomic_write(path) as partial,
        pa.OSFile(str(partial), "wb") as file,
        pa.ipc.new_file(file, table.schema, options=options) as writer,
    ):
        writer.write_table(table)


def _read(path: Path, key: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
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
    if isinstance(values, _Ragged):
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
