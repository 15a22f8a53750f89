"""What was worked out after a run, for the report of one municipality: what if, and where to next.

It is read from the files that the analyses wrote, as views do not know analyses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from flexruimte.errors import OutputError
from flexruimte.results.outputs import (
    RELOCATION_FOLDER,
    RELOCATION_GEOJSON,
    WHAT_IF,
    WHAT_IF_VARIANTS,
)
from flexruimte.results.ranking_table import is_of_this_run
from flexruimte.vocabulary import PARCEL_ID
from flexruimte.wording.labels import label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import distance_text, quantity_text

__all__ = ["FILES_FOLLOWING", "NOTHING", "FollowUps", "Freed", "Variant", "follow_ups_by_code"]

_SUCCESSORS: Final = f"{RELOCATION_FOLDER}/successors.csv"
_STRANDED: Final = f"{RELOCATION_FOLDER}/stranded.csv"
_LOCATIONS: Final = f"{RELOCATION_FOLDER}/locations.csv"
FILES_FOLLOWING: Final = (WHAT_IF, WHAT_IF_VARIANTS, RELOCATION_GEOJSON)
"""Without any of these nothing follows from a run."""
_IDS: Final = {
    "gemeente_code": "string",
    PARCEL_ID: "string",
    "from_id": "string",
    "to_id": "string",
    "variant": "string",
    "title": "string",
}


@dataclass(frozen=True)
class Freed:
    """What comes free where one rule is switched off."""

    title: str
    """Of the rule."""
    hectares: float
    locations: int
    """More than there are, or fewer where neighbours become one; homes likewise."""
    homes: int
    best_homes: int | None
    """In the best class of priority; None where there is none."""


@dataclass(frozen=True)
class Variant:
    """What another choice gives."""

    title: str
    hectares: float
    locations: int
    homes: int
    best_locations: int
    """In the best class of priority."""
    best_homes: int


@dataclass(frozen=True)
class FollowUps:
    """What was worked out for one municipality; empty where it was not."""

    freed: list[Freed] = field(default_factory=list)
    """By rule, what frees most first."""
    variants: list[Variant] = field(default_factory=list)
    """The study as it is comes first."""
    moves: Mapping[str, list[str]] = field(default_factory=dict)
    """Sentences on where the homes of a location go next, by its id."""
    is_planned: bool = False
    """Whether there is a plan of moves."""
    standing: frozenset[str] = frozenset()
    """Locations on which homes stand in that plan, at whatever time."""


NOTHING: Final = FollowUps()


def follow_ups_by_code(out: Path, language: Language) -> dict[str, FollowUps]:
    """Return what was worked out after a run, by code of the municipality.

    Parameters
    ----------
    out
        Folder of the run. What is older than its ranking is left out.
    language
        Of sentences.

    Raises
    ------
    OutputError
        When a file is not as the analysis writes it.
    """
    try:
        freed = _tables(out, WHAT_IF, WHAT_IF, _freed)
        variants = _tables(out, WHAT_IF_VARIANTS, WHAT_IF_VARIANTS, _variants)
        standing = _tables(out, RELOCATION_GEOJSON, _LOCATIONS, _standing)
        moves = _moves(out, language) if standing else {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(
            f"what follows from the run in {out} cannot be read: {error}; "
            "work it out again, or remove the file"
        ) from None
    return {
        code: FollowUps(
            freed.get(code, []),
            variants.get(code, []),
            {name: moves[name] for name in standing.get(code, ()) if name in moves},
            code in standing,
            frozenset(standing.get(code, ())),
        )
        for code in {*freed, *variants, *standing}
    }


def _tables(out: Path, sign: str, name: str, made: Any) -> dict[str, Any]:
    """Return what is made of the rows of each municipality in a file; nothing of an older one."""
    if not is_of_this_run(out, sign):
        return {}
    table = pd.read_csv(out / name, dtype=_IDS)
    return {str(code): made(rows) for code, rows in table.groupby("gemeente_code", sort=False)}


def _freed(rows: pd.DataFrame) -> list[Freed]:
    known = rows[rows["only_hectares"] > 0]
    known = known.sort_values("only_hectares", ascending=False, kind="stable")
    columns = ["title", "only_hectares", "only_locations", "only_homes", "only_best_homes"]
    return [
        Freed(
            str(title),
            float(hectares),
            int(locations),
            int(homes),
            None if pd.isna(best) else int(best),
        )
        for title, hectares, locations, homes, best in known[columns].itertuples(
            index=False, name=None
        )
    ]


def _variants(rows: pd.DataFrame) -> list[Variant]:
    columns = ["title", "hectares", "locations", "homes", "best_locations", "best_homes"]
    known = rows[columns].dropna(subset=["hectares"]).fillna(0)
    return [
        Variant(str(title), float(hectares), *map(int, counts))
        for title, hectares, *counts in known.itertuples(index=False, name=None)
    ]


def _standing(rows: pd.DataFrame) -> list[str]:
    """Return the locations on which homes are placed first, or arrive later."""
    ids: list[str] = rows[PARCEL_ID][rows["placed"] + rows["arrived"] > 0].tolist()
    return ids


def _moves(out: Path, language: Language) -> dict[str, list[str]]:
    """Return what is said of the next place of the homes of each location, by year."""
    said: dict[str, list[str]] = {}
    successors = pd.read_csv(out / _SUCCESSORS, dtype=_IDS)
    for row in successors.sort_values("year", kind="stable").to_dict("records"):
        sentence = message(
            "report-move",
            language,
            year=str(row["year"]),
            homes=quantity_text(int(row["homes"]), "homes", language),
            count=int(row["homes"]),
            location=str(row["to_id"]),
            distance=distance_text(float(row["distance_m"]), language),
            where=label("search", str(row["level"]), language),
        )
        said.setdefault(str(row["from_id"]), []).append(sentence)
    stranded = pd.read_csv(out / _STRANDED, dtype=_IDS)
    by = [PARCEL_ID, "year", "reason"]
    lost = pd.DataFrame(stranded.groupby(by, as_index=False, sort=True)["homes"].sum())
    for row in lost.to_dict("records"):
        sentence = message(
            "report-stranded",
            language,
            year=str(row["year"]),
            homes=quantity_text(int(row["homes"]), "homes", language),
            count=int(row["homes"]),
            reason=label("stranded", str(row["reason"]), language),
        )
        said.setdefault(str(row[PARCEL_ID]), []).append(sentence)
    return said
