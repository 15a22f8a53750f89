"""What is known of datasets in the world: names of files, layers and columns. The data is TOML."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any, Literal

from flexruimte.rules.parts import Geometry, Model, Scalar

__all__ = ["Extract", "GmlSchema", "Known", "KnownDataset", "OtherDataset", "known"]


class KnownDataset(Model):
    """How a dataset of a study is found in the world."""

    serves: Literal["layer", "parcels", "municipalities", "decisions"] = "layer"
    geometry: Geometry | None = None
    """Of what is no layer; the ruleset says it of layers."""
    names: list[str] = []
    """Whole names of files and layers."""
    fields: dict[str, list[str]] = {}
    """By field what services and files call it, beside the field's own name."""
    telling: list[str] = []
    """Columns that hardly any other dataset has."""
    words: bool = False
    """Whether the words of its lists tell it apart from everything else."""
    also: list[str] = []
    """Datasets of which words stand in it too."""
    looks: dict[str, str] = {}
    """By field a regular expression that all its values match."""
    values: dict[str, dict[str, Scalar]] = {}
    """By field what spellings of an extract stand for."""
    elsewhere: dict[str, list[str]] = {}
    """By field words that belong in another one."""
    before: dict[str, str] = {}
    """By field of a day the field of a later one."""
    days_of: dict[str, dict[str, str]] = {}
    """By column that says of which kind a row is: its word = the field of the day that it has."""
    columns: list[str] = []
    """Further columns that begin as one that is read: cut off, they cannot be told apart."""
    without: dict[str, Scalar] = {}
    """Constants for fields that an extract of a known kind does not have."""
    without_when: list[str] = []
    """Columns by which that extract is known."""


class OtherDataset(Model):
    """Something that is in many folders and that no ruleset reads."""

    names: list[str]
    words: list[str] = []
    """Words that only it has."""
    serves: str | None = None
    """The dataset in whose place it may be used, if a person says so."""
    columns: list[str] = []
    """Columns of which it has one."""
    field: dict[str, list[str]] = {}
    """By field of that dataset the columns here."""
    constants: dict[str, Scalar] = {}
    """What has to be assumed for that."""
    without: dict[str, list[str]] = {}
    """By column values of rows that are left out for that."""


class GmlSchema(Model):
    """A kind of GML of which GDAL has to be told which geometry counts."""

    schema_: str
    """The address of its schema, as it stands in the file."""
    template: str
    """The template that ships, as a study names it."""
    elements: dict[str, str]
    """By the element of a feature, which is the name of the layer, what it is called here."""


class Extract(Model):
    """A kind of archive that GDAL reads as a whole, by its name."""

    file: str
    """A regular expression of its name, with a group that says which objects are in it."""
    names: dict[str, str]
    """By that group what the objects are called here."""
    where: str
    """The rows that are in force."""


class Known(Model):
    """All that is known."""

    datasets: dict[str, KnownDataset]
    others: dict[str, OtherDataset]
    gml: dict[str, GmlSchema]
    extracts: dict[str, Extract]
    empty: frozenset[str]
    """Words in names that say nothing."""
    ends: list[str]
    """Columns that say when an object ended."""
    coordinates: list[tuple[str, str]]
    """Columns of tables that hold x and y."""
    neutral: frozenset[str]
    """Words in names that say who made a file, for whom or for where, and not what it holds."""
    doubtful: frozenset[str]
    """Words in names that say that it is another thing, or a part of it."""


@cache
def known() -> Known:
    """Return what is known, read once.

    Examples
    --------
    >>> known().datasets["natura2000"].telling[0]
    'naam_n2k'
    """
    folder = resources.files("flexruimte.study.new_study.recognition") / "known"
    parts: dict[str, Any] = {}
    for name in ("datasets", "others", "gml", "words"):
        parts |= tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    for schema in parts["gml"].values():
        schema["schema_"] = schema.pop("schema")
    return Known.model_validate(parts)
