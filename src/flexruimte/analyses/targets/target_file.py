"""The targets file: targets, the regions that they name with their members, past production.

It is TOML, and everything in it has a source. `targets-minister-2021` comes with flexruimte as an
example; a file of the user's own may extend it.
"""

from __future__ import annotations

from functools import partial
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from flexruimte.errors import RulesetError, did_you_mean
from flexruimte.rules.documents import Library
from flexruimte.rules.overrides import override
from flexruimte.rules.parts import Day, Model, Sourced, Text

__all__ = [
    "OwnerRule",
    "Production",
    "Region",
    "RequiredYears",
    "Target",
    "Targets",
    "built_in_targets",
    "load_targets",
]

_LIBRARY: Final = Library(
    "targets",
    resources.files("flexruimte.analyses") / "figures",
    partial(override, entries=("targets", "regions")),
    prefix="targets-",
)


def _as_members(value: Any) -> Any:
    """Accept a bare list of codes or names."""
    return {str(member): str(member) for member in value} if isinstance(value, list) else value


Members: TypeAlias = Annotated[dict[str, str], BeforeValidator(_as_members)]


class RequiredYears(Sourced):
    """How long homes must be able to stand on a location to count."""

    value: float = Field(gt=0)
    """Shortest term that counts. [year]"""
    unit: Literal["year"] = "year"


class OwnerRule(Sourced):
    """The rule of the ruleset that says whether the owner of a location can decide on it."""

    rule: str
    """Its id: a location is only secured where it says yes."""


class Region(Sourced):
    """Municipalities that share a target; `source` and `basis` are those of the membership."""

    title: Text
    members: Members = Field(default_factory=dict)
    """Name by code; or a list of codes or names."""
    former_members: Members = Field(default_factory=dict)
    """Municipalities that no longer exist: their locations count where the data still have them,
    and elsewhere they are not missed."""
    everywhere: bool = False
    """Every municipality is a member."""
    municipality_count: int | None = Field(default=None, gt=0, strict=True)
    """Number of municipalities, where every one is a member; None: not known, so it is never
    certain that all were assessed."""

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
    """Last day on which a term may start and still be in time; None: not stated, every start is in
    time."""
    required_years: float | None = Field(default=None, gt=0)
    """Shortest term that counts for this target; None: that of the file. [year]"""

    @model_validator(mode="after")
    def _names_one_area(self) -> Self:
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
    owner_rule: OwnerRule | None = None
    """None: who owns a location does not count."""
    regions: dict[str, Region] = Field(default_factory=dict)
    targets: dict[str, Target] = Field(min_length=1)
    production: list[Production] = Field(default_factory=list)

    @model_validator(mode="after")
    def _regions_exist(self) -> Self:
        for key, target in self.targets.items():
            if target.region is not None and target.region not in self.regions:
                hint = did_you_mean(target.region, self.regions)
                raise RulesetError(
                    f"targets '{self.name}': [targets.{key}] region '{target.region}' "
                    f"does not exist; {hint} (add a table [regions.{target.region}], "
                    "or name one municipality with municipality = ...)"
                )
        return self


def built_in_targets() -> list[str]:
    """Return the names of the targets files that come with flexruimte.

    Examples
    --------
    >>> built_in_targets()
    ['targets-minister-2021']
    """
    return _LIBRARY.names()


def load_targets(name: str | Path, folder: Path | None = None) -> Targets:
    """Read a targets file, with the file that it extends.

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
    return _LIBRARY.load(Targets, name, folder)
