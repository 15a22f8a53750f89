"""The data of one municipality for the map: scripts that a page loads on demand.

A page that is opened from a folder may not fetch a file, but may load a script: each is one call of
a function of the page, with JSON as its argument.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.land_shapes import LandShapes
from flexruimte.assessment.pipeline import Assessment
from flexruimte.assessment.sites import OWNER
from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.column_titles import owner_titles
from flexruimte.results.finding_text import topic_of
from flexruimte.results.findings import too_little
from flexruimte.results.json_text import to_json
from flexruimte.results.outputs import OutputContent
from flexruimte.results.sentences import known_or_none, term_text
from flexruimte.results.summary_model import Summary
from flexruimte.results.summary_rules import RuleFacts
from flexruimte.results.tables import BUILDABLE_GEOMETRY, joined_ids, locations_of
from flexruimte.views.accounts import is_open_term, not_known, sources, why_nothing
from flexruimte.views.links import dossier_anchor
from flexruimte.views.report.sites import shortlist_of
from flexruimte.views.web.scoring import (
    beside_each_other,
    exact_criteria,
    id_order,
    neighbours_by_suitability,
    rules_that_can_be_switched,
    scoring_model,
)
from flexruimte.views.web.shapes import bounds_of, encoded_shapes
from flexruimte.views.web.taken_land import rules_with_land, taken_land
from flexruimte.vocabulary import (
    AREA,
    BEST_GROUP,
    BUILDABLE_AREA,
    COVERED_AREA,
    EDGE,
    FINDING,
    HOMES,
    HOMES_HIGH,
    HOMES_LOW,
    HOMES_MID,
    KEPT_OUT_BY,
    LAYOUT_KINDS,
    LEFT_FREE,
    PARCEL_ID,
    PARCEL_IDS,
    PRIORITY,
    RANK,
    RULE,
    SCORE_KNOWN_SHARE,
    SITE_ID,
    STATUS,
    TERM_END,
    TERM_START,
    TERM_YEARS,
    THEMES,
    VERDICT,
    Booleans,
    Geometries,
    Status,
)
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message

__all__ = ["HEAD", "head_of", "municipality_scripts", "script", "write_municipality"]

HEAD: Final = ".json"
"""Ending of the file that says what the page shows of a municipality before it is chosen."""
_OTHERS_M: Final = 0.3
"""A parcel that is no location is drawn with this tolerance. [m]"""
_TAKEN: Final = 2
"""In the list of findings: the rule says yes, and takes a part of the parcel."""
_LITTLE: Final = 3
"""... or covers too little to count, or land that is left free."""
_VERDICTS: Final = {"no": 0, "unknown": 1, "yes": _TAKEN}


def write_municipality(content: OutputContent, assessment: Assessment, path: Path) -> None:
    """Write what the map shows of a municipality.

    Five files: ``.json`` with what is shown before it is chosen, ``.js`` with the locations,
    ``-parcels.js`` with every other parcel, ``-layout.js`` with the homes as they were laid out,
    ``-land.js`` with the land that each rule takes.

    Parameters
    ----------
    content
        What the files of the municipality are made of.
    assessment
        The same, before rounding.
    path
        Where: a folder and the name of the municipality's folder, without an ending.

    Raises
    ------
    OutputError
        When a file cannot be written.
    """
    written = municipality_scripts(content, assessment)
    # Last: where it is, the others are.
    written[HEAD] = to_json(head_of(content, path.name))
    for ending, text in written.items():
        with atomic_write(path.with_name(f"{path.name}{ending}"), durable=False) as partial:
            partial.write_text(text, encoding="utf-8")


def municipality_scripts(
    content: OutputContent, assessment: Assessment, *, others: bool = True
) -> dict[str, str]:
    """Return the scripts with the data of a municipality, by the ending of their file.

    Parameters
    ----------
    content, assessment
        As `write_municipality` takes them.
    others
        Whether the parcels that are no location are there too, and the land that rules take there.
    """
    code = content.summary.municipality.code
    land = locations_of(content.parcels, content.sites if len(content.sites) else None)
    told = land if others else land.iloc[:0]
    excluded = told[(told[STATUS] == str(Status.EXCLUDED)).to_numpy()]
    taken = assessment.land_shapes if others else _land_of_locations(assessment)
    of_town = _locations(content, assessment, land) | {"land": rules_with_land(taken)}
    return {
        ".js": script("municipality", code, of_town),
        "-parcels.js": script("parcels", code, _other_parcels(content, excluded)),
        "-layout.js": script("layout", code, _layout(content)),
        "-land.js": script("land", code, _taken_land(assessment, taken, excluded)),
    }


def script(function: str, *values: Any) -> str:
    r"""Return a script that hands values to a function of the page; no text in it can be markup.

    Examples
    --------
    >>> script("municipality", "GM1", {"name": "</script>"})
    'flexruimte.municipality("GM1",{"name":"\\u003c/script>"});\n'
    """
    said = ",".join(to_json(value).replace("<", "\\u003c") for value in values)
    return f"flexruimte.{function}({said});\n"


def _simple(shapes: Geometries, tolerance_m: float) -> Geometries:
    """Return shapes with fewer vertices; those that would vanish as they are."""
    simple = shapely.simplify(shapes, tolerance_m)
    return np.where(shapely.is_empty(simple), shapes, simple)


def head_of(content: OutputContent, folder: str) -> dict[str, Any]:
    """Return what the page shows of a municipality before it is chosen, but for its boundary.

    Parameters
    ----------
    content
        What the files of the municipality are made of.
    folder
        What the files of its data begin with.
    """
    summary = content.summary
    return {
        "code": summary.municipality.code,
        "name": summary.municipality.name,
        "file": folder,
        "language": summary.study.language,
        "ranked": summary.ranked,
        "parcels": summary.total.parcels,
        "hectares": _status_hectares(summary),
        "priorities": [
            {
                "id": name,
                "title": in_language(facts.title, summary.study.language),
                "locations": facts.locations,
                "homes": facts.homes,
                "hectares": facts.buildable_hectares,
            }
            for name, facts in summary.priorities.items()
        ],
    }


def _status_hectares(summary: Summary) -> dict[str, float]:
    return {str(status): counts.hectares for status, counts in summary.status.items()}


def _locations(
    content: OutputContent, assessment: Assessment, land: pd.DataFrame
) -> dict[str, Any]:
    """Return what the map shows of a municipality as a whole and of its listed locations."""
    summary, listed = content.summary, content.locations
    language = summary.study.language
    at = pd.Index(land[PARCEL_ID]).get_indexer(pd.Index(listed[PARCEL_ID]))
    columns = [name for name in (OWNER, "plans", BUILDABLE_GEOMETRY) if name in land]
    more = pd.DataFrame(land)[columns].iloc[at]
    parcels, left = np.asarray(listed["parcel"]), np.asarray(more[BUILDABLE_GEOMETRY])
    ids = listed[PARCEL_ID]
    themes = [name for name in THEMES if name in summary.themes or name == "suitability"]
    numbers = (
        RANK, "score", "score_low", "score_high", SCORE_KNOWN_SHARE, TERM_YEARS, AREA,
        BUILDABLE_AREA, HOMES, HOMES_LOW, HOMES_MID, HOMES_HIGH, "known_share",
        *themes, *(f"suitability_{group}" for group in summary.study.target_groups),
    )  # fmt: skip
    findings = _findings(content, listed)
    terms = known_or_none(listed[TERM_YEARS])
    said, term_texts = pd.factorize(np.array(_terms(listed, summary, language), dtype=object))
    return {
        "bounds": bounds_of(parcels),
        "why_empty": "" if summary.ranked else why_nothing(summary, language),
        "facts": _facts(summary, language),
        "rules": _rules(content, assessment),
        "criteria": [
            {
                "id": facts.id,
                "title": in_language(facts.title, language),
                "left_out": facts.left_out is not None,
            }
            for facts in summary.criteria
        ],
        "model": scoring_model(assessment),
        "site_types": _titles(summary.site_types, language),
        "terms": term_texts.tolist(),
        "locations": {
            "id": ids.astype(str).tolist(),
            "parcels": [joined_ids(each) for each in listed[PARCEL_IDS]],
            "id_order": id_order(ids),
            STATUS: listed[STATUS].astype(str).tolist(),
            PRIORITY: _texts(listed[PRIORITY]),
            BEST_GROUP: _texts(listed[BEST_GROUP]),
            KEPT_OUT_BY: [joined_ids(each) for each in listed[KEPT_OUT_BY]],
            "site_type": _texts(listed["site_type"]),
            "owner": _texts(more[OWNER]) if OWNER in more else [None] * len(listed),
            "term_said": said.tolist(),
            "term_is_open": [is_open_term(years, summary) for years in terms],
            "decision": _texts(listed["decision"]),
            "decision_reason": _texts(listed["decision_reason"]),
            "plans": _texts(more["plans"]),
            "dossier": _dossiers(content),
            **{name: _numbers(listed[name]) for name in numbers if name in listed},
        },
        "lifted": _lifted(listed, findings, summary),
        "exact": exact_criteria(assessment, ids),
        "beside": beside_each_other(assessment, ids),
        "neighbours": neighbours_by_suitability(assessment),
        "findings": findings,
        "shapes": encoded_shapes(parcels),
        "buildable": encoded_shapes(left),
    }


def _dossiers(content: OutputContent) -> list[str | None]:
    """Return where in the page of dossiers each location is; None of one without a dossier."""
    there = set(shortlist_of(content)[PARCEL_ID])
    return [
        dossier_anchor(each) if each in there else None for each in content.locations[PARCEL_ID]
    ]


def _terms(listed: pd.DataFrame, summary: Summary, language: Language) -> list[str]:
    """Return how long the land of each location is free, as the dossiers say it."""
    columns = (known_or_none(listed[name]) for name in (TERM_YEARS, TERM_START, TERM_END))
    return [
        term_text(years, start, end, summary, language)
        for years, start, end in zip(*columns, strict=True)
    ]


def _lifted(listed: pd.DataFrame, findings: dict[str, Any], summary: Summary) -> list[int]:
    """Return which locations are on the list by a decision alone, by position."""
    excluding = [facts.excludes for facts in summary.rules]
    decided = (listed["decision"].astype(object) == "in").to_numpy()
    ends = np.cumsum(findings["count"])
    found = []
    for at in np.flatnonzero(decided).tolist():
        rows = range(int(ends[at] - findings["count"][at]), int(ends[at]))
        if any(
            excluding[findings["rule"][row]] and findings["verdict"][row] != _TAKEN for row in rows
        ):
            found.append(at)
    return found


def _land_of_locations(assessment: Assessment) -> LandShapes:
    """Return the land that rules take from parcels that are a location, or part of one."""
    parcels, land = assessment.parcels, assessment.land_shapes
    listed = (parcels[STATUS] != str(Status.EXCLUDED)) | parcels[SITE_ID].notna()
    return land.where(listed.to_numpy()[land.of])


def _taken_land(assessment: Assessment, land: LandShapes, others: pd.DataFrame) -> dict[str, Any]:
    """Return the land that each rule takes from parcels."""
    at = pd.Index(others[PARCEL_ID]).get_indexer(pd.Index(assessment.parcels[PARCEL_ID]))
    return taken_land(land, np.asarray(assessment.parcels.geometry), at)


def _other_parcels(content: OutputContent, others: pd.DataFrame) -> dict[str, Any]:
    """Return what the map shows of every parcel that is no location, and part of none."""
    shapes = np.asarray(others["geometry"])
    return {
        "id": others[PARCEL_ID].astype(str).tolist(),
        AREA: _numbers(others[AREA]),
        "owner": _texts(others[OWNER]) if OWNER in others else [None] * len(others),
        "decision": _texts(others["decision"]),
        "decision_reason": _texts(others["decision_reason"]),
        "findings": _findings(content, others),
        "shapes": encoded_shapes(_simple(shapes, _OTHERS_M)),
    }


def _layout(content: OutputContent) -> dict[str, Any]:
    """Return the homes of ranked locations as they were laid out."""
    listed = content.locations
    ranked = listed[PARCEL_ID][listed[RANK].notna().to_numpy()]
    at = pd.Index(ranked.astype(str)).get_indexer(pd.Index(content.layout[PARCEL_ID].astype(str)))
    rows = at >= 0
    kinds = pd.Index(LAYOUT_KINDS).get_indexer(pd.Index(content.layout["kind"][rows]))
    return {
        "kinds": list(LAYOUT_KINDS),
        "location": at[rows].tolist(),
        "kind": kinds.tolist(),
        "shapes": encoded_shapes(np.asarray(content.layout.geometry)[rows]),
    }


def _findings(content: OutputContent, locations: pd.DataFrame) -> dict[str, Any]:
    """Return what rules found on locations: a no, no answer, or land that they cover.

    Returns
    -------
    dict of list
        `texts`, each once; `count`, how many there are of each location; and of each `rule` (its
        position), `verdict` (0 no, 1 unknown, 2 takes a part, 3 covers
        too little to count, or land that is left free) and `text` (its position).
    """
    found, ids = content.findings, locations[PARCEL_ID]
    order = pd.Index([facts.id for facts in content.summary.rules])
    at = pd.Index(ids.astype(str)).get_indexer(pd.Index(found[PARCEL_ID].astype(str)))
    rule = order.get_indexer(pd.Index(found[RULE].astype(str)))
    verdict = found[VERDICT].map(_VERDICTS).to_numpy(dtype=np.int64)
    little = too_little(found, locations, at, content.summary)
    little |= ((found[LEFT_FREE] > 0) & (found[VERDICT] == "yes")).to_numpy()
    verdict = np.where(little, _LITTLE, verdict)
    told = _is_told(content) | little | (verdict == _VERDICTS["unknown"])
    rows = np.flatnonzero((at >= 0) & (rule >= 0) & told)
    rows = rows[np.lexsort([rule[rows], at[rows]])]
    codes, texts = pd.factorize(found[FINDING].iloc[rows].fillna(""))
    return {
        "texts": [str(text) for text in texts],
        "count": np.bincount(at[rows], minlength=len(ids)).tolist(),
        "rule": rule[rows].tolist(),
        "verdict": verdict[rows].tolist(),
        "text": codes.tolist(),
    }


def _rules(content: OutputContent, assessment: Assessment) -> list[dict[str, Any]]:
    language = content.summary.study.language
    switched = set(rules_that_can_be_switched(assessment))
    of_parcels = content.findings[PARCEL_ID].isin(content.parcels[PARCEL_ID])
    hits = content.findings[RULE][(_is_told(content) & of_parcels.to_numpy())].value_counts()
    return [
        {
            **_rule(facts, language),
            "can_be_switched": facts.id in switched,
            "parcels": int(hits.get(facts.id, 0)),
        }
        for facts in content.summary.rules
    ]


def _is_told(content: OutputContent) -> Booleans:
    """Return which findings say no, or take a part of a parcel. (m,) bool"""
    found = content.findings
    excluding = [facts.id for facts in content.summary.rules if facts.excludes]
    takes = found[RULE].isin(excluding) & (found[COVERED_AREA].fillna(0.0) > 0) & ~found[EDGE]
    return np.asarray((found[VERDICT] == "no") | ((found[VERDICT] == "yes") & takes), dtype=bool)


def _rule(facts: RuleFacts, language: Language) -> dict[str, Any]:
    return {
        "id": facts.id,
        "title": in_language(facts.title, language),
        "topic": topic_of(facts, language),
        "level": str(facts.level),
        "level_label": label("level", str(facts.level), language),
        "condition": label("condition", str(facts.condition), language),
        "excludes": facts.excludes,
        "on_land": facts.kind == "land",
        "left_out": facts.left_out is not None,
        "source": facts.source,
        "basis": label("basis", str(facts.basis), language),
        "advice": in_language(facts.advice, language),
        "layers": [
            {
                "title": in_language(layer.title, language),
                "date": layer.reference_date and layer.reference_date.isoformat(),
                "present": layer.present,
            }
            for layer in facts.layers
        ],
    }


def _facts(summary: Summary, language: Language) -> dict[str, Any]:
    """Return what holds for all locations: the study, what is not known, where data come from."""
    found, licence = sources(summary, language)
    return {
        "study": summary.study.name,
        "as_of": summary.study.as_of.isoformat(),
        "ruleset": summary.ruleset.name,
        "ruleset_version": summary.ruleset.version,
        "version": summary.versions.get("flexruimte", ""),
        "not_known": not_known(summary, language),
        "owners": owner_titles(summary, language),
        "groups": {
            name: in_language(part.title, language)
            for name, part in summary.groups.items()
            if name in summary.study.target_groups
        },
        "themes": {
            name: in_language(part.title, language) for name, part in summary.themes.items()
        },
        "priorities": [
            {"id": name, "title": in_language(facts.title, language)}
            for name, facts in summary.priorities.items()
        ],
        "sources": [", ".join(filter(None, [it.title, it.date, it.licence])) for it in found],
        "sources_note": message("report-sources-note", language, licence=licence),
    }


def _titles(parts: Mapping[str, Any], language: Language) -> dict[str, str]:
    return {name: in_language(title, language) for name, title in parts.items()}


def _texts(values: pd.Series[Any]) -> list[str | None]:
    plain = values.astype(object).to_numpy(copy=True)
    plain[values.isna().to_numpy()] = None
    texts: list[str | None] = plain.tolist()
    return texts


def _numbers(values: pd.Series[Any]) -> list[float | None]:
    plain = pd.to_numeric(values).to_numpy(dtype=np.float64, na_value=np.nan).tolist()
    return [
        None if number != number else int(number) if number.is_integer() else number
        for number in plain
    ]
