"""What rulesets are made of: texts, sources, parameters, conditions, layers, tests, readings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from flexruimte.vocabulary import Basis

Language: TypeAlias = Literal["nl", "en"]
Scalar: TypeAlias = bool | int | float | str


def _as_date(value: Any) -> Any:
    """Refuse what pydantic would make a date of: a number of seconds, a moment."""
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date | str):
        raise ValueError(f"{value!r} is no date; write it as 2030-12-31")
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value!r} is no date; write it as 2030-12-31") from None
    return value


Day: TypeAlias = Annotated[dt.date, BeforeValidator(_as_date)]
"""A date, as a TOML date or as text such as "2030-12-31"; a moment or a number is refused."""


class Model(BaseModel):
    """Base of every part of a ruleset: immutable, and a key that is not known is an error."""

    # Building a validator takes time, and most models only need that of the ruleset they are in.
    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False, defer_build=True
    )


class Text(Model):
    """A text in Dutch and in English."""

    nl: str
    en: str


class Sourced(Model):
    """Something that says where it comes from and how well founded it is."""

    source: str = Field(min_length=1)
    basis: Basis


class Parameter(Sourced):
    """A placement parameter with its default; a study may override the value."""

    title: Text
    value: int | float | str | list[str]
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: list[str] | None = None


class PlacementReference(Model):
    """A threshold or list that is taken from a placement parameter."""

    placement: str


Number: TypeAlias = float | PlacementReference
NumberOf: TypeAlias = "Callable[[Number], float]"
"""Looks a number up in the placement where it refers to it."""


@dataclass(frozen=True)
class Reading:
    """What is read of one layer, and from how far around a parcel."""

    layer: str
    fields: tuple[str, ...] = ()
    reach_m: float = 0.0
    """A feature that lies farther from the parcel changes nothing. [m]"""
    optional: bool = False
    """Whether there is an answer without the layer, found another way."""


def references(part: BaseModel) -> Iterator[str]:
    """Yield the placement parameters that a part of a ruleset refers to."""
    for _, value in part:
        for inner in (
            value
            if isinstance(value, list | tuple)
            else value.values()
            if isinstance(value, dict)
            else [value]
        ):
            if isinstance(inner, PlacementReference):
                yield inner.placement
            elif isinstance(inner, BaseModel):
                yield from references(inner)


def _as_condition(value: Any) -> Any:
    """Accept a bare value or list for ``{in = [...]}``."""
    if isinstance(value, Mapping | BaseModel):
        return value
    return {"in": value if isinstance(value, list) else [value]}


class FieldCondition(Model):
    """A test of one field of a layer.

    What is set must all hold; a null field answers `when_null`.

    Examples
    --------
    >>> FieldCondition(in_=["current"], when_null="no").when_null
    'no'
    """

    in_: list[Scalar] | None = Field(default=None, alias="in")
    not_in: list[Scalar] | None = None
    contains: str | None = None
    starts_with: list[str] | None = None
    at_least: float | None = None
    at_most: float | None = None
    is_null: bool | None = None
    when_null: Literal["yes", "no", "unknown"] = "unknown"

    @model_validator(mode="after")
    def _tests_something(self) -> Self:
        if not self.model_fields_set - {"when_null"}:
            raise ValueError(
                "a condition needs in, not_in, contains, starts_with, at_least, at_most or is_null"
            )
        return self


Where: TypeAlias = dict[str, Annotated[FieldCondition, BeforeValidator(_as_condition)]]
"""Conditions per field; a feature counts where all of them hold."""


class LayerSpec(Sourced):
    """A layer that the ruleset can use: what must be in it and how its values are to be read.

    `source` and `basis` speak of the nominal precision.
    """

    title: Text
    geometry: Literal["polygon", "line", "point", "raster", "table"]
    id: str | None = None
    """Field whose value names a feature in reasons."""
    name: str | None = None
    """Field with a name people know the feature by."""
    fields: list[str] = []
    precision_m: float = Field(default=0.0, ge=0)
    """Nominal precision: an overlap that stays this near a parcel's boundary is an edge. [m]"""
    fills: bool = False
    """Whether the layer fills the plane, so that land it does not cover is unknown."""
    rows: Where = {}
    """Which rows count at all (current objects, existing buildings)."""
    missing_below: float | None = None
    """Numbers below this stand for a missing value."""
    unit: str = ""
    nodata: float | None = None
    valid: tuple[float, float] | None = None
    """Raster values outside this range are missing."""
    recode: dict[str, float] = {}
    """Raster values that stand for another value, such as 0 for 'below the mapped floor'."""


class Titled(Model):
    """Something with a title that people read."""

    title: Text


class Test(Model):
    """A test of one measure. A value equal to a threshold passes: at_least is >=, at_most is <=."""

    measure: str
    unit: str | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    in_: list[Scalar] | PlacementReference | None = Field(default=None, alias="in")
    not_in: list[Scalar] | PlacementReference | None = None

    @model_validator(mode="after")
    def _tests_something(self) -> Self:
        if (
            self.at_least is None
            and self.at_most is None
            and self.in_ is None
            and self.not_in is None
        ):
            raise ValueError("a test needs at_least, at_most, in or not_in")
        return self
