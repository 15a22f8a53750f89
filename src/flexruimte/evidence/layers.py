"""The three kinds of layer as rules and measures look at them: features, a raster, a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

import numpy as np
import pandas as pd

from flexruimte.errors import redacted
from flexruimte.evidence.contents import Contents, RowKeys, contents_of_rows, row_keys
from flexruimte.evidence.sources import Source
from flexruimte.evidence.values import strange_rows
from flexruimte.kernels.raster import Grid
from flexruimte.rules.conditions import evaluate_filter
from flexruimte.rules.parts import FieldCondition, LayerSpec, Scalar, Where
from flexruimte.rules.study_file import LayerSettings
from flexruimte.vocabulary import YES, Booleans, Geometries, Verdicts

__all__ = [
    "Features",
    "Layer",
    "LayerFacts",
    "Raster",
    "Table",
    "conditions_text",
    "layer_settings",
]

Result = TypeVar("Result")


@dataclass(frozen=True)
class LayerFacts:
    """What an output says about a layer that was used."""

    source: str
    """Without passwords and keys."""
    reference_date: dt.date | None
    licence: str | None
    coverage: str
    rows: int = 0
    """Rows, or cells, around the parcels."""
    repairs: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("source", "coverage"):
            object.__setattr__(self, name, redacted(getattr(self, name)))


@dataclass(frozen=True)
class Features:
    """A vector layer around one municipality."""

    key: str
    spec: LayerSpec
    precision_m: float
    geometries: Geometries
    """(m,) object, valid and 2-D, in RD New."""
    ids: np.ndarray[Any, Any]
    """What each feature is called in reasons. (m,) object of str"""
    table: pd.DataFrame
    """The fields, by the vocabulary's names. (m, ...)"""
    certainty: Verdicts
    """YES where the row surely counts, UNKNOWN where a field that decides it is null. (m,) int8"""
    coverage: Any | None
    """The area the layer speaks of, a geometry; None is everywhere, or what its features cover."""
    speaks_where_it_lies: bool
    """Whether the layer speaks of what its features cover, and of nothing else."""
    row_keys: RowKeys
    """A hash of the content of each feature. (m,) uint64"""
    facts: LayerFacts
    """Without the number of rows and repairs, which are counted over all blocks of parcels."""
    contents: Contents
    """What was read of the source around the parcels."""
    _known: dict[str, Any] = field(init=False, repr=False, compare=False, default_factory=dict)
    """What was worked out from the layer, by name."""

    def once(self, name: str, work_out: Callable[[], Result]) -> Result:
        """Return what is worked out from the layer, and is the same whatever is measured.

        Parameters
        ----------
        name
            Tells it apart from all else that is asked of the layer so.
        work_out
            Called where it was not asked before.
        """
        if name not in self._known:
            self._known[name] = work_out()
        found: Result = self._known[name]
        return found

    def counting(self, where: Where) -> Verdicts:
        """Return whether each feature counts for what asks for some of them. (m,) int8, read-only

        UNKNOWN where a field that decides is null, or has a value that nobody knows.
        """

        def evaluated() -> Verdicts:
            asked = evaluate_filter(where, self.table, self.spec.fields)
            counts = np.minimum(self.certainty, asked)
            counts.setflags(write=False)
            return counts

        return self.once(f"counting {conditions_text(where)}", evaluated)

    def with_value(self, field: str, words: Sequence[Scalar]) -> Booleans:
        """Return which features have one of some values in a field. (m,) bool"""
        asked = {field: FieldCondition(in_=list(words), when_null="no")}
        return np.asarray(evaluate_filter(asked, self.table, self.spec.fields) == YES)

    @property
    def names(self) -> np.ndarray[Any, Any]:
        """What features are called in reasons: the id, with the name where the layer has one.

        Details stand behind it, as in "fallen tree [inspection, 2026-03-01]". (m,) object of str.
        """
        names = self._names
        details = [self.table[name] for name in self.spec.details if name in self.table]
        if not details:
            return names
        texts = np.stack([detail.astype("string").fillna("") for detail in details], axis=1)
        said = [", ".join(filter(None, row)) for row in texts]
        return np.array(
            [f"{name} [{told}]" if told else name for name, told in zip(names, said, strict=True)],
            dtype=object,
        )

    @property
    def _names(self) -> np.ndarray[Any, Any]:
        """The id, with the name before it where the layer has one. (m,) object of str"""
        if (
            self.spec.name is None
            or self.spec.name not in self.table
            or self.spec.name == self.spec.id
        ):
            return self.ids
        names = self.table[self.spec.name].astype("string").fillna("")
        return np.array(
            [
                f"{name} ({number})" if name else number
                for name, number in zip(names, self.ids, strict=True)
            ],
            dtype=object,
        )


@dataclass(frozen=True)
class Raster:
    """A raster around one municipality."""

    key: str
    spec: LayerSpec
    grid: Grid
    facts: LayerFacts
    """Without the number of cells, which are counted over all blocks of parcels."""
    contents: Contents
    """What was read of the source around the parcels."""


@dataclass(frozen=True)
class Table:
    """A table that is joined on the parcel id."""

    key: str
    spec: LayerSpec
    rows: pd.DataFrame
    """The fields by the vocabulary's names, indexed by parcel id."""
    speaks_of_unlisted: bool
    """Whether there is nothing about a parcel that it does not list, rather than nothing known."""
    facts: LayerFacts
    """Without the number of rows, which are counted over all blocks of parcels."""

    def contents_of(self, ids: np.ndarray[Any, Any]) -> Contents:
        """Return the rows of some parcels. (n,) object of str"""
        rows = self.rows[self.rows.index.isin(ids)]
        everything = np.ones(len(rows), dtype=bool)
        strange = strange_rows(rows, self.spec.fields)
        return contents_of_rows(row_keys(None, rows.reset_index()), strange, everything)


def conditions_text(where: Where) -> str:
    """Return what tells conditions on features apart."""
    return str(sorted((name, test.model_dump_json()) for name, test in where.items()))


Layer: TypeAlias = Features | Raster | Table


def layer_settings(source: Source) -> LayerSettings:
    """Return what the study says of a layer, with defaults for what it does not say."""
    settings = source.settings
    return (
        settings
        if isinstance(settings, LayerSettings)
        else LayerSettings.model_validate(settings.model_dump())
    )
