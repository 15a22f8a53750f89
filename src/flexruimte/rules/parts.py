"""What rulesets are made of: texts, sources, parameters, conditions, fields, layers, tests."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from flexruimte.rules.words import as_number, looked_up, plain, words_in
from flexruimte.vocabulary import Basis

Language: TypeAlias = Literal["nl", "en"]
Scalar: TypeAlias = bool | int | float | str
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_YEAR = re.compile(r"^(\d{4})(?:\D|$|\d{4}(?:\D|$))|\D(\d{4})(?:\D|$)")


def _as_date(value: Any) -> Any:
    """Return the day that is written; refuse what pydantic makes a date of, as a number of seconds.

    Of a moment that is the day on its own clock, whatever its offset.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if not isinstance(value, dt.date | str):
        raise ValueError(f"{value!r} is no date; write it as 2030-12-31")
    if isinstance(value, str):
        try:
            return dt.datetime.fromisoformat(value).date()
        except ValueError:
            raise ValueError(f"{value!r} is no date; write it as 2030-12-31") from None
    return value


Day: TypeAlias = Annotated[dt.date, BeforeValidator(_as_date)]
"""A date, as a TOML date or as text such as "2030-12-31"; of a moment the day counts that is
written. A number is refused."""


class Model(BaseModel):
    """Base of every part of a ruleset: immutable, and a key that is not known is an error."""

    # Building a validator takes time, and most models only need that of the ruleset they are in.
    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False, defer_build=True
    )


class Text(Model):
    """A text in Dutch and in English."""

    nl: str
    """In Dutch."""
    en: str
    """In English."""


class Sourced(Model):
    """Something that says where it comes from and how well founded it is."""

    source: str = Field(min_length=1)
    """Where it comes from: a law, a study, a decision, or why it was chosen."""
    basis: Basis
    """How well founded it is; what nobody could verify is an assumption."""


class Parameter(Sourced):
    """A placement parameter with its default; a study may override the value."""

    title: Text
    """What it is called."""
    value: int | float | str | list[str]
    """Its value, unless the study gives another."""
    unit: str = ""
    """The unit of the value."""
    minimum: float | None = None
    """No study may give less."""
    maximum: float | None = None
    """No study may give more."""
    at_least: str | None = None
    """Another parameter, which this one is no lower than."""
    choices: list[str] | None = None
    """The values that there are, where it is a choice."""


class PlacementReference(Model):
    """A threshold or list that is taken from a placement parameter."""

    placement: str
    """The name of the placement parameter."""


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
    """The value is one of these."""
    not_in: list[Scalar] | None = None
    """The value is none of these."""
    contains: str | None = None
    """The text has this in it."""
    starts_with: list[str] | None = None
    """The text begins with one of these."""
    at_least: float | None = None
    """The number is this or more."""
    at_most: float | None = None
    """The number is this or less."""
    is_null: bool | None = None
    """Whether there is no value."""
    when_null: Literal["yes", "no", "unknown"] = "unknown"
    """The answer where there is no value."""

    @model_validator(mode="after")
    def _tests_something(self) -> Self:
        if not self.model_fields_set - {"when_null"}:
            raise ValueError(
                "a condition needs in, not_in, contains, starts_with, at_least, at_most or is_null"
            )
        return self


Where: TypeAlias = dict[str, Annotated[FieldCondition, BeforeValidator(_as_condition)]]
"""Conditions per field; a feature counts where all of them hold."""


CELLS = "cells"
"""In a layer's `expected`: the values of a raster, which has no fields."""


class Steps(Model):
    """How often neighbouring cells may differ much."""

    over: float
    """A step is a difference of more than this, in the layer's unit, and ..."""
    over_per_m: float = 0.0
    """... of more than this for each metre between the middles of the cells."""
    share_at_most: float = Field(ge=0, le=1)
    """The share of neighbouring cells that may differ so much."""


class Expected(Sourced):
    """What the values of a field, or of the cells of a raster, are like on such a map.

    What is not so makes no value missing: `check` and `run` warn of it, as the source may hold
    something else than the layer's name says, or hold it in another unit.
    """

    range: tuple[float, float]
    """No value lies outside."""
    unit: str
    """The unit that the values are meant to have."""
    median: tuple[float, float] | None = None
    """Nor does the middle one of all values lie outside of this."""
    zeros_at_most: float | None = Field(default=None, ge=0, le=1)
    """The share of values that may be exactly 0: more are holes that were filled."""
    whole: bool = False
    """Whether all are whole numbers: classes that were averaged are none."""
    steps: Steps | None = None
    """How often neighbouring cells of a raster may differ much."""


class CodeList(Sourced):
    """All values that a registry can give a field, with other spellings of them in real extracts.

    Values are compared without regard to blanks, case, and number or text.
    """

    title: Text
    """What the list is called."""
    values: list[Scalar] = Field(min_length=1)
    """All values that the registry has."""
    aliases: dict[str, Scalar] = {}
    """What a spelling or a code of an extract stands for: one of the values."""
    titles: dict[str, Text] = {}
    """What a value is called in a sentence, as in "de eigenaar is een particulier"."""
    detail_after: str | None = None
    """What may stand between a value and a detail that says no more, as in "waterloop: kanaal"."""


class FieldSpec(Model):
    """What a field of a layer can hold.

    With `values`, or a `code_list` that has them, any other value is not known: what asks for the
    field is unknown there. Without, the field is free text, a number or a date.

    Examples
    --------
    >>> field = FieldSpec(values=["ja", "nee"], aliases={"J": "ja"})
    >>> field.canonical(" Ja"), field.canonical("j"), field.canonical("soms")
    ('ja', 'ja', 'soms')
    >>> field.knows("ja"), field.knows("soms")
    (True, False)
    """

    kind: Literal["text", "number", "date"] = "text"
    """What the field holds, where it has no list."""
    code_list: str | None = None
    """Name of a table [code_lists.NAME]; its values and aliases are those of the field."""
    values: list[Scalar] | None = None
    """All values that it can hold."""
    aliases: dict[str, Scalar] = {}
    """What a spelling or a code of an extract stands for: one of the values."""
    titles: dict[str, Text] = {}
    """What a value is called in sentences."""
    detail_after: str | None = None
    """As in a code list."""
    pattern: str | None = None
    """Regular expression that all values match, in small letters and without blanks."""
    several: bool = False
    """Whether a value may hold several words, with commas between them."""
    missing: list[Scalar] = []
    """Words that say that there is no value."""
    no_end_from: int | None = None
    """A date in this year or later is no date: 9999-12-31 says that there is no end."""
    open: bool = False
    """Whether a rule asks for words of a list that nobody closes, so that others are no error."""
    optional: bool = False
    """Whether a source may do without; the field is null then."""
    filled: bool = False
    """Whether people need its value in every row, though no rule asks for it: gaps are told."""

    @property
    def is_coded(self) -> bool:
        """Whether what it can hold is known."""
        return self.values is not None or self.pattern is not None or self.kind != "text"

    @property
    def by_form(self) -> dict[str, Scalar]:
        """What each value and alias stands for, by its plain form."""
        return {
            **{plain(alias): value for alias, value in self.aliases.items()},
            **{plain(value): value for value in self.values or []},
        }

    @property
    def forms(self) -> frozenset[str]:
        """The plain forms of all values."""
        return frozenset(plain(each) for each in self.values or [])

    def canonical(self, value: Any, known: Mapping[str, Scalar] | None = None) -> Any:
        """Return a value as the list has it; one that the list does not have as plain text.

        Parameters
        ----------
        value
            Of the data; not null.
        known
            `by_form`, where it is at hand.
        """
        if self.kind == "number" and self.values is None:
            number = as_number(value)
            return str(value) if number is None else number
        if self.values is None:
            return value
        known = self.by_form if known is None else known
        if self.several:
            return ",".join(str(looked_up(word, known) or word) for word in words_in(value))
        found = looked_up(value, known)
        if found is None and self.detail_after is not None:
            found = looked_up(str(value).partition(self.detail_after)[0], known)
        return str(value).strip() if found is None else found

    def knows(self, value: Any, known: Container[str] | None = None) -> bool:
        """Whether a canonical value is one that the field can hold.

        Parameters
        ----------
        value
            Of the data.
        known
            `forms`, where they are at hand.
        """
        if self.values is not None:
            known = self.forms if known is None else known
            return all(plain(each) in known for each in self._words(value))
        if self.pattern is not None:
            return re.fullmatch(self.pattern, plain(value)) is not None
        if self.kind == "number":
            return isinstance(value, Real) or as_number(value) is not None
        return self.kind != "date" or _may_be_day(value)

    def _words(self, value: Any) -> list[Any]:
        return words_in(value) if self.several else [value]


def _may_be_day(value: Any) -> bool:
    """Whether a value has a year, and no month or day that does not exist.

    Examples
    --------
    >>> _may_be_day("2025-12-31"), _may_be_day("2025"), _may_be_day("2025-13-45"), _may_be_day("x")
    (True, True, False, False)
    """
    text = str(value).strip()
    if not _ISO_DAY.match(text):
        return year_of(value) is not None
    try:
        dt.date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def year_of(value: Any) -> int | None:
    """Return the year of a date, a moment, or a text with one of them; None where there is none.

    Examples
    --------
    >>> year_of(dt.date(9999, 12, 31)), year_of("31-12-9999"), year_of(20210304), year_of("later")
    (9999, 9999, 2021, None)
    """
    if hasattr(value, "year"):
        return int(value.year)
    found = _YEAR.search(str(value).strip())
    return int(next(filter(None, found.groups()))) if found else None


Geometry: TypeAlias = Literal["polygon", "line", "point", "mixed", "raster", "table"]


class LayerSpec(Sourced):
    """A layer that the ruleset can use: what must be in it and how its values are to be read.

    `source` and `basis` speak of the nominal precision.
    """

    title: Text
    """What the layer is called."""
    geometry: Geometry
    """`mixed` holds polygons, lines and points."""
    optional: bool = False
    """Whether a study may do without: its rules then do not count, and nothing is unknown for want
    of it."""
    origin: str = ""
    """What it is called where it comes from, with the names of its columns there."""
    id: str | None = None
    """Field whose value names a feature in reasons."""
    name: str | None = None
    """Field with a name people know the feature by."""
    details: list[str] = []
    """Fields that are told behind that name, such as who says so, and when."""
    fields: dict[str, FieldSpec] = {}
    """The fields; a list of names stands for fields that can hold anything."""
    missing: list[Scalar] = []
    """Words that say in any field that there is no value."""
    precision_m: float = Field(default=0.0, ge=0)
    """Nominal precision: an overlap that stays this near a parcel's boundary is an edge. [m]"""
    fills: bool = False
    """Whether the layer fills the plane, so that land it does not cover is unknown."""
    silence: Literal["nothing", "unknown"] = "nothing"
    """What it means where the layer has no feature.

    `unknown` for a register that lists few of the cases there are: it then speaks only of the land
    that its features cover."""
    complete: bool = False
    """Whether it holds all there is, so that there is nothing where it has no feature, whatever
    municipality its features are in."""
    rows: Where = {}
    """Which rows count at all (current objects, existing buildings)."""
    missing_below: float | None = None
    """Numbers below this stand for a missing value."""
    unit: str = ""
    """The unit of a raster's values."""
    nodata: float | None = None
    """The raster value that stands for missing where neither the study nor the file names one."""
    valid: tuple[float, float] | None = None
    """Raster values outside this range are missing."""
    recode: dict[str, float] = {}
    """Raster values that stand for another value, such as 0 for 'below the mapped floor'."""
    expected: dict[str, Expected] = {}
    """What values are like, by field; of a raster under "cells", without those that `recode`
    names."""

    @field_validator("fields", mode="before")
    @classmethod
    def _names_are_fields(cls, given: Any) -> Any:
        return {name: {} for name in given} if isinstance(given, list) else given

    def field(self, name: str) -> FieldSpec:
        """Return what a field can hold; anything where the ruleset does not say."""
        return self.fields.get(name, _ANYTHING)


_ANYTHING = FieldSpec()


class Titled(Model):
    """Something with a title that people read."""

    title: Text
    """What it is called."""


class Test(Model):
    """A test of one measure. A value equal to a threshold passes: at_least is >=, at_most is <=."""

    measure: str
    """The measure whose value is tested."""
    unit: str | None = None
    """The unit that the writer has in mind; one that is not the measure's is refused."""
    at_least: Number | None = None
    """The value is this or more."""
    at_most: Number | None = None
    """The value is this or less."""
    in_: list[Scalar] | PlacementReference | None = Field(default=None, alias="in")
    """The class is one of these."""
    not_in: list[Scalar] | PlacementReference | None = None
    """The class is none of these."""

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
