"""What was worked out after a run, for the page: what rules take, moves, targets.

It is read from the files that the analyses wrote, as views do not know analyses.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from flexruimte.errors import OutputError
from flexruimte.results.outputs import (
    RANKING,
    RELOCATION_FOLDER,
    RELOCATION_GEOJSON,
    TARGETS,
    TARGETS_FILLING,
    WHAT_IF,
)
from flexruimte.results.ranking_table import is_of_this_run
from flexruimte.wording.labels import label
from flexruimte.wording.messages import Language

__all__ = [
    "FILES_FOLLOWING",
    "follow_ups",
]

FILES_FOLLOWING = (
    RANKING,
    WHAT_IF,
    TARGETS,
    TARGETS_FILLING,
    RELOCATION_GEOJSON,
    "municipalities.csv",
    "stranded.csv",
    "locations.csv",
)
"""What `follow_ups` reads: in the folder of a run, and in that of the relocation."""


def follow_ups(out: Path, language: Language) -> dict[str, Any]:
    """Return what was worked out after a run; nothing of what is older than its ranking.

    Parameters
    ----------
    out
        Folder of the run.
    language
        Of words in it.

    Raises
    ------
    OutputError
        When a file is not as the analysis writes it.

    Returns
    -------
    dict of list
        `what_if`: what comes free without a rule, and with it one step `softer` (None where
        it cannot be), per municipality, ``*`` being all together; `said`, `moves`, `years` and
        `stranded` of the relocation; `targets`, and in rank order the locations that fill each,
        `filling`.
    """
    found: dict[str, Any] = {}
    try:
        if is_of_this_run(out, WHAT_IF):
            found["what_if"] = _what_if(out / WHAT_IF, language)
        if is_of_this_run(out, TARGETS):
            found["targets"] = _targets(out / TARGETS)
        if is_of_this_run(out, TARGETS_FILLING):
            found["filling"] = _filling(out / TARGETS_FILLING)
        if is_of_this_run(out, RELOCATION_GEOJSON):
            found |= _relocation(out, language)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(
            f"what follows from the run in {out} cannot be read: {error}; "
            "work it out again, or remove the file"
        ) from None
    return found


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows with plain values; None is what is not known."""
    records: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=10))
    return records


def _what_if(path: Path, language: Language) -> list[dict[str, Any]]:
    table = pd.read_csv(path, dtype={"gemeente_code": "string", "rule": "string"})
    columns = {
        "gemeente_code": "code",
        "rule": "rule",
        "only_hectares": "hectares",
        "only_locations": "locations",
        "only_homes": "homes",
        "only_best_homes": "best_homes",
    }
    softer = {
        "softer_level": "level",
        "softer_hectares": "hectares",
        "softer_locations": "locations",
        "softer_homes": "homes",
    }
    table["softer_level"] = [
        None if pd.isna(level) else label("level", str(level), language)
        for level in table["softer_level"]
    ]
    rows = _records(table[list(columns)].rename(columns=columns))
    for row, found in zip(rows, _records(table[list(softer)].rename(columns=softer)), strict=True):
        row["softer"] = found if found["level"] is not None else None
    return rows


def _targets(path: Path) -> list[dict[str, Any]]:
    table = pd.read_csv(path)
    table["short"] = table["short_homes"].where(table["status"].isin(["covered", "short"]))
    called = table.assign(place=table["place_title"])
    return _records(called[["target", "title", "place", "homes", "short"]])


def _filling(path: Path) -> list[dict[str, Any]]:
    table = pd.read_csv(path, dtype="string")
    columns = {"target": "target", "gemeente_code": "code", "parcel_id": "id"}
    return _records(table[list(columns)].rename(columns=columns))


def _relocation(out: Path, language: Language) -> dict[str, Any]:
    collection = json.loads((out / RELOCATION_GEOJSON).read_text(encoding="utf-8"))
    folder, text = out / RELOCATION_FOLDER, {"gemeente_code": "string", "parcel_id": "string"}
    years = pd.read_csv(folder / "municipalities.csv", dtype=text)
    stranded = pd.read_csv(folder / "stranded.csv", dtype=text)
    locations = pd.read_csv(folder / "locations.csv", dtype=text)
    code_of = dict(zip(locations["parcel_id"], locations["gemeente_code"], strict=True))
    moves = [
        {
            "code": code_of.get(feature["properties"]["from_id"]),
            "year": feature["properties"]["year"],
            "homes": feature["properties"]["homes"],
            "line": feature["geometry"]["coordinates"],
        }
        for feature in collection["features"]
        if feature["properties"]["kind"] == "move"
    ]
    return {
        "said": collection["said"],
        "moves": moves,
        "years": _records(
            years.rename(columns={"gemeente_code": "code"})[
                ["code", "year", "standing", "moved_out", "stranded"]
            ]
        ),
        "stranded": [
            {
                "id": row["parcel_id"],
                "year": row["year"],
                "homes": row["homes"],
                "reason": label("stranded", str(row["reason"]), language),
            }
            for row in _records(stranded)
        ],
    }
