"""The study file: where the data is, what is asked, and what is knowingly left out.

This module only says what it may say.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from flexruimte.errors import StudyError
from flexruimte.rules.documents import read_toml, validate
from flexruimte.rules.parts import Language, Model, Scalar

__all__ = [
    "LayerSettings",
    "MunicipalitySettings",
    "ParcelSettings",
    "StudyFile",
    "StudySettings",
    "TableSettings",
    "read_study_file",
]


class TableSettings(Model):
    """Where rows are read from."""

    source: str
    """A path relative to the study file, a /vsizip/ path, or the address of a service or database
    that GDAL knows."""
    layer: str | list[str] | None = None
    """The layer in the source; several are read one after the other."""
    where: str | None = None
    """Attribute filter, in GDAL's SQL."""
    fields: dict[str, str] = {}
    """The vocabulary's name = the source's column."""
    constants: dict[str, Scalar] = {}
    """Fields that the source does not have, with the value that holds for all its rows."""
    crs: str | None = None
    """The coordinate reference system, where the source does not carry it."""


class LayerSettings(TableSettings):
    """One layer of the study."""

    id: str | None = None
    """The source's column that names a feature (for a table: the parcel id)."""
    reference_date: dt.date | None = None
    licence: str | None = None
    precision_m: float | None = Field(default=None, ge=0)
    coverage: Literal["auto", "complete", "extent"] | str = "auto"
    """The area that the layer speaks of; a path names a layer with that area. "auto" is what the
    layer fills, a raster's valid cells, or everywhere if it has features near."""
    band: int = Field(default=1, ge=1)
    nodata: float | None = None
    valid: tuple[float, float] | None = None


class ParcelSettings(TableSettings):
    """The candidate parcels."""

    id: str | list[str]
    repair_ids: bool = False
    """Number double and missing ids instead of refusing them."""
    reference_date: dt.date | None = None
    licence: str | None = None


class MunicipalitySettings(TableSettings):
    """The municipalities."""

    code: str
    name: str
    reference_date: dt.date | None = None
    licence: str | None = None


class StudySettings(Model):
    """What is asked."""

    name: str
    as_of: dt.date
    ruleset: str = "flexwonen-nl"
    target_groups: list[str] | None = None
    not_assessed: list[str] = []
    language: Language = "nl"


class StudyFile(Model):
    """A study file as a whole."""

    study: StudySettings
    placement: dict[str, int | float | str | list[str]] = {}
    parcels: ParcelSettings
    municipalities: MunicipalitySettings
    layers: dict[str, LayerSettings] = {}
    decisions: TableSettings | None = None

    @model_validator(mode="after")
    def _asks_once(self) -> Self:
        double = {
            name for name in self.study.not_assessed if self.study.not_assessed.count(name) > 1
        }
        if double:
            raise ValueError(f"not_assessed names {', '.join(sorted(double))} twice")
        return self


def read_study_file(path: Path) -> StudyFile:
    """Read and check a study file; nothing that it refers to is opened.

    Raises
    ------
    StudyError
        When the file cannot be read or says something that it may not say.
    """
    document = read_toml(
        path, f"study file {path}", "give the path of a study.toml", error=StudyError
    )
    as_of = document.get("study", {}).get("as_of")
    if as_of is not None and (isinstance(as_of, dt.datetime) or not isinstance(as_of, dt.date)):
        raise StudyError(
            f"{path.name}: [study.as_of] {as_of!r} is not a date; "
            "write it without quotes, as in as_of = 2026-01-01"
        )
    return validate(StudyFile, document, path.name, StudyError)
