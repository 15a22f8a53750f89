"""The families of measures: what each may say, and what it reads."""

from __future__ import annotations

from abc import abstractmethod
from itertools import pairwise
from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from flexruimte.kernels.roads import FARTHEST_FROM_ROAD_M
from flexruimte.rules.parts import (
    Model,
    Number,
    NumberOf,
    PlacementReference,
    Reading,
    Scalar,
    Titled,
    Where,
)

LayerName: TypeAlias = Annotated[str, Field(description="The layer that is measured.")]
FieldName: TypeAlias = Annotated[str, Field(description="The field whose value is taken.")]
Features: TypeAlias = Annotated[
    Where,
    Field(description="Which features count: conditions by field, all of which must hold."),
]
Shape: TypeAlias = Annotated[
    Literal["parcel", "buildable"],
    Field(description="Which shape is measured: the whole parcel, or its buildable part."),
]


class MeasureSpec(Titled):
    """A measure: what it reads, and where its values end."""

    geometries: ClassVar[tuple[str, ...]] = ("polygon", "line", "point")
    """Kinds of layers that the family can measure."""

    @abstractmethod
    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer; windows, fields, checks and reuse go by this alone."""

    @property
    def cut_off(self) -> float | None:
        """The value that all larger ones are set to; None where values are not capped."""
        return None


class ShareMeasure(MeasureSpec):
    """Share of the shape that features cover; where they overlap they count once."""

    family: Literal["share"]
    layer: LayerName
    where: Features = {}
    of: Shape = "parcel"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, tuple(self.where)),)


class MainClassMeasure(MeasureSpec):
    """Class (value of a field) that covers most of the shape; of equal parts, the lowest value."""

    family: Literal["main_class"]
    layer: LayerName
    field: FieldName
    where: Features = {}
    of: Shape = "parcel"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, (*self.where, self.field)),)


class CountMeasure(MeasureSpec):
    """Number of features that meet the shape.

    Those are points inside it, and lines and polygons that share more than a boundary with it.
    """

    family: Literal["count"]
    layer: LayerName
    where: Features = {}
    of: Shape = "parcel"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, tuple(self.where)),)


class ExtremeMeasure(MeasureSpec):
    """Highest or lowest value of a numeric field among the features that meet the shape."""

    family: Literal["extreme"]
    layer: LayerName
    field: FieldName
    pick: Literal["highest", "lowest"]
    """Which of the values it is."""
    where: Features = {}
    of: Shape = "parcel"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, (*self.where, self.field)),)


class FieldMeanMeasure(MeasureSpec):
    """Mean of a numeric field over the features that meet the shape, weighted by covered area."""

    family: Literal["field_mean"]
    layer: LayerName
    field: FieldName
    nearest_within_m: float = Field(default=0.0, ge=0)
    """Where no feature with a value meets the shape, that of the nearest one within this distance
    takes its place. [m]"""
    factor: float = 1.0
    """What a value is multiplied by, to get the measure's unit from the field's."""
    where: Features = {}
    of: Shape = "buildable"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, (*self.where, self.field), self.nearest_within_m),)


class NearestMeasure(MeasureSpec):
    """Straight-line distance to the nearest feature, at most `limit_m`."""

    family: Literal["nearest"]
    layer: LayerName
    where: Features = {}
    limit_m: float = Field(gt=0)
    """Longer distances are set to this one. [m]"""
    half_width_m: Number = 0.0
    """Half of the width of features that are drawn by their axis: the distance is to their edge.
    [m]"""
    of: Shape = "buildable"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        reach_m = self.limit_m + number(self.half_width_m)
        return (Reading(self.layer, tuple(self.where), reach_m),)

    @property
    def cut_off(self) -> float:
        """Longer distances are set to this one. [m]"""
        return self.limit_m


class WalkMeasure(MeasureSpec):
    """Distance along the roads to the nearest feature, at most `limit_m`.

    Without the road layer in the study: the straight line times `detour_factor`, and the summary
    says so.
    """

    family: Literal["walk"]
    layer: LayerName
    where: Features = {}
    roads: str
    """The layer with roads; the study may do without."""
    roads_where: Where = {}
    """Which roads count: conditions by field, all of which must hold."""
    limit_m: float = Field(gt=0)
    """Longer distances are set to this one. [m]"""
    detour_factor: Number
    """What a straight line is multiplied by where there are no roads."""
    of: Literal["buildable"] = "buildable"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        roads = Reading(
            self.roads, tuple(self.roads_where), self.limit_m + FARTHEST_FROM_ROAD_M, optional=True
        )
        return (Reading(self.layer, tuple(self.where), self.limit_m), roads)

    @property
    def cut_off(self) -> float:
        """Longer distances are set to this one. [m]"""
        return self.limit_m


class RasterMeasure(MeasureSpec):
    """Mean, highest or lowest cell value, share of cells in a range, or mean slope in percent.

    Each cell counts for the part of it that the shape covers.
    """

    geometries = ("raster",)
    family: Literal["raster"]
    layer: LayerName
    statistic: Literal["mean", "max", "min", "share", "slope"]
    """What is taken of the cells."""
    at_least: float | None = None
    """Of a share: cells with this or more count."""
    at_most: float | None = None
    """Of a share: cells with this or less count."""
    known_from_share: float = Field(default=0.9, gt=0, le=1)
    """Share of the shape that must have valid cells; with less the value is unknown."""
    of: Shape = "buildable"

    @model_validator(mode="after")
    def _range_goes_with_share(self) -> Self:
        if (self.statistic == "share") != (self.at_least is not None or self.at_most is not None):
            raise ValueError(
                "at_least and at_most go with statistic 'share', which needs one of them"
            )
        return self

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer),)


class AttributeMeasure(MeasureSpec):
    """Value of a field of a table that is joined on the parcel id."""

    geometries = ("table",)
    family: Literal["attribute"]
    layer: LayerName
    field: FieldName
    of: Literal["parcel"] = "parcel"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, (self.field,)),)


class RecordedMeasure(MeasureSpec):
    """Whether a table that is joined on the parcel id has a value: "yes" or "no".

    It is "no" of a parcel that the table does not list only where the table lists all there is.
    """

    geometries = ("table",)
    family: Literal["recorded"]
    layer: str
    """Table with rows by parcel id."""
    field: str
    """Column that has a value where the table knows something."""
    of: Literal["parcel"] = "parcel"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, (self.field,)),)


class SignMarginMeasure(MeasureSpec):
    """Lowest limit that traffic signs near the shape state, less what has to pass.

    The value is at most `most`, which also stands for "no such sign".
    """

    family: Literal["sign_margin"]
    layer: LayerName
    where: Features = {}
    field: FieldName
    """Field with the text on the sign, such as "2,1" or "3.5t"."""
    plausible: tuple[float, float]
    """A number outside this range is not believed, and counts as a sign that cannot be read."""
    less: list[Number]
    """What passes, added up, in the unit of the signs."""
    within_m: Number
    """Signs farther from the shape do not count. [m]"""
    most: float = Field(gt=0)
    """The value where there is no sign, and the highest there is."""
    of: Shape = "buildable"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, (*self.where, self.field), number(self.within_m)),)


class RectangleMeasure(MeasureSpec):
    """Whether a rectangle fits in the largest part of the shape, near the nearest features."""

    family: Literal["rectangle"]
    layer: LayerName
    where: Features = {}
    length_m: Number
    """How long the rectangle is. [m]"""
    width_m: Number
    """How wide it is. [m]"""
    within_m: Number
    """Largest distance from the rectangle to a feature, on top of the distance from the shape to
    the nearest one. [m]"""
    limit_m: float = Field(gt=0)
    """Features farther from the shape give no access. [m]"""
    of: Shape = "buildable"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, tuple(self.where), self.limit_m + number(self.within_m)),)


class WayInMeasure(MeasureSpec):
    """Length of the way in that lies on land of others: of the straight ways to a road, the least.

    Not of others is the parcel itself, land of `open_owners`, of the parcel's own owner where that
    is one of whom there is one, and of the public road.
    """

    family: Literal["way_in"]
    layer: str
    """Layer with the roads that the way leads to."""
    where: Where = {}
    """Which of these count."""
    limit_m: Number
    """Longer ways do not count. [m]"""
    step_m: float = Field(default=5.0, gt=0)
    """There is a way to each stretch of road of this length at most. [m]"""
    search_from_m2: float = Field(default=0.0, ge=0)
    """A smaller shape, which is no location, has the shortest way alone. [m2]"""
    roads: str
    """Layer with the axes of the roads that are open to all."""
    roads_where: Where = {}
    """Which of these count."""
    half_width_m: float = Field(gt=0)
    """Half of the width of a public road. [m]"""
    road_land_m: float = Field(gt=0)
    """Of a parcel that the axis of a public road runs over, what is so near is the road's. [m]"""
    owners: str
    """Table with the owner of each parcel."""
    owner_field: str
    """Column with the kind of owner."""
    open_owners: list[Scalar]
    """Whose land may be crossed."""
    one_owner: list[Scalar] | PlacementReference
    """Kinds of owner of which there is only one."""
    of: Literal["buildable"] = "buildable"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer; who owns the other parcels is in the same table."""
        limit_m, beside_m = number(self.limit_m), max(self.half_width_m, self.road_land_m)
        return (
            Reading(self.layer, tuple(self.where), limit_m),
            Reading(self.roads, tuple(self.roads_where), limit_m + beside_m),
            Reading(self.owners, (self.owner_field,)),
        )


class StripWidthMeasure(MeasureSpec):
    """Width of the shape when it is taken for a strip: that of a rectangle of its size."""

    family: Literal["strip_width"]
    of: Shape = "parcel"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer: nothing."""
        return ()


class TransportTierMeasure(MeasureSpec):
    """The first transport tier of the ruleset that a load fits in, or "beyond".

    It is the same for all parcels.
    """

    family: Literal["transport_tier"]
    width_m: list[Number]
    """How wide the load is: numbers that are added up. [m]"""
    height_m: list[Number]
    """How high it stands on the road: numbers that are added up. [m]"""
    length_m: list[Number]
    """What the loaded vehicle measures: numbers that are added up. [m]"""
    of: Literal["other measures"] = "other measures"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return ()


class MixPart(Model):
    """One part of a mix: a value from 0 to 1 by a curve over a measure, and its weight."""

    measure: str
    """The measure that it rests on."""
    curve: list[tuple[float, float]] = Field(min_length=2)
    """Points of value and part, with lines between them; beyond the ends the part of the end."""
    weight: Number
    """What it weighs."""

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if any(b[0] <= a[0] for a, b in pairwise(self.curve)):
            raise ValueError("a curve needs two or more points with rising values")
        return self


class MixMeasure(MeasureSpec):
    """Weighted sum or mean of curves over other measures; unknown where one of them is."""

    family: Literal["mix"]
    total: Literal["sum", "mean"]
    """Whether the weighted parts are added up, or averaged."""
    parts: list[MixPart] = Field(min_length=1)
    """What it is made of."""
    of: Literal["other measures"] = "other measures"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return ()


Measure: TypeAlias = Annotated[
    ShareMeasure
    | MainClassMeasure
    | CountMeasure
    | ExtremeMeasure
    | FieldMeanMeasure
    | NearestMeasure
    | WalkMeasure
    | RasterMeasure
    | AttributeMeasure
    | RecordedMeasure
    | SignMarginMeasure
    | RectangleMeasure
    | WayInMeasure
    | StripWidthMeasure
    | TransportTierMeasure
    | MixMeasure,
    Field(discriminator="family"),
]
"""A number or class per parcel, computed by one family of measures."""
