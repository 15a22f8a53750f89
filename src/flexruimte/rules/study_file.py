"""The study file: where the data is, what is asked, and what is knowingly left out.

This module only says what it may say.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from flexruimte.errors import StudyError, is_unicode
from flexruimte.rules.documents import read_toml, validate
from flexruimte.rules.parts import Day, Language, Model, Scalar

__all__ = [
    "LayerSettings",
    "MunicipalitySettings",
    "ParcelSettings",
    "StudyFile",
    "StudySettings",
    "TableSettings",
    "check_as_of",
    "read_study_file",
]


_LONGEST_SOURCE = 4096
"""Longest path that an operating system takes. [character]"""
_COARSEST_M = 10_000.0
"""No map is less precise than this; a larger figure is a mistake. [m]"""
_DATABASE = re.compile(r"(?:postgres(?:ql)?://|pg:)", re.IGNORECASE)
_PASSWORD = re.compile(
    r"^(?:postgres(?:ql)?://(?:[^/?#]*:[^@]+@|.*[?&](?:ssl)?password=)|pg:.*?(?:ssl)?password\s*=)",
    re.IGNORECASE | re.DOTALL,
)
"""An address of a database with a password in it."""


def _each_once(names: str | list[str] | None) -> str | list[str] | None:
    if isinstance(names, list):
        double = sorted({name for name in names if names.count(name) > 1})
        if not names:
            raise ValueError("the list is empty; name one or more, or leave the key out")
        if double:
            raise ValueError(f"{', '.join(double)} stands in the list twice; name each once")
    return names


def _can_be_opened(source: str) -> str:
    if not source.strip():
        raise ValueError("it is empty; give a path or an address")
    if len(source) > _LONGEST_SOURCE:
        raise ValueError(
            f"it has {len(source)} characters, more than any path; correct it, or give a short path"
        )
    if _PASSWORD.search(source):
        raise ValueError(
            "it holds a password, which a study may not; take it out, and give it in PGPASSWORD, a "
            "password file (PGPASSFILE) or a service file (PGSERVICE)"
        )
    try:
        address = re.search(r"\w+://\S*", source) if not _DATABASE.match(source) else None
        _ = address and urlsplit(address[0]).port
    except ValueError as error:
        raise ValueError(f"it is not a valid address ({error}); correct it") from None
    return source


Names: TypeAlias = Annotated[str | list[str], AfterValidator(_each_once)]
"""One name, or a list of different ones."""
SourceText: TypeAlias = Annotated[str, AfterValidator(_can_be_opened)]
"""A path or an address that may be opened."""


def _refuse_far(day: dt.date, first: int, last: int) -> dt.date:
    if not first <= day.year <= last:
        raise ValueError(f"{day} cannot be meant; write a date from {first} to {last}")
    return day


def check_as_of(day: dt.date) -> dt.date:
    """Return the date of a study; ValueError when it cannot be meant, such as one in 226 or 2300.

    The bounds are an assumption: housing plans and permits do not reach farther.

    Examples
    --------
    >>> check_as_of(dt.date(226, 1, 1))
    Traceback (most recent call last):
        ...
    ValueError: 0226-01-01 cannot be meant; write a date from 1990 to 2100
    """
    return _refuse_far(day, 1990, 2100)


StudyDay: TypeAlias = Annotated[Day, AfterValidator(check_as_of)]
MeantDay: TypeAlias = Annotated[Day, AfterValidator(partial(_refuse_far, first=1800, last=2200))]
"""A day on which data can have been true; the cadastre began in 1832."""


class TableSettings(Model):
    """Where rows are read from."""

    dataset: str | None = None
    """The dataset of the catalogue that `flexruimte fetch` writes to `source`."""
    source: SourceText
    """A path relative to the study file, a /vsizip/ path, the address of a PostgreSQL database
    (postgresql://host/name, without a password), or of a service or database that GDAL knows."""
    layer: Names | None = None
    """The layer in the source, of a database the table ("schema.table"); several are read one after
    the other."""
    query: str | None = Field(default=None, min_length=1)
    """Of a database: the SELECT whose rows are read, instead of a table."""
    where: str | None = None
    """Attribute filter, in SQL: that of the database, GDAL's for what it reads, else SQLite's."""
    fields: dict[str, str] = {}
    """The vocabulary's name = the source's column."""
    constants: dict[str, Scalar] = {}
    """Fields that the source does not have, with the value that holds for all its rows; "" is no
    value."""
    values: dict[str, dict[str, Scalar]] = {}
    """By field: the source's value = what it is called in the ruleset."""
    open_options: dict[str, Scalar] = {}
    """Options of GDAL's driver for opening the source, such as GFS_TEMPLATE."""
    crs: str | None = None
    """The coordinate reference system, where the source does not carry it."""
    sha256: str | None = Field(default=None, pattern="^[0-9a-fA-F]{64}$")
    """The digest of the file, or of the archive that holds it; another file is refused."""
    encoding: str | None = None
    """How text is stored, where the source does not say: "cp1252" for a table that was saved by
    Windows. Without it, text is UTF-8."""
    decimal: Literal[".", ","] | None = None
    """What stands before the decimals of numbers in a text file. Without it, a comma is taken as
    such where it can be nothing else."""
    unknown_ids: Literal["error", "warn", "ignore"] | None = None
    """What to do about ids in a table that meet no parcel. Without it, that is an error for
    decisions, and a warning for other tables unless none of their ids meets one."""

    @model_validator(mode="after")
    def _names_rows_once(self) -> Self:
        if self.query is not None and self.layer is not None:
            raise ValueError("give 'layer' or 'query', not both")
        return self


class LayerSettings(TableSettings):
    """One layer of the study."""

    id: str | None = None
    """The source's column that names a feature (for a table: the parcel id)."""
    reference_date: MeantDay | None = None
    """The day of which the data is true; told with every answer that rests on it."""
    licence: str | None = None
    """Under which licence the data may be used; told in the outputs."""
    precision_m: float | None = Field(default=None, ge=0, le=_COARSEST_M)
    """Nominal precision, where it is not that of the ruleset. [m]"""
    coverage: SourceText = "auto"
    """The area that the layer speaks of: "auto", "complete" or "extent"; else a path, of a layer
    with that area. "auto" is what the layer fills, a raster's valid cells, or everywhere if it
    has features near."""
    silence: Literal["nothing", "unknown"] | None = None
    """What it means where the layer has no feature; the ruleset's when not given. "nothing" says of
    a register that all cases there are stand in it, and of a table of leases that a parcel which is
    not in it has none. A table without rows says nothing unless the study says so."""
    band: int | None = Field(default=None, ge=1)
    """The band of a raster that holds the values, from 1 on; needed where several do."""
    nodata: float | None = None
    """The cell that stands for missing, as the file holds it; goes before what the file says."""
    scale: float | None = None
    """A value is the cell times `scale` plus `offset`; None is as the file says, else 1."""
    offset: float | None = None
    """See `scale`; None is as the file says, else 0."""
    valid: tuple[float, float] | None = None
    """Values outside this range, in the layer's unit, are missing."""


class ParcelSettings(TableSettings):
    """The candidate parcels."""

    id: Names
    """The column, or the columns, that hold the id of a parcel."""
    repair_ids: bool = False
    """Number double and missing ids instead of refusing them."""
    most_vertices: int = Field(default=10_000, ge=100)
    """A parcel with more is named and left out before anything is computed of it, so that it cannot
    take the machine. Measured with a star of so many spikes, the worst that is known, in a whole
    run: 5,000 take 3 s and 0.4 GB, 10,000 take 15 s and 0.5 GB, 19,000 take 31 s and 0.7 GB."""
    reference_date: MeantDay | None = None
    """The day of which the parcels are true."""
    licence: str | None = None
    """Under which licence the parcels may be used."""


class MunicipalitySettings(TableSettings):
    """The municipalities."""

    code: str
    """The column with the code, such as GM0363; or with the name, where there are no codes."""
    name: str
    """The column with the name."""
    reference_date: MeantDay | None = None
    """The day of which the boundaries are true."""
    licence: str | None = None
    """Under which licence the boundaries may be used."""


class StudySettings(Model):
    """What is asked."""

    name: str
    """What the study is called in the outputs."""
    as_of: StudyDay
    """The day from which all dates count; the day of today is never read."""
    ruleset: str = "flexwonen-nl"
    """The name of a ruleset that ships, or the path of one relative to this file."""
    target_groups: list[str] | None = None
    """The target groups that count; all of the ruleset when not given."""
    not_assessed: list[str] = []
    """Layers and rules that are left out knowingly; every output names them."""
    language: Language = "nl"
    """The language of findings, labels and explanations in the outputs."""
    gemeenten: Annotated[list[str] | None, AfterValidator(_each_once)] = None
    """Codes or names of the municipalities that `fetch` fetches for and `run` ranks; all that have
    parcels when not given."""
    catalogue: SourceText | None = None
    """A catalogue that adds to the one that comes with flexruimte: a path relative to this file."""


class StudyFile(Model):
    """A study file as a whole."""

    study: StudySettings
    """What is asked."""
    placement: dict[str, int | float | str | list[str]] = {}
    """Placement parameters of the ruleset with another value, such as `required_years`."""
    parcels: ParcelSettings
    """Where the parcels are read from."""
    municipalities: MunicipalitySettings
    """Where the boundaries of the municipalities are read from."""
    layers: dict[str, LayerSettings] = {}
    """Where each layer is read from, by the name that the ruleset gives it."""
    decisions: TableSettings | None = None
    """Where decisions by people on parcels are read from: columns parcel_id, decision (in or out),
    reason and date."""

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
    if not is_unicode(path):
        raise StudyError(
            f"the path of study file {path} holds a name that is not UTF-8, and what lies below "
            "it cannot be opened; rename that folder or file"
        )
    document = read_toml(
        path, f"study file {path}", "give the path of a study.toml", error=StudyError
    )
    as_of = document.get("study", {}).get("as_of")
    if as_of is not None and not isinstance(as_of, dt.date):
        raise StudyError(
            f"{path.name}: [study.as_of] {as_of!r} is not a date; "
            "write it without quotes, as in as_of = 2026-01-01"
        )
    for table in ("parcels", "municipalities"):
        if table not in document and f"\n#[{table}]" in path.read_text(encoding="utf-8"):
            raise StudyError(
                f"{path}: [{table}] stands there as a question, behind #; take the # away from the "
                "lines that are right, and fill in what is '...'"
            )
    return validate(StudyFile, document, path.name, StudyError)
