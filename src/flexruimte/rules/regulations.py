"""Regulations: legal regimes, housing plans, leases, transport tiers, and levels that exclude."""

from __future__ import annotations

import datetime as dt
from typing import Literal, Self

from pydantic import Field, model_validator

from flexruimte.rules.parts import Model, Reading, Sourced, Test, Text, Where
from flexruimte.vocabulary import Level


class Regime(Sourced):
    """A row of law: for how long homes may stand, on which land, and from when until when.

    Of the routes that are open on a parcel the one with the longest stay counts, as who applies may
    choose; every limit that holds there counts on top.
    """

    title: Text
    """What it is called."""
    kind: Literal["route", "limit"] = "limit"
    """A route leads to a permit; a limit holds whatever the route."""
    start: dt.date | None = None
    """The first day on which the row holds."""
    end: dt.date | None = None
    """The last day on which it holds."""
    counted_from: Literal["as_of", "realisation"] = "as_of"
    """Which day must lie from `start` through `end`: the study's, or the first on which homes can
    stand on the parcel."""
    longest_years: float | None = Field(default=None, gt=0)
    """Longest stay that the regime allows; absent: the regime sets no maximum. [year]"""
    only_for: dict[str, str] = {}
    """Placement parameters that must have these values for the row to apply."""
    when: list[Test] = []
    """The row applies only on parcels where all of these hold, such as a zoning."""
    lifts: list[str] = []
    """Rules that are only a note for who chooses this row (with `only_for`)."""
    note: Text | None = None
    """What follows from the row, or has to be verified."""

    def holds_on(self, day: dt.date) -> bool:
        """Whether a day lies from `start` through `end`."""
        return (self.start or day) <= day <= (self.end or day)


class TransportTier(Sourced):
    """What may go by road under one kind of permit."""

    title: Text
    """What it is called."""
    width_m: float = Field(gt=0)
    """How wide the load may be. [m]"""
    height_m: float = Field(gt=0)
    """How high it may be on the road. [m]"""
    length_m: float = Field(gt=0)
    """Of the loaded vehicle or combination. [m]"""


class PlanPhase(Model):
    """A field that holds the homes planned in a period.

    A plan starts in the first period that has any.
    """

    field: str
    """The field with the number of homes in this phase."""
    start_year: int
    """The first year of the phase."""
    end_year: int
    """The last year of the phase."""

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end_year < self.start_year:
            raise ValueError(
                f"phase '{self.field}' ends in {self.end_year}, "
                f"before it starts in {self.start_year}"
            )
        return self


class Plans(Sourced):
    """How a layer of housing plans is read: which status is hard, and when a plan starts."""

    layer: str
    """The layer with housing plans."""
    status_field: str
    """The field with the status of a plan."""
    hard: list[str]
    """Statuses of plans that go ahead."""
    soft: list[str]
    """Statuses of plans that may go ahead."""
    ignored: list[str] = []
    """Statuses of plans that do not count."""
    start_year_field: str | None = None
    """The field with the year in which building starts; "none" in a ruleset that extends another
    takes it away."""
    phases: list[PlanPhase] = []
    """Fields with homes per period, where there is no year of the start: a plan starts in the first
    that has homes."""
    where: Where = {}
    """Which plans count: conditions by field, all of which must hold."""
    circle_quotient: float = Field(default=0.97, gt=0, le=1)
    """A shape with an isoperimetric quotient above this is a circle drawn as a placeholder; where
    the plan really lies is then unknown."""

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if self.start_year_field is None and not self.phases:
            raise ValueError("plans need start_year_field or phases, to know when they start")
        double = (
            set(self.hard) & set(self.soft)
            | set(self.hard) & set(self.ignored)
            | set(self.soft) & set(self.ignored)
        )
        if double:
            raise ValueError(
                f"plan status {', '.join(sorted(double))} stands in more than one list"
            )
        return self

    def reads(self) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        when = [phase.field for phase in self.phases] + (
            [self.start_year_field] if self.start_year_field else []
        )
        return (Reading(self.layer, (self.status_field, *self.where, *when)),)


class Agreements(Sourced):
    """How a table of leases and reservations is read."""

    layer: str
    """The table with leases and reservations."""
    free_from_field: str
    """The field with the day from which the parcel is free."""
    free_until_field: str
    """The field with the day until which the parcel is free."""

    def reads(self) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, (self.free_from_field, self.free_until_field)),)


class Levels(Sourced):
    """Which levels exclude."""

    excluding: list[Level]
    """Levels of which a "no" excludes a parcel; the others call for attention or are told."""
