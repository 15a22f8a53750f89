"""Targets: how many homes a region or municipality is to have by when, against the locations whose term is secured.

A targets file is TOML: targets, the regions that they name with their members, and what was
produced in past years; each with its source. `targets-minister-2021` comes with flexruimte as an
example.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from flexruimte.assessment.term import years_between
from flexruimte.errors import LayerError, RulesetError, did_you_mean, enumerate_some
from flexruimte.rules.files import describe_validation_error
from flexruimte.rules.parts import Model, Sourced, Text
from flexruimte.vocabulary import (
    HOMES_HIGH,
    HOMES_LOW,
    HOMES_MID,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    PARCEL_ID,
    RANKED_STATUSES,
    STATUS,
    TERM_END,
    TERM_START,
    TERM_YEARS,
    Booleans,
    Floats,
    Status,
)

__all__ = [
    "Production",
    "Region",
    "RequiredYears",
    "Target",
    "TargetComparison",
    "Targets",
    "built_in_targets",
    "compare",
    "load_targets",
]

_PREFIX: Final = "targets-"
_CODE: Final = re.compile(r"GM\d{4}")
_SEPARATOR: Final = ";"
_SCORE: Final = "score"
_HOMES: Final = (HOMES_LOW, HOMES_MID, HOMES_HIGH)
_COLUMNS: Final = (
    PARCEL_ID,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    STATUS,
    _SCORE,
    *_HOMES,
    TERM_START,
    TERM_END,
    TERM_YEARS,
)


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


def _as_members(value: Any) -> Any:
    """Accept a bare list of codes or names."""
    return {str(member): str(member) for member in value} if isinstance(value, list) else value


Day: TypeAlias = Annotated[dt.date, BeforeValidator(_as_date)]
Members: TypeAlias = Annotated[dict[str, str], BeforeValidator(_as_members)]

_Pair: TypeAlias = tuple[str, str]
"""Code and name of a municipality; twice the same word where only one is known."""


class RequiredYears(Sourced):
    """How long homes must be able to stand on a location to count."""

    value: float = Field(gt=0)
    """Shortest term that counts. [year]"""
    unit: Literal["year"] = "year"


class Region(Sourced):
    """Municipalities that a target speaks of together; `source` and `basis` speak of the membership."""

    title: Text
    members: Members = Field(default_factory=dict)
    """Name by code; or a list of codes or names."""
    former_members: Members = Field(default_factory=dict)
    """Members that no longer exist: they count where the data still have them, and are not missed elsewhere."""
    everywhere: bool = False
    """Every municipality is a member."""
    municipality_count: int | None = Field(default=None, gt=0, strict=True)
    """Number of municipalities, where every one is a member; None: not known, so it is never certain that all were assessed."""

    @model_validator(mode="after")
    def _has_members(self) -> Self:
        if self.everywhere == bool(self.members):
            raise ValueError(
                "a region needs members: a table of code = name, or everywhere = true, and not both"
            )
        if not self.everywhere and self.municipality_count is not None:
            raise ValueError("municipality_count goes with everywhere = true")
        return self


class Target(Sourced):
    """A number of homes that a region or municipality is to have."""

    title: Text | None = None
    region: str | None = None
    """A key of the regions."""
    municipality: str | None = None
    """A code or a name."""
    homes: int = Field(gt=0, strict=True)
    """What is asked. [homes], or [homes per year]"""
    at_least: bool = False
    """Whether the source asks for this many or more."""
    per: Literal["total", "year"] = "total"
    """A yearly target is compared with one year's worth of homes."""
    by: Day | None = None
    """Last day on which a term may start and still be in time; None: not stated, every start is in time."""
    required_years: float | None = Field(default=None, gt=0)
    """Shortest term that counts for this target; None: that of the file. [year]"""

    @model_validator(mode="after")
    def _speaks_of_one_place(self) -> Self:
        if (self.region is None) == (self.municipality is None):
            raise ValueError("a target needs either a region or a municipality")
        return self


class Production(Sourced):
    """Homes permitted, delivered or expected in a period."""

    what: Literal["permitted", "delivered", "expected"]
    from_: Day = Field(alias="from")
    until: Day
    """The last day."""
    homes: int = Field(ge=0, strict=True)
    """[homes]"""
    plus_minus: int | None = Field(default=None, ge=0, strict=True)
    """Uncertainty as the source states it; None: not stated. [homes]"""
    precision: Literal["exact", "about", "at_least"] = "exact"
    publisher: str = Field(min_length=1)

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.until < self.from_:
            raise ValueError(f"the period ends on {self.until}, before it starts on {self.from_}")
        return self


class Targets(Model):
    """Targets, the regions they name, and past production."""

    name: str
    title: Text
    required_years: RequiredYears
    regions: dict[str, Region] = Field(default_factory=dict)
    targets: dict[str, Target] = Field(min_length=1)
    production: list[Production] = Field(default_factory=list)

    @model_validator(mode="after")
    def _regions_exist(self) -> Self:
        for key, target in self.targets.items():
            if target.region is not None and target.region not in self.regions:
                hint = did_you_mean(target.region, self.regions)
                raise RulesetError(
                    f"targets '{self.name}': [targets.{key}] region '{target.region}' does not exist; {hint} "
                    f"(add a table [regions.{target.region}], or name one municipality with municipality = ...)"
                )
        return self


@dataclass(frozen=True)
class TargetComparison:
    """Targets against locations with a secured term."""

    as_of: dt.date
    targets: pd.DataFrame
    """Per target, in the order of the file: see `compare`. (targets, ...)"""
    filling: pd.DataFrame
    """Per target, in rank order, the locations that fill it, with `cumulative_homes`. (n, ...)"""
    production: pd.DataFrame
    """What was permitted, delivered or expected, by period, beside the yearly target for the whole country. (n, ...)"""
    unknown: dict[str, str]
    """Targets whose outcome is unknown, and why."""
    repeated: int
    """Rows of locations that said exactly what another row said, and were counted once."""


def built_in_targets() -> list[str]:
    """Return the names of the targets files that come with flexruimte.

    Examples
    --------
    >>> built_in_targets()
    ['targets-minister-2021']
    """
    folder = resources.files("flexruimte.analyses") / "figures"
    names = (entry.name for entry in folder.iterdir())
    return sorted(
        name.removesuffix(".toml")
        for name in names
        if name.startswith(_PREFIX) and name.endswith(".toml")
    )


def load_targets(name: str | Path, folder: Path | None = None) -> Targets:
    """Read a targets file.

    Parameters
    ----------
    name
        A built-in name, or the path of a TOML file.
    folder
        What a relative path is relative to; None is the working directory.

    Raises
    ------
    RulesetError
        When the file cannot be read or says something that does not hold: a region that does not
        exist or has no members, homes that are no whole number above zero, a date that is none, a
        figure without source or basis.

    Examples
    --------
    >>> load_targets("targets-minister-2021").targets["mra"].homes
    3000
    """
    built_in = str(name) in built_in_targets()
    try:
        if built_in:
            text = (resources.files("flexruimte.analyses") / "figures" / f"{name}.toml").read_text(
                encoding="utf-8"
            )
        else:
            text = ((folder or Path.cwd()) / name).read_text(encoding="utf-8")
        return Targets.model_validate(tomllib.loads(text))
    except OSError as error:
        known = ", ".join(built_in_targets())
        raise RulesetError(
            f"targets '{name}' cannot be read ({error.strerror or error}); give the path of a TOML file or a built-in name: {known}"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesetError(f"targets '{name}' is not valid TOML: {error}") from None
    except ValidationError as error:
        raise RulesetError(
            f"targets '{name}': {describe_validation_error(error, Targets)}"
        ) from None


def compare(
    targets: Targets,
    locations: pd.DataFrame,
    as_of: dt.date,
    *,
    required_years: float | None = None,
    assessed: Collection[str] | None = None,
) -> TargetComparison:
    """Compare targets with the capacity of locations.

    A location is secured for a target when it is ranked (`available` or `attention`), its homes are
    known, and its term starts in time and lasts the required years (counted from `as_of`, where it
    has already started). Secured locations of all municipalities of a region are merged by score,
    then homes (middle), then parcel id, and fill the target in that order. A location counts once
    per target; it may count for several targets, as a municipality lies in a region and in the
    country.

    Where municipalities of a region were not assessed, what was found is the least there is: the
    target is `covered` if that is enough, and `unknown` if not. Where none was assessed, nothing is
    known of it.

    Parameters
    ----------
    targets
        As `load_targets` reads them.
    locations
        Locations of one or more municipalities, such as `Ranking.locations` or the rows of
        ``ranking.csv``. The order of rows does not matter. (n, ...)
    as_of
        The date from which terms count; today's date is never read.
    required_years
        Shortest term that counts, for targets that state none of their own; None: that of the
        targets file. [year]
    assessed
        Codes or names of the municipalities that were assessed, besides those that have a row.
        None: only those; a municipality without any location then counts as not assessed.

    Returns
    -------
    TargetComparison
        Its `targets` have, per target: `target`, `place`, `homes` asked, `at_least`, `per`, `by`,
        `by_passed` (whether that was before `as_of`), `required_years`; `status` covered, short or
        unknown; `covered_homes` (at most what is asked) and `short_homes`; `secured_homes` with
        `_low` and `_high`, `secured_locations`, `years_of_target` (of a yearly target); what does
        not count: `too_late_homes`, `too_short_homes`, `term_unknown_homes`, `unranked_homes` (on
        locations with status unknown), `locations_without_homes` (ranked, number not known);
        `municipalities`, `municipalities_assessed` and the names `not_assessed`; `source`, `basis`.
        Null is not known.

    Raises
    ------
    LayerError
        When the locations lack a column, have a date that is none or negative homes, or say two
        things of the same parcel.
    """
    rows, repeated = _clean(locations)
    default_years = targets.required_years.value if required_years is None else required_years
    places = _Places(rows, assessed)
    outcomes, fillings, unknown = [], [], {}
    for key, target in targets.targets.items():
        inside, place = places.of(target, targets)
        here = rows[inside]
        years = default_years if target.required_years is None else target.required_years
        standing = _standing(here, as_of, years, target.by)
        outcome = _outcome(key, target, place, here, standing)
        outcome |= {
            "by_passed": target.by is not None and target.by < as_of,
            "required_years": years,
        }
        if outcome["status"] == "unknown":
            unknown[key] = place.why_unknown
        outcomes.append(outcome)
        fillings.append(_filling(key, target.homes, here[standing == _Standing.SECURED]))
    return TargetComparison(
        as_of=as_of,
        targets=_as_table(outcomes),
        filling=pd.concat(fillings, ignore_index=True),
        production=_production(targets),
        unknown=unknown,
        repeated=repeated,
    )


class _Standing(StrEnum):
    """What a location is to a target: exactly one of these."""

    SECURED = "secured"
    TOO_LATE = "too_late"
    TOO_SHORT = "too_short"
    TERM_UNKNOWN = "term_unknown"
    UNRANKED = "unranked"
    HOMES_UNKNOWN = "homes_unknown"
    NO_CANDIDATE = "no_candidate"


_NOT_COUNTED: Final = (
    _Standing.TOO_LATE,
    _Standing.TOO_SHORT,
    _Standing.TERM_UNKNOWN,
    _Standing.UNRANKED,
)


def _clean(locations: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the columns that count, in merged rank order, and how many rows were repetitions."""
    absent = [name for name in _COLUMNS if name not in locations.columns]
    if absent:
        raise LayerError(
            f"locations have no column {enumerate_some(absent)}; give Ranking.locations or the rows of ranking.csv"
        )
    rows = pd.DataFrame(locations[list(_COLUMNS)]).reset_index(drop=True)
    for name in (PARCEL_ID, MUNICIPALITY_CODE, MUNICIPALITY_NAME, STATUS):
        rows[name] = rows[name].astype("string").fillna("").astype(object)
    for name in (_SCORE, TERM_YEARS, *_HOMES):
        rows[name] = _read(rows, name, pd.to_numeric(rows[name], errors="coerce"), "number").astype(
            "float64"
        )
    for name in (TERM_START, TERM_END):
        rows[name] = _read(
            rows, name, pd.to_datetime(rows[name], errors="coerce", format="ISO8601"), "date"
        ).astype("datetime64[s]")
    negative = rows.loc[(rows[list(_HOMES)] < 0).any(axis=1), PARCEL_ID]
    if len(negative):
        raise LayerError(
            f"locations: parcel {enumerate_some(negative)} has homes below zero; homes are 0 or more, or empty if not known"
        )
    distinct = rows.drop_duplicates()
    double = distinct.loc[distinct.duplicated([MUNICIPALITY_CODE, PARCEL_ID]), PARCEL_ID]
    if len(double):
        raise LayerError(
            f"locations: parcel {enumerate_some(sorted(double))} stands there twice, with different values; give one run"
        )
    order = distinct.assign(score=distinct[_SCORE].fillna(-1.0)).sort_values(
        [_SCORE, HOMES_MID, PARCEL_ID, MUNICIPALITY_CODE],
        ascending=[False, False, True, True],
        kind="stable",
    )
    return distinct.loc[order.index].reset_index(drop=True), len(rows) - len(distinct)


def _read(rows: pd.DataFrame, name: str, values: pd.Series[Any], what: str) -> pd.Series[Any]:
    """Return values that were read, or refuse what is not empty and could not be read."""
    wrong = rows.loc[values.isna() & rows[name].notna(), PARCEL_ID]
    if len(wrong):
        example = "2030-12-31" if what == "date" else "12.5"
        raise LayerError(
            f"locations: {name} of parcel {enumerate_some(wrong)} is no {what}; write it as {example}, or leave it empty"
        )
    return values


@dataclass(frozen=True)
class _Place:
    """The municipalities of a target, and which of them were assessed."""

    name: str
    municipalities: int | None
    assessed: int
    not_assessed: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every municipality was assessed."""
        return self.municipalities is not None and self.assessed >= self.municipalities

    @property
    def why_unknown(self) -> str:
        """What is missing."""
        if self.municipalities is None:
            return f"{self.name}: {self.assessed} municipalities were assessed, and it is not known how many there are"
        missing = f": {enumerate_some(self.not_assessed)}" if self.not_assessed else ""
        return f"{self.name}: {self.municipalities - self.assessed} of {self.municipalities} municipalities were not assessed{missing}"


class _Places:
    """Who is a member of what: by code where the data have codes, by name elsewhere."""

    def __init__(self, rows: pd.DataFrame, assessed: Collection[str] | None) -> None:
        of_rows = pd.MultiIndex.from_frame(rows[[MUNICIPALITY_CODE, MUNICIPALITY_NAME]])
        self._municipality, pairs = pd.factorize(of_rows)
        self._pairs: list[_Pair] = [(str(code), str(name)) for code, name in pairs]
        by_word = {word: pair for pair in self._pairs for word in pair}
        self._assessed = {
            *self._pairs,
            *(by_word.get(word, (word, word)) for word in assessed or ()),
        }

    def of(self, target: Target, targets: Targets) -> tuple[Booleans, _Place]:
        """Return which locations lie in a target's place, and what is known of its municipalities.

        (n,) bool.
        """
        if target.region is None:
            wanted = {str(target.municipality): str(target.municipality)}
            return self._in(wanted), self._place(str(target.municipality), wanted)
        region = targets.regions[target.region]
        if region.everywhere:
            everyone = np.ones(len(self._municipality), dtype=bool)
            return everyone, _Place(
                target.region, region.municipality_count, len(self._assessed), ()
            )
        return self._in(region.members | region.former_members), self._place(
            target.region, region.members
        )

    def _in(self, members: Mapping[str, str]) -> Booleans:
        inside = [
            i
            for i, pair in enumerate(self._pairs)
            if any(_same(member, pair) for member in members.items())
        ]
        return np.isin(self._municipality, inside)

    def _place(self, name: str, members: Mapping[str, str]) -> _Place:
        absent = [
            member[1]
            for member in members.items()
            if not any(_same(member, pair) for pair in self._assessed)
        ]
        return _Place(name, len(members), len(members) - len(absent), tuple(absent))


def _same(member: _Pair, municipality: _Pair) -> bool:
    """Whether a member and a municipality of the data, each as (code, name), are the same: by code if both have one, else by name."""
    (code, name), (other_code, other_name) = member, municipality
    both_coded = bool(_CODE.fullmatch(code) and _CODE.fullmatch(other_code))
    return code == other_code or (not both_coded and name == other_name)


def _standing(
    rows: pd.DataFrame, as_of: dt.date, required_years: float, by: dt.date | None
) -> NDArray[Any]:
    """Return what each location is to a target. (n,)."""
    today = np.datetime64(as_of, "D")
    start, end = (rows[name].to_numpy().astype("datetime64[D]") for name in (TERM_START, TERM_END))
    years: Floats = rows[TERM_YEARS].to_numpy(copy=True)
    begun = start < today
    # What is left of a term that has begun; not known without an end.
    years[begun] = np.where(
        np.isnat(end[begun]),
        np.nan,
        np.maximum(years_between(np.full(begun.sum(), today), end[begun]), 0.0),
    )
    term_unknown = np.isnan(years) | (np.isnat(start) & (years >= required_years))
    too_late = np.zeros(len(rows), dtype=bool) if by is None else start > np.datetime64(by, "D")
    ranked = rows[STATUS].isin([str(status) for status in RANKED_STATUSES]).to_numpy()
    return np.select(
        [
            rows[STATUS].eq(str(Status.UNKNOWN)).to_numpy(),
            ~ranked,
            rows[HOMES_MID].isna().to_numpy(),
            term_unknown,
            years < required_years,
            too_late,
        ],
        [
            _Standing.UNRANKED,
            _Standing.NO_CANDIDATE,
            _Standing.HOMES_UNKNOWN,
            _Standing.TERM_UNKNOWN,
            _Standing.TOO_SHORT,
            _Standing.TOO_LATE,
        ],
        default=_Standing.SECURED,
    )


def _outcome(
    key: str, target: Target, place: _Place, rows: pd.DataFrame, standing: NDArray[Any]
) -> dict[str, Any]:
    """Return what is known of one target; null where no municipality was assessed."""
    known = place.assessed > 0 or len(rows) > 0
    secured = rows[standing == _Standing.SECURED]
    total = _sum(secured, HOMES_MID) or 0
    covered = min(total, target.homes)
    enough = known and covered == target.homes
    status = "covered" if enough else "short" if known and place.complete else "unknown"
    count = {
        "covered_homes": covered,
        "secured_homes": total,
        "secured_homes_low": _sum(secured, HOMES_LOW),
        "secured_homes_high": _sum(secured, HOMES_HIGH),
        "secured_locations": len(secured),
        "years_of_target": total / target.homes if target.per == "year" else None,
        **{f"{what}_homes": _sum(rows[standing == what], HOMES_MID) for what in _NOT_COUNTED},
        "locations_without_homes": int((standing == _Standing.HOMES_UNKNOWN).sum()),
    }
    return {
        "target": key,
        "place": place.name,
        "homes": target.homes,
        "at_least": target.at_least,
        "per": target.per,
        "by": target.by,
        "status": status,
        "short_homes": None if status == "unknown" else target.homes - covered,
        **(count if known else dict.fromkeys(count)),
        "municipalities": place.municipalities,
        "municipalities_assessed": place.assessed,
        "not_assessed": _SEPARATOR.join(place.not_assessed),
        "source": target.source,
        "basis": str(target.basis),
    }


def _sum(rows: pd.DataFrame, homes: str) -> int | None:
    """Return the homes on locations; None if those of any are not known."""
    return None if rows[homes].isna().any() else int(rows[homes].sum())


_OUTCOME_TYPES: Final = {
    "target": "string",
    "place": "string",
    "homes": "Int64",
    "at_least": "bool",
    "per": "string",
    "by": "datetime64[s]",
    "by_passed": "bool",
    "required_years": "float64",
    "status": "string",
    "covered_homes": "Int64",
    "short_homes": "Int64",
    "secured_homes": "Int64",
    "secured_homes_low": "Int64",
    "secured_homes_high": "Int64",
    "secured_locations": "Int64",
    "years_of_target": "float64",
    "too_late_homes": "Int64",
    "too_short_homes": "Int64",
    "term_unknown_homes": "Int64",
    "unranked_homes": "Int64",
    "locations_without_homes": "Int64",
    "municipalities": "Int64",
    "municipalities_assessed": "Int64",
    "not_assessed": "string",
    "source": "string",
    "basis": "string",
}


def _as_table(outcomes: Iterable[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(list(outcomes), columns=list(_OUTCOME_TYPES))
    return pd.DataFrame({name: _typed(table[name], kind) for name, kind in _OUTCOME_TYPES.items()})


def _typed(values: pd.Series[Any], kind: str) -> pd.Series[Any]:
    if kind.startswith("datetime"):
        return pd.to_datetime(values).astype("datetime64[s]")
    named: Any = kind  # which pandas' stubs only take as a literal
    return values.astype(named)


def _filling(key: str, homes: int, secured: pd.DataFrame) -> pd.DataFrame:
    """Return the locations that fill a target, in rank order, up to and including the one that reaches it."""
    cumulative = secured[HOMES_MID].cumsum()
    # A location without room for a home fills nothing.
    rows = secured[(cumulative - secured[HOMES_MID] < homes) & (secured[HOMES_MID] > 0)]
    table = pd.DataFrame(
        {
            "target": pd.Series(key, index=rows.index, dtype="string"),
            "order": np.arange(1, len(rows) + 1),
        }
    )
    for name in (MUNICIPALITY_CODE, MUNICIPALITY_NAME, PARCEL_ID):
        table[name] = rows[name].astype("string")
    table[_SCORE] = rows[_SCORE]
    table[HOMES_MID] = rows[HOMES_MID].astype("Int64")
    table["cumulative_homes"] = cumulative[rows.index].astype("Int64")
    for name in (TERM_START, TERM_END, TERM_YEARS):
        table[name] = rows[name]
    return table


def _production(targets: Targets) -> pd.DataFrame:
    """Return past production by period, with the yearly target for the whole country beside each full year."""
    yearly = [
        target.homes
        for target in targets.targets.values()
        if target.per == "year"
        and target.region is not None
        and targets.regions[target.region].everywhere
    ]
    rows = list(_production_rows(targets.production, yearly[0] if len(yearly) == 1 else None))
    types = {
        "year": "Int64",
        "from": "datetime64[s]",
        "until": "datetime64[s]",
        "what": "string",
        "homes": "Int64",
        "plus_minus": "Int64",
        "precision": "string",
        "yearly_target_homes": "Int64",
        "share_of_target": "float64",
        "publisher": "string",
        "source": "string",
        "basis": "string",
    }
    table = pd.DataFrame(rows, columns=list(types))
    table = pd.DataFrame({name: _typed(table[name], kind) for name, kind in types.items()})
    return table.sort_values(["from", "until", "what"], kind="stable", ignore_index=True)


def _production_rows(
    production: Iterable[Production], yearly: int | None
) -> Iterator[dict[str, Any]]:
    for figure in production:
        year = figure.from_.year
        full_year = (figure.from_, figure.until) == (dt.date(year, 1, 1), dt.date(year, 12, 31))
        yield {
            "year": year if full_year else None,
            "from": figure.from_,
            "until": figure.until,
            "what": figure.what,
            "homes": figure.homes,
            "plus_minus": figure.plus_minus,
            "precision": figure.precision,
            "yearly_target_homes": yearly if full_year else None,
            "share_of_target": figure.homes / yearly if full_year and yearly else None,
            "publisher": figure.publisher,
            "source": figure.source,
            "basis": str(figure.basis),
        }
