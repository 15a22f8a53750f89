"""The record beside a file that was fetched: what it is, where it is from, and how it was asked."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import Field, ValidationError

from flexruimte.errors import LayerError, enumerate_some, redacted
from flexruimte.evidence.fetching.tiles import covered
from flexruimte.evidence.sources import Source, Window
from flexruimte.evidence.sources.addresses import locate
from flexruimte.rules.parts import Day, Model
from flexruimte.rules.study_file import LayerSettings, MunicipalitySettings, ParcelSettings

__all__ = [
    "Provenance",
    "path_of_record",
    "read_provenance",
    "refuse_beyond_fetched",
    "sha256_of",
    "with_provenance",
]

Settings = TypeVar("Settings", LayerSettings, MunicipalitySettings, ParcelSettings)

_ENDING: Final = ".provenance.json"


class Provenance(Model):
    """What is known of a file that was fetched."""

    dataset: str
    protocol: str
    address: str
    """Of the service, without passwords and keys."""
    layer: str | None = None
    query: str
    """How the service was asked for the first part, without passwords and keys."""
    question: str
    """A digest of what was asked: of the service and of what is made of its fields."""
    windows: list[tuple[float, float, float, float]]
    """Left, bottom, right and top of what was asked for, in RD New; empty is everything. [m]"""
    municipalities: list[str]
    """Codes of those that it was fetched for; empty is all."""
    moment: dt.datetime
    features: int | None
    """None of a raster."""
    sha256: str
    bytes: int
    licence: str
    attribution: str
    reference_date: Day
    """The service's, else the day of fetching."""
    schema_confirmed: bool
    """Whether the service said which fields it has, and those of the catalogue are among them."""
    empty_here: list[str] = Field(default=[])
    """Layers of the service that gave nothing for a window. It was asked whether they hold anything
    at all, and they do."""
    silence: dict[str, str]
    """What it means where there is no record."""
    software: str

    def write(self, path: Path) -> None:
        """Write the record to a path."""
        said = self.model_dump(mode="json")
        for name in ("address", "query"):
            said[name] = redacted(said[name])
        path.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def path_of_record(file: Path) -> Path:
    """Return where the record of a file is.

    Examples
    --------
    >>> path_of_record(Path("data/nnn.gpkg")).name
    'nnn.gpkg.provenance.json'
    """
    return file.with_name(f"{file.name}{_ENDING}")


def read_provenance(file: Path) -> Provenance | None:
    """Return the record of a file; None where there is none, or it is of another file.

    Whether it is this file is told by its size.
    """
    try:
        said: Any = json.loads(path_of_record(file).read_text("utf-8"))
        record = Provenance.model_validate(said)
        return record if file.stat().st_size == record.bytes else None
    except (OSError, ValueError, ValidationError):
        return None


def with_provenance(settings: Settings, folder: Path) -> Settings:
    """Return settings with reference date and licence of a source that was fetched.

    What the study says itself stays.

    Parameters
    ----------
    folder
        What the source is relative to.
    """
    if settings.dataset is None or None not in (settings.reference_date, settings.licence):
        return settings
    record = read_provenance(Path(locate(settings.source, folder)))
    if record is None:
        return settings
    return settings.model_copy(
        update={
            "reference_date": settings.reference_date or record.reference_date,
            "licence": settings.licence or record.licence,
        }
    )


def refuse_beyond_fetched(source: Source, window: Window) -> None:
    """Refuse to read a source where it was not fetched: it would look as if nothing is there.

    Parameters
    ----------
    window
        What is going to be read, in RD New. [m]

    Raises
    ------
    LayerError
        When the source was fetched, for another place or not so far around.
    """
    if source.settings.dataset is None:
        return
    record = read_provenance(Path(locate(source.settings.source, source.folder)))
    if record is not None and not covered(window, record.windows):
        of = f" for {enumerate_some(record.municipalities)}" if record.municipalities else ""
        raise LayerError(
            f"{source.label} was fetched{of} and does not reach as far as is read now; give "
            "flexruimte fetch again, for the municipalities that are ranked"
        )


def sha256_of(file: Path) -> str:
    """Return the digest of a file, in hexadecimals."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
