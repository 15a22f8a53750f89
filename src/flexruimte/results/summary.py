"""summary.json: made of what was computed, written, and counted per status.

All that the outputs say about rules is in it. `flexruimte.results.summary_model` declares its
fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from flexruimte.assessment.pipeline import Assessment, Question
from flexruimte.assessment.question import absent_optional_layers
from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.funnel import funnel_rows
from flexruimte.results.rule_facts import (
    SQUARE_METRES_PER_HECTARE,
    criterion_facts,
    input_facts,
    rule_facts,
    site_type_titles,
)
from flexruimte.results.spread import spread_of
from flexruimte.results.summary_model import (
    AppliedDecision,
    Approximation,
    Counts,
    Decisions,
    MunicipalityFacts,
    NotAssessed,
    PlacementFacts,
    PriorityFacts,
    RegimeFacts,
    RulesetFacts,
    ScoreFacts,
    StudyFacts,
    Summary,
    ThemeFacts,
    TitledPart,
    Transformation,
)
from flexruimte.results.summary_rules import NamedPart
from flexruimte.results.versions import software_versions
from flexruimte.results.wgs84 import best_transformation
from flexruimte.rules.parts import Text
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.scoring import TargetGroup, Theme
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    HOMES,
    HOMES_HIGH,
    HOMES_LOW,
    HOMES_MID,
    PARCEL_ID,
    PRIORITY,
    RANK,
    RANKED_STATUSES,
    SITE_ID,
    STATUS,
    Status,
)

__all__ = ["summarise", "write_summary"]

_HOMES: Final = (HOMES, HOMES_LOW, HOMES_MID, HOMES_HIGH)


def summarise(
    assessment: Assessment,
    parcels: gpd.GeoDataFrame,
    locations: gpd.GeoDataFrame,
    findings: pd.DataFrame,
    timings: Mapping[str, float] | None = None,
) -> Summary:
    """Return the summary of a municipality.

    Parameters
    ----------
    assessment
        What was computed.
    parcels
        The same parcels, as `flexruimte.results.tables.parcel_table` makes them.
    locations
        The same land, as `flexruimte.results.tables.locations_of` makes it: homes are counted per
        location.
    findings
        Of the parcels, as `flexruimte.results.tables.finding_table` makes them.
    timings
        Seconds per step. [s]
    """
    question, ruleset = assessment.question, assessment.ruleset
    transformation = best_transformation()
    return Summary(
        study=_study(question),
        municipality=MunicipalityFacts(code=assessment.code, name=assessment.name),
        ruleset=_ruleset(ruleset),
        regimes=[_regime(ruleset, name, count) for name, count in assessment.regimes.items()],
        total=_counts(parcels, locations, homes_of=_ranked(locations)),
        status=_counts_by_status(parcels, locations),
        priorities=_priorities(ruleset, locations),
        funnel=funnel_rows(assessment, parcels, locations),
        sites_of_several_parcels=int(parcels[SITE_ID].nunique()),
        **_of_ranked(locations),
        without_score=int((locations[STATUS].isin(RANKED_STATUSES) & locations[RANK].isna()).sum()),
        **_gaps(assessment),
        decisions=_decisions(assessment, parcels),
        unmet_ids={name: unmet.count for name, unmet in (question.unmet_ids or {}).items()},
        inputs={name: input_facts(facts) for name, facts in assessment.inputs.items()},
        rules=rule_facts(assessment, findings),
        criteria=criterion_facts(assessment),
        groups=_titled(ruleset.groups),
        themes={
            name: ThemeFacts(**dict(titled), lowest=ruleset.themes[name].lowest or [])
            for name, titled in _titled(ruleset.themes).items()
        },
        score=ScoreFacts(**ruleset.score.model_dump()),
        spread=spread_of(locations[locations[RANK].notna()]),
        site_types=site_type_titles(ruleset),
        size_classes={name: size.title for name, size in ruleset.size_classes.items()},
        transformation=Transformation(
            name=transformation.name, accuracy_m=transformation.accuracy_m
        ),
        versions=software_versions(),
        timings_s={step: round(seconds, 3) for step, seconds in (timings or {}).items()},
    )


def write_summary(summary: Summary, path: str | Path) -> None:
    """Write a summary to a JSON file.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    document = summary.model_dump(mode="json", by_alias=True)
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    with atomic_write(path) as partial:
        partial.write_text(text + "\n", encoding="utf-8")


def _study(question: Question) -> StudyFacts:
    return StudyFacts(
        name=question.name,
        as_of=question.as_of,
        language=question.language,
        target_groups=question.groups,
        suitability_of="mean" if question.groups_named else "best_group",
    )


def _gaps(assessment: Assessment) -> dict[str, Any]:
    """Return the fields on what is left out, absent, approximated or cannot be read."""
    ruleset = assessment.ruleset
    return {
        "not_assessed": [
            NotAssessed(
                id=name,
                title=_title(ruleset, name),
                leaves_out=[key for key, cause in assessment.left_out.items() if cause == name],
            )
            for name in sorted(assessment.question.not_assessed)
        ],
        "absent": [NamedPart(id=name, title=_title(ruleset, name)) for name in assessment.absent],
        "optional_absent": [
            NamedPart(id=name, title=_title(ruleset, name))
            for name in absent_optional_layers(assessment.question)
        ],
        "approximated": {
            name: Approximation(title=ruleset.title_of_measure(name), how=how)
            for name, how in sorted(assessment.approximated.items())
        },
        "unread_plans": assessment.unread_plans,
    }


def _counts_by_status(parcels: pd.DataFrame, locations: pd.DataFrame) -> dict[Status, Counts]:
    areas = parcels[[STATUS, AREA, BUILDABLE_AREA]]  # of a hundred columns
    homes = locations[[STATUS, *_HOMES]]
    return {
        status: _counts(areas[areas[STATUS] == str(status)], homes[homes[STATUS] == str(status)])
        for status in Status
    }


def _ranked(locations: pd.DataFrame) -> pd.DataFrame:
    return locations[locations[STATUS].isin(RANKED_STATUSES)]


def _counts(
    parcels: pd.DataFrame, locations: pd.DataFrame, homes_of: pd.DataFrame | None = None
) -> Counts:
    """Return number and hectares of some parcels, and the locations and homes on them.

    In a total homes are those of the locations that are available or for attention, as everywhere.
    """
    return Counts(
        parcels=len(parcels),
        hectares=_hectares(parcels[AREA]),
        buildable_hectares=_hectares(parcels[BUILDABLE_AREA]),
        **_homes(locations if homes_of is None else homes_of) | {"locations": len(locations)},
    )


def _homes(locations: pd.DataFrame) -> dict[str, int]:
    """Return how many locations there are, and the homes on those where homes were counted."""
    return {"locations": len(locations), **{name: int(locations[name].sum()) for name in _HOMES}}


def _of_ranked(locations: pd.DataFrame) -> dict[str, Any]:
    """Return how many are ranked, how much half of them know at most, how many share a score."""
    ranked = locations.loc[locations[RANK].notna(), ["known_share", "score"]]
    known = float(ranked["known_share"].median())
    return {
        "ranked": len(ranked),
        "ranked_known_share": None if np.isnan(known) else round(known, 4),
        "sharing_a_score": int(ranked["score"].value_counts().max()) if len(ranked) else 0,
    }


def _priorities(ruleset: Ruleset, locations: pd.DataFrame) -> dict[str, PriorityFacts]:
    """Return the classes of priority with the ranked locations in each."""
    columns = locations[[PRIORITY, AREA, BUILDABLE_AREA, *_HOMES]]
    found = {}
    for name, priority in ruleset.priorities.items():
        inside = columns[columns[PRIORITY] == name]
        found[name] = PriorityFacts(
            title=priority.title,
            passes=priority.passes,
            refuses=ruleset.refusals(priority),
            most=priority.most,
            hectares=_hectares(inside[AREA]),
            buildable_hectares=_hectares(inside[BUILDABLE_AREA]),
            source=priority.source,
            basis=priority.basis,
            **_homes(inside),
        )
    return found


def _hectares(areas: pd.Series[Any]) -> float:
    return round(float(areas.sum()) / SQUARE_METRES_PER_HECTARE, 4)


def _titled(parts: Mapping[str, TargetGroup] | Mapping[str, Theme]) -> dict[str, TitledPart]:
    return {
        name: TitledPart(title=part.title, source=part.source, basis=part.basis)
        for name, part in parts.items()
    }


def _ruleset(ruleset: Ruleset) -> RulesetFacts:
    kept = set(PlacementFacts.model_fields)
    return RulesetFacts(
        name=ruleset.name,
        version=ruleset.version,
        title=ruleset.title,
        excluding_levels=list(ruleset.levels.excluding),
        placement={
            name: PlacementFacts(**parameter.model_dump(include=kept))
            for name, parameter in ruleset.placement.items()
        },
    )


def _regime(ruleset: Ruleset, regime_id: str, parcels: int) -> RegimeFacts:
    regime = ruleset.regimes[regime_id]
    return RegimeFacts(
        id=regime_id,
        title=regime.title,
        note=regime.note,
        lifts=regime.lifts,
        parcels=parcels,
        longest_years=regime.longest_years,
        source=regime.source,
        basis=regime.basis,
    )


def _title(ruleset: Ruleset, name: str) -> Text:
    """Return the title of a layer or a rule; its id where it is neither."""
    titled = ruleset.layers.get(name) or ruleset.rules.get(name)
    return Text(nl=name, en=name) if titled is None else titled.title


def _decisions(assessment: Assessment, parcels: pd.DataFrame) -> Decisions:
    """Return the decisions on these parcels, and how many are not in force yet."""
    columns = parcels[list(AppliedDecision.model_fields)]
    question = assessment.question
    here = question.decisions.on(parcels[PARCEL_ID].to_numpy(dtype=object), question.all_parcel_ids)
    applied = columns[columns["decision"].notna()].to_dict("records")
    return Decisions(
        applied=[AppliedDecision.model_validate(row) for row in applied],
        not_yet_in_force=here.later_than(question.as_of),
    )
