"""What a catalogue may say: of each dataset who serves it, how, under which licence."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal, Self, TypeAlias

from pydantic import Field, field_validator, model_validator
from pyproj import CRS as ProjCRS
from pyproj.exceptions import CRSError

from flexruimte.rules.parts import Day, Model, Scalar, Text
from flexruimte.vocabulary import CRS

__all__ = ["Catalogue", "Dataset", "Municipality", "Protocol", "Service"]

Protocol: TypeAlias = Literal["ogcapi", "wfs", "wcs", "arcgis", "download"]
"""How a service is asked: OGC API Features, WFS 2.0, WCS 2.0, ArcGIS FeatureServer, or a file that
is fetched whole (or by ranges, where its format has them)."""


class Service(Model):
    """One way to get a dataset."""

    protocol: Protocol
    """How the service is asked."""
    address: str = Field(min_length=1)
    """Of the service (not of one request), of an ATOM feed, or of a file."""
    layer: str | None = None
    """The collection, feature type or coverage; of a file the layer in it."""
    also_layers: list[str] = []
    """Further layers with the same fields, whose features are part of the dataset."""
    file: str | None = None
    """Of a feed the file that is meant (a pattern with `*`), of an archive its member."""
    id: str | None = None
    """The service's field that names a feature; features that come twice are known by it. Where no
    field is called "id", that is the feature's own: of GeoJSON, of GML, or of an ArcGIS layer."""
    fields: dict[str, str] = {}
    """The ruleset's name = the service's field; fields that are not named are not fetched."""
    where: dict[str, list[Scalar]] = {}
    """By the service's field the values that are kept; empty keeps all."""
    where_not: dict[str, list[Scalar]] = {}
    """By the service's field the values of features that are left out."""
    constants: dict[str, Scalar] = {}
    """Fields that the service does not have, with the value that holds for all its features."""
    values: dict[str, dict[str, Scalar]] = {}
    """By the ruleset's field: the service's value = what it is called in the ruleset."""
    missing: dict[str, list[Scalar]] = {}
    """By the ruleset's field: values that stand for "not known" and become null."""
    nodata: float | None = None
    """Of a raster the cell that stands for missing, where the service does not say it."""
    resolution_m: float | None = Field(default=None, gt=0)
    """Of a raster the size of the cells that are asked for. [m]"""
    crs: str = "EPSG:28992"
    """What the service is asked for, or what its file is in. OGC API Features and WFS are not asked
    in a system in which north comes first, such as EPSG:4326."""
    open_options: dict[str, Scalar] = {}
    """Options of GDAL's driver with which a file is opened."""
    most_per_page: int = Field(default=1000, ge=1)
    """Features that one answer holds at most."""
    most_in_all: int | None = Field(default=None, ge=1)
    """Features after which the service stops in silence; larger areas are asked for in parts."""
    licence: str = Field(min_length=1)
    """Under which licence the data is given."""
    attribution: str = ""
    """Whom to name as the source."""
    cycle: str = ""
    """How often the service renews what it holds: "daily", "yearly"."""
    reference_date: Day | None = None
    """The day that the data describes, where it is not the day on which it is fetched."""
    precision_m: float | None = Field(default=None, ge=0)
    """Nominal precision of the data. [m]"""
    may_be_fetched: bool = True
    """False where the licence forbids automatic copies; then nothing is asked."""
    confirmed: str = Field(min_length=1)
    """How it was confirmed that this works: which documentation or public code says so."""
    confirmed_on: Day
    """The day on which that was found."""
    confidence: Literal["high", "medium", "low"]
    """How sure it is that the service works so; of `low` some part was not seen."""

    @model_validator(mode="after")
    def _is_asked_east_first(self) -> Self:
        """Refuse an order of axes that servers do not agree on.

        Some of them give north before east in such a system, as its definition says, and some east
        before north; which one does so cannot be seen from its answers.
        """
        if self.protocol not in ("ogcapi", "wfs") or self.crs == CRS:
            return self
        try:
            first = ProjCRS.from_user_input(self.crs).axis_info[0].direction
        except CRSError:
            raise ValueError(f"PROJ does not know the crs '{self.crs}'; write EPSG:28992") from None
        if first != "east":
            raise ValueError(
                f"in {self.crs} north comes first for some servers and east for others; "
                'ask for crs = "EPSG:28992", or for degrees crs = "OGC:CRS84"'
            )
        return self


class Dataset(Model):
    """One dataset: what it serves in a study, and how to get it."""

    serves: Literal["layer", "parcels", "municipalities"] = "layer"
    """What it is in a study. The key of a dataset that serves a layer is that of the layer."""
    title: Text
    """What the dataset is called."""
    services: list[Service] = []
    """In the order in which they are tried; none where nobody serves the data openly."""
    ask: Text | None = None
    """What file to ask whom for, where there is no service (or none that may be copied)."""
    template: list[str] = []
    """Columns of the table that `flexruimte new` writes to be filled in, where people know it."""
    silence: Text
    """What it means where the dataset has no record."""
    complete: bool = True
    """Whether its services hold all there is in the whole country, so that a part in which they
    have nothing is a part where nothing is."""
    may_be_empty: Literal["never", "here", "everywhere"] = "here"
    """Where its services may have nothing: "never" where every municipality has some of it, "here"
    where they must have something elsewhere (which is asked), "everywhere" where there may be none
    at all, as of what one municipality keeps itself."""

    @property
    def fetched(self) -> bool:
        """Whether it is fetched without being asked for: one of its services was seen to work.

        A service of low confidence was not confirmed; who wants to try it says so.
        """
        return any(
            service.may_be_fetched and service.confidence != "low" for service in self.services
        )

    @model_validator(mode="after")
    def _can_be_had(self) -> Self:
        if not self.services and self.ask is None:
            raise ValueError("it has no services and does not say in `ask` whom to ask for it")
        return self


class Municipality(Model):
    """A municipality that is or was: its name, and what became of it."""

    name: str
    """What it is called."""
    also: list[str] = []
    """Other names that people know it by, such as Den Haag."""
    province: str = ""
    """The province that it is in."""
    until: dt.date | None = None
    """The first day on which it was no more; None while it is there."""
    into: list[str] = []
    """Codes of the municipalities that it went into."""

    @model_validator(mode="after")
    def _went_somewhere(self) -> Self:
        if (self.until is None) != (not self.into):
            raise ValueError("`until` and `into` belong together: when it ended, and in what")
        return self


class Catalogue(Model):
    """Everything that can be fetched, and the municipalities that it can be fetched for."""

    datasets: dict[str, Dataset] = {}
    """What can be had, by the layer that it is for."""
    municipalities: dict[str, Municipality] = {}
    """By code, as GM0363."""

    @field_validator("municipalities")
    @classmethod
    def _codes_are_codes(cls, known: dict[str, Municipality]) -> dict[str, Municipality]:
        for code, municipality in known.items():
            if not re.fullmatch(r"GM\d{4}", code):
                raise ValueError(f"'{code}' is no code of a municipality; write it as GM0363")
            strange = [successor for successor in municipality.into if successor not in known]
            if strange:
                raise ValueError(f"{code} went into {strange[0]}, which is not in the list")
        return known
