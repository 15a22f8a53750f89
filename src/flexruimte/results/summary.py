"""summary.json: what was asked, what was found, on what evidence, and what is missing.

All that the outputs say about rules is here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from flexruimte.assessment.pipeline import Assessment
from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.rule_facts import (
    criterion_facts,
    layer_facts,
    rule_facts,
    site_type_titles,
    text_of,
)
from flexruimte.results.versions import software_versions
from flexruimte.results.wgs84 import best_transformation
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.scoring import TargetGroup, Theme
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    HOMES_HIGH,
    HOMES_LOW,
    HOMES_MID,
    PARCEL_ID,
    SITE_ID,
    STATUS,
    VERDICT_NAMES,
    Floats,
    Status,
)

__all__ = ["summarise", "write_summary"]

SQUARE_METRES_PER_HECTARE = 10_000
FORMAT = 1
"""Raised when a key changes its meaning."""


def summarise(
    assessment: Assessment,
    parcels: gpd.GeoDataFrame,
    locations: gpd.GeoDataFrame,
    timings: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """Return the summary of a municipality, ready for JSON.

    Parameters
    ----------
    assessment
        What was computed.
    parcels
        The same parcels, as `flexruimte.results.tables.parcel_table` makes them.
    locations
        The same land, as `flexruimte.results.tables.locations_of` makes it: homes are counted per
        location.
    timings
        Seconds per step. [s]
    """
    question, ruleset = assessment.question, assessment.ruleset
    rules = rule_facts(assessment)
    for facts in rules:
        facts["counts"] = _rule_counts(facts["id"], assessment.verdicts, parcels)
    return {
        "format": FORMAT,
        "study": {
            "name": question.name,
            "as_of": question.as_of.isoformat(),
            "language": question.language,
            "target_groups": question.groups,
        },
        "municipality": {"code": assessment.code, "name": assessment.name},
        "ruleset": _ruleset(ruleset),
        "regime": _regime(ruleset, assessment.regime),
        "total": _counts(parcels, locations),
        "status": _counts_by_status(parcels, locations),
        "sites_of_several_parcels": int(parcels[SITE_ID].nunique()),
        "not_assessed": [
            {
                "id": name,
                "title": _title(ruleset, name),
                "leaves_out": [key for key, cause in assessment.left_out.items() if cause == name],
            }
            for name in sorted(question.not_assessed)
        ],
        "absent": [{"id": name, "title": _title(ruleset, name)} for name in assessment.absent],
        "approximated": {
            name: {"title": text_of(ruleset.title_of_measure(name)), "how": how}
            for name, how in sorted(assessment.approximated.items())
        },
        "unread_plans": assessment.unread_plans,
        "decisions": _decisions(assessment, parcels),
        "inputs": {name: layer_facts(facts) for name, facts in assessment.inputs.items()},
        "rules": rules,
        "criteria": criterion_facts(assessment),
        "groups": _titles(ruleset.groups),
        "themes": _titles(ruleset.themes),
        "score": {
            "weights": ruleset.score.weights,
            "source": ruleset.score.source,
            "basis": str(ruleset.score.basis),
        },
        "site_types": site_type_titles(ruleset),
        "size_classes": {name: text_of(size.title) for name, size in ruleset.size_classes.items()},
        "transformation": {
            "name": best_transformation().name,
            "accuracy_m": best_transformation().accuracy_m,
        },
        "versions": software_versions(),
        "timings_s": {step: round(seconds, 3) for step, seconds in (timings or {}).items()},
    }


def write_summary(summary: Mapping[str, Any], path: str | Path) -> None:
    """Write a summary to a JSON file.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    with atomic_write(path) as partial:
        partial.write_text(
            json.dumps(summary, ensure_ascii=False, allow_nan=False, indent=1) + "\n",
            encoding="utf-8",
        )


def _counts_by_status(
    parcels: pd.DataFrame, locations: pd.DataFrame
) -> dict[str, dict[str, float | int]]:
    areas = parcels[[STATUS, AREA, BUILDABLE_AREA]]  # of hundreds of columns
    homes = locations[[STATUS, HOMES_LOW, HOMES_MID, HOMES_HIGH]]
    return {
        str(status): _counts(
            areas[areas[STATUS] == str(status)], homes[homes[STATUS] == str(status)]
        )
        for status in Status
    }


def _counts(parcels: pd.DataFrame, locations: pd.DataFrame) -> dict[str, float | int]:
    """Return number and hectares of some parcels, and the homes of some locations (not of what was not counted)."""
    homes = {name: int(locations[name].sum()) for name in (HOMES_LOW, HOMES_MID, HOMES_HIGH)}
    return {
        "parcels": len(parcels),
        "hectares": _hectares(parcels[AREA]),
        "buildable_hectares": _hectares(parcels[BUILDABLE_AREA]),
        **homes,
    }


def _hectares(areas: pd.Series[Any] | Floats) -> float:
    return round(float(areas.sum()) / SQUARE_METRES_PER_HECTARE, 4)


def _rule_counts(rule_id: str, verdicts: pd.DataFrame, parcels: pd.DataFrame) -> dict[str, Any]:
    """Return how often a rule says what, and how much land it covers."""
    counts: dict[str, Any] = dict.fromkeys(("yes", "no", "unknown"), 0)
    covered = f"covered_m2_{rule_id}"
    if rule_id in verdicts:
        answers = verdicts[rule_id].to_numpy()
        counts.update(
            {name: int((answers == answer).sum()) for answer, name in VERDICT_NAMES.items()}
        )
    counts["left_out"] = 0 if rule_id in verdicts else len(parcels)
    if covered in parcels:
        areas = parcels[covered].to_numpy()
        known = areas[~np.isnan(areas)]
        counts["covered_hectares"] = _hectares(known) if len(known) else None
        counts["edges"] = int(parcels[f"edge_{rule_id}"].to_numpy().sum())
    return counts


def _titles(parts: Mapping[str, TargetGroup] | Mapping[str, Theme]) -> dict[str, Any]:
    return {
        name: {"title": text_of(part.title), "source": part.source, "basis": str(part.basis)}
        for name, part in parts.items()
    }


def _ruleset(ruleset: Ruleset) -> dict[str, Any]:
    parameters = {
        name: {
            "title": text_of(p.title),
            "value": p.value,
            "unit": p.unit,
            "source": p.source,
            "basis": str(p.basis),
        }
        for name, p in ruleset.placement.items()
    }
    return {
        "name": ruleset.name,
        "version": ruleset.version,
        "title": text_of(ruleset.title),
        "excluding_levels": [str(level) for level in ruleset.levels.excluding],
        "placement": parameters,
    }


def _regime(ruleset: Ruleset, regime_id: str | None) -> dict[str, Any] | None:
    if regime_id is None:
        return None
    regime = ruleset.regimes[regime_id]
    return {
        "id": regime_id,
        "title": text_of(regime.title),
        "longest_years": regime.longest_years,
        "source": regime.source,
        "basis": str(regime.basis),
    }


def _title(ruleset: Ruleset, name: str) -> dict[str, str] | None:
    """Return the title of a layer or a rule."""
    titled = ruleset.layers.get(name) or ruleset.rules.get(name)
    return {"nl": name, "en": name} if titled is None else text_of(titled.title)


def _decisions(assessment: Assessment, parcels: pd.DataFrame) -> dict[str, Any]:
    """Return the decisions on these parcels, and how many are not in force yet."""
    columns = parcels[[PARCEL_ID, "decision", "decision_reason", "decision_date", STATUS]]
    rows = assessment.question.decisions.rows
    here = rows[rows.index.isin(parcels[PARCEL_ID])]
    return {
        "applied": columns[columns["decision"].notna()].to_dict("records"),
        "not_yet_in_force": int((here["date"] > np.datetime64(assessment.question.as_of)).sum()),
    }
