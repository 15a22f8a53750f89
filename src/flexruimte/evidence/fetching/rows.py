"""Features as a service gives them become rows as the ruleset names them, in RD New."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa
import shapely
from pyproj import CRS as ProjCRS
from pyproj import Transformer

from flexruimte.errors import SourceError
from flexruimte.evidence.catalogue.model import Service
from flexruimte.evidence.fetching.fields import OWN_ID, FieldTypes
from flexruimte.evidence.fetching.tiles import Window
from flexruimte.evidence.sources.base import projected
from flexruimte.rules.parts import Scalar
from flexruimte.rules.words import as_number, plain
from flexruimte.vocabulary import CRS, Booleans, Floats, Geometries

__all__ = ["GEOMETRY", "KEY", "ORDER", "Page", "Rows"]

ORDER, KEY, GEOMETRY = "_order", "_key", "geom"
"""Columns of rows: what they are sorted by, what tells whether two are one feature, and the WKB."""
_BESIDE_M: Final = 1.0
"""A feature this far outside of a window may have been rounded into it. [m]"""
_LONGEST: Final = 2**63 - 1
_NUMBERS: Final = (pa.int64(), pa.float64())


@dataclass(frozen=True)
class Page:
    """Features as a service gave them, all columns with one value per feature."""

    columns: Mapping[str, Sequence[Any]]
    """By the service's field. (n,) each"""
    geometries: Geometries
    """In the coordinate reference system of the service. (n,) object"""

    def __len__(self) -> int:
        """Return the number of features."""
        return len(self.geometries)


class Rows:
    """Makes rows of what a service gives.

    Parameters
    ----------
    service
        Which fields are kept, how they are called, and what their values mean.
    types
        Of the service's fields, as far as it says them: a field that is empty on one page then has
        the same type as on the next.
    crs
        Of the geometries that it gives.
    label
        How messages call what is fetched.
    """

    def __init__(self, service: Service, types: FieldTypes, crs: str, label: str) -> None:
        self.service, self.types, self._label = service, types, label
        self._kept = {
            name: {plain(value) for value in values} for name, values in service.where.items()
        }
        self._left_out = {
            name: {plain(value) for value in values} for name, values in service.where_not.items()
        }
        self._crs = ProjCRS.from_user_input(crs)
        own = ProjCRS(CRS)
        self._to_rd = (
            None
            if self._crs.equals(own, ignore_axis_order=True)
            else Transformer.from_crs(self._crs, own, always_xy=True)
        )

    @property
    def id_column(self) -> str | None:
        """What the column with the id is called in what is written; None where there is no id."""
        named = [name for name, of in self.service.fields.items() if of == self.service.id]
        return named[0] if named else self.service.id

    @cached_property
    def names(self) -> dict[str, str]:
        """By the name in what is written the service's field."""
        own = {} if self.id_column is None else {self.id_column: str(self.service.id)}
        return {**self.service.fields, **own}

    def asked_window(self, window: Window) -> Window:
        """Return a window in the coordinate reference system that the service is asked in."""
        return window if self._to_rd is None else projected(window, ProjCRS(CRS), self._crs)

    def made_of(self, page: Page, window: Window) -> pa.RecordBatch:
        """Return the rows of a page that touch a window and are to be kept.

        A feature without a shape is kept, as nobody knows where it lies: that it counts nowhere is
        then told with all else that is wrong with a layer.

        Raises
        ------
        SourceError
            When all features lie elsewhere, or a value is not of the type that the service says.
        """
        shapes = shapely.force_2d(page.geometries)
        shapes[shapely.is_empty(shapes)] = None
        if self._to_rd is not None:
            shapes = shapely.transform(shapes, self._moved)
        kept = self._touching(shapes, window)
        for name, wanted in self._kept.items() if len(page) else ():
            kept &= np.array([plain(value) in wanted for value in page.columns[name]], dtype=bool)
        for name, unwanted in self._left_out.items() if len(page) else ():
            kept &= np.array(
                [plain(value) not in unwanted for value in page.columns[name]], dtype=bool
            )
        positions = np.flatnonzero(kept)
        columns: dict[str, pa.Array] = {}
        for name, field in self.names.items():
            values = page.columns[field]
            columns[name] = self._column(name, field, [values[at] for at in positions.tolist()])
        for name, constant in self.service.constants.items():
            columns[name] = pa.array(
                [None if constant == "" else constant] * len(positions), _type_of([constant])
            )
        wkb = shapely.to_wkb(shapes[positions], byte_order=1)
        ids = self._ids(columns) or [""] * len(wkb)
        keys = [_key(number, shape) for number, shape in zip(ids, wkb, strict=True)]
        return pa.RecordBatch.from_pydict(
            {
                ORDER: pa.array(ids, pa.large_string()),
                KEY: pa.array(keys, pa.uint64()),
                **columns,
                GEOMETRY: pa.array(wkb, pa.large_binary()),
            }
        )

    def _moved(self, points: Floats) -> Floats:
        """Return points in RD New. (n, 2) -> (n, 2) float64"""
        if self._to_rd is None:
            return points
        return np.column_stack(self._to_rd.transform(points[:, 0], points[:, 1]))

    def _ids(self, columns: Mapping[str, pa.Array]) -> list[str]:
        """Return what tells features apart that have one shape: the id, or else the values.

        A feature's own id does not: some servers make another one for each answer.
        """
        own = OWN_ID if OWN_ID not in self.types else None
        if self.id_column is not None and self.service.id != own:
            return [str(number) for number in columns[self.id_column].to_pylist()]
        values = [
            column.to_pylist() for name, column in columns.items() if self.names.get(name) != own
        ]
        return [str(row) for row in zip(*values, strict=True)]

    def none(self) -> pa.RecordBatch:
        """Return no rows, with all columns."""
        columns = dict.fromkeys(self.names.values(), ())
        everywhere = (-np.inf, -np.inf, np.inf, np.inf)
        return self.made_of(Page(columns, np.empty(0, dtype=object)), everywhere)

    def _touching(self, shapes: Geometries, window: Window) -> Booleans:
        """Return which shapes touch a window, or are missing. (n,) bool"""
        bounds = shapely.bounds(shapes)
        missing: Booleans = shapely.is_missing(shapes)
        left, bottom, right, top = window
        touches: Booleans = (
            (bounds[:, 0] <= right + _BESIDE_M)
            & (bounds[:, 1] <= top + _BESIDE_M)
            & (bounds[:, 2] >= left - _BESIDE_M)
            & (bounds[:, 3] >= bottom - _BESIDE_M)
        )
        if not missing.all() and not touches.any():
            first = bounds[~missing][0]
            raise SourceError(
                f"{self._label}: {self.service.address} answers with features outside of the "
                f"window that was asked for, such as one at {first[0]:.0f}, {first[1]:.0f}: it "
                "does not obey the window or the coordinate reference system; see `crs` of the "
                "dataset in the catalogue"
            )
        return touches | missing

    def _column(self, name: str, field: str, values: list[Any]) -> pa.Array:
        """Return a column as it is written: what stands for no value is null, words are ours."""
        missing = {plain(word) for word in self.service.missing.get(name, [])}
        meanings = {
            plain(word): meaning for word, meaning in self.service.values.get(name, {}).items()
        }
        said = self.types.get(field)
        several = [value for value in values if isinstance(value, list) and len(value) > 1]
        if several and said in _NUMBERS:
            raise self._not_of_its_type(field, several[0], said)
        values = [_flat(value) for value in values]
        if missing or meanings:
            forms = [plain(value) for value in values]
            values = [
                None if form in missing else meanings.get(form, value)
                for form, value in zip(forms, values, strict=True)
            ]
        if meanings:
            said = _type_of([*meanings.values()], said)
        if said is None:
            return _inferred(values)
        if said == pa.int64() and any(_has_decimals(value) for value in values):
            said = pa.float64()  # Arrow itself would leave the decimals out
        if said == _TEXT or any(_is_long(value) for value in values):
            return pa.array([_text(value) for value in values], _TEXT)
        try:
            return pa.array(values, said)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            return self._numbers(field, values, said)

    def _numbers(self, field: str, values: list[Any], said: pa.DataType) -> pa.Array:
        numbers = [None if value in (None, "") else as_number(value) for value in values]
        strange = [
            value
            for value, number in zip(values, numbers, strict=True)
            if value not in (None, "") and (number is None or said not in _NUMBERS)
        ]
        if strange:
            raise self._not_of_its_type(field, strange[0], said)
        return pa.array(numbers, pa.float64())

    def _not_of_its_type(self, field: str, value: Any, said: pa.DataType) -> SourceError:
        return SourceError(
            f"{self._label}: field '{field}' of {self.service.address} holds {value!r}, and the "
            f"service says that it holds {said}; name such values in `missing` of the dataset in "
            "the catalogue"
        )


def _key(number: str, shape: bytes | None) -> int:
    digest = hashlib.blake2b(shape or b"", digest_size=8, person=b"feature")
    digest.update(number.encode())
    return int.from_bytes(digest.digest(), "little")


def _flat(value: Any) -> Any:
    """Return a value that fits in a cell: several with commas between them, parts as JSON."""
    if isinstance(value, list):
        return ",".join(str(_flat(each)) for each in value) or None
    if isinstance(value, dt.date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


def _type_of(values: Sequence[Scalar], others: pa.DataType | None = None) -> pa.DataType:
    """Return the type of a column that holds some values, beside others of a type."""
    kinds = {type(value) for value in values}
    if kinds <= {bool} and others in (None, pa.bool_()):
        return pa.bool_()
    if kinds <= {int} and others in (None, pa.int64()):
        return pa.int64()
    return pa.float64() if kinds <= {int, float} and others in (None, *_NUMBERS) else _TEXT


def _inferred(values: list[Any]) -> pa.Array:
    """Return a column of values of which nobody says the type."""
    try:
        column = pa.array(values) if not any(map(_is_long, values)) else None
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        column = None
    if column is None or not (
        pa.types.is_null(column.type) or column.type in (*_NUMBERS, pa.bool_())
    ):
        return pa.array([_text(value) for value in values], _TEXT)
    return column


def _has_decimals(value: Any) -> bool:
    return isinstance(value, float) and not value.is_integer()


def _is_long(value: Any) -> bool:
    """Return whether a value is a whole number of more digits than a column of numbers holds."""
    return isinstance(value, int) and abs(value) > _LONGEST


def _text(value: Any) -> str | None:
    """Return a value as text: of a whole number without decimals, as an id is written elsewhere."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if value is None else str(value)


_TEXT: Final = pa.large_string()
