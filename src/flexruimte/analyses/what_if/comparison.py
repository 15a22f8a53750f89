"""One municipality: what each rule takes, and what variants of the study make of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from flexruimte.analyses.what_if.case import Case, may_be_ranked
from flexruimte.analyses.what_if.changes import Change, changes_of, distance_of
from flexruimte.analyses.what_if.evidence import Evidence, NewSurveyNeeded
from flexruimte.analyses.what_if.locations import (
    RANKED_LIST,
    Totals,
    best_class,
    locations_of,
    moves,
    order_moves,
    ranked,
    totals,
)
from flexruimte.analyses.what_if.rules import excluding_rules, gains, taken_alone
from flexruimte.analyses.what_if.scenarios import Scenario, land_given_back, locations_in
from flexruimte.analyses.what_if.variants import AS_IT_IS
from flexruimte.assessment.pipeline import Question
from flexruimte.kernels.threads import use_threads
from flexruimte.rules.files import for_municipality
from flexruimte.rules.ruleset import Ruleset
from flexruimte.wording.labels import in_language
from flexruimte.wording.messages import message

__all__ = ["Asked", "MunicipalityRows", "compare"]

NEW_SURVEY = "needs a new survey"
"""Said of what cannot be answered from what is at hand."""


@dataclass(frozen=True)
class Asked:
    """A variant, as a question."""

    name: str
    title: str
    question: Question


@dataclass(frozen=True)
class MunicipalityRows:
    """What is said of one municipality: rows of the tables of `WhatIfTables`."""

    rules: list[dict[str, Any]]
    variants: list[dict[str, Any]]
    moves: pd.DataFrame


def compare(
    question: Question,
    evidence: Evidence,
    variants: Sequence[Asked] = (),
    rules: Sequence[str] | None = None,
    anew: Callable[[Question], Evidence] | None = None,
) -> MunicipalityRows:
    """Say what each excluding rule takes in a municipality, and what variants make of it.

    Parameters
    ----------
    question
        What the study asks.
    evidence
        What is at hand of the municipality.
    variants
        The study with other choices.
    rules
        The excluding rules that are asked for; None is all, and an empty list none.
    anew
        Surveys the municipality for a variant that asks the layers something else; None says of
        such a variant that it needs a new survey.

    Raises
    ------
    StudyError
        When a rule does not exist or excludes nothing.
    NewSurveyNeeded
        When the evidence is of another study.
    """
    with use_threads(question.threads):
        case = Case(question, evidence)
        name = question.municipalities.names[question.municipalities.position(case.code)]
        place = {"gemeente_code": case.code, "gemeente": name}
        of_rules = [] if rules is not None and not len(rules) else _rule_rows(case, rules or ())
        as_it_is = _variant_row(
            AS_IT_IS, message("what-if-as-it-is", question.language), case.totals
        )
        rows = [as_it_is | order_moves(case.locations, case.locations)]
        lists = []
        for variant in variants:
            row, moved = _varied(case, variant, evidence, anew)
            rows.append(row)
            if moved is not None:
                lists.append(moved.assign(variant=variant.name))
    every = pd.concat(lists, ignore_index=True) if lists else pd.DataFrame()
    return MunicipalityRows(
        [{**place, **row} for row in of_rules],
        [{**place, **row} for row in rows],
        every.assign(**place),
    )


def _rule_rows(case: Case, named: Sequence[str]) -> list[dict[str, Any]]:
    ruleset, language = case.ruleset, case.question.language
    wanted = excluding_rules(ruleset, list(case.verdicts), named)
    gained = gains(case, wanted)
    rows = []
    for rule_id in wanted:
        rule, alone = ruleset.rules[rule_id], taken_alone(case, rule_id)
        softer = {each.change: each.rule for each in changes_of(ruleset, rule_id)}
        row: dict[str, Any] = {
            "rule": rule_id,
            "title": in_language(rule.title, language),
            "condition": str(rule.condition),
            "level": str(rule.level),
            **_prefixed("alone", asdict(alone)),
            **_gained("only", gained.get((rule_id, Change.OFF))),
            "softer_level": str(softer[Change.SOFTER].level) if Change.SOFTER in softer else None,
            **_gained("softer", gained.get((rule_id, Change.SOFTER)), best=False),
            "distance_m": distance_of(ruleset, rule),
            **_gained("half_distance", gained.get((rule_id, Change.HALF_DISTANCE)), best=False),
            "note": NEW_SURVEY if None in _tried(gained, rule_id) else "",
        }
        rows.append(row)
    return rows


def _tried(gained: Mapping[tuple[str, Change], Totals | None], rule_id: str) -> list[Totals | None]:
    return [found for (of, _), found in gained.items() if of == rule_id]


def _gained(prefix: str, gain: Totals | None, *, best: bool = True) -> dict[str, Any]:
    names = ["hectares", "locations", "homes", *(["best_locations", "best_homes"] if best else [])]
    return _prefixed(prefix, {name: getattr(gain, name, None) for name in names})


def _prefixed(prefix: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{prefix}_{name}": value for name, value in values.items()}


def _varied(
    case: Case,
    variant: Asked,
    evidence: Evidence,
    anew: Callable[[Question], Evidence] | None = None,
) -> tuple[dict[str, Any], pd.DataFrame | None]:
    """Return the row of a variant, and which locations enter or leave the lists."""
    question, code = variant.question, case.code
    ruleset = for_municipality(question.ruleset, code)
    try:
        locations = _locations_of_variant(case, question, ruleset, evidence)
    except NewSurveyNeeded:
        if anew is not None:
            return _varied(case, variant, anew(question))
        return {"variant": variant.name, "title": variant.title, "note": NEW_SURVEY}, None
    # A class of priority of another name is another list.
    best = best_class(case.ruleset)
    moved = moves(case.locations, locations, best if best == best_class(ruleset) else None)
    row = _variant_row(variant.name, variant.title, totals(ruleset, locations))
    for prefix, name in (("", RANKED_LIST), ("best_", best)):
        changes = moved["change"][moved["list"] == name]
        if name is not None:
            row[f"{prefix}entering"] = int((changes == "enters").sum())
            row[f"{prefix}leaving"] = int((changes == "leaves").sum())
    row |= order_moves(case.locations, locations)
    return row, moved


def _locations_of_variant(
    case: Case, question: Question, ruleset: Ruleset, evidence: Evidence
) -> pd.DataFrame:
    """Return the ranked locations of a variant: only what can be different is judged.

    Raises
    ------
    NewSurveyNeeded
        When the layers were asked something else, or were not kept.
    """
    every = evidence.survey(question)
    rule_id = case.land_rule_changed(question) if evidence is case.evidence else None
    alone = ruleset.model_copy(update={"municipalities": {}})
    scenario = None if rule_id is None else Scenario.of_land_rule(case, alone, rule_id)
    if scenario is not None:
        again = land_given_back(case, [scenario])
        if None in again.values():
            raise NewSurveyNeeded("the layers around the parcels were not kept")
        return locations_in(case, scenario, again.get(0))
    # Parcels that stay excluded whatever is left of them need no judgement.
    members = may_be_ranked(question, case.code, every)
    found = evidence.of_some(question, members, every)
    if not len(members):
        return case.locations.iloc[:0]
    assessment = evidence.judged(question, found, case.sites_of(question, members))
    return ranked(ruleset, locations_of(assessment, members))


def _variant_row(name: str, title: str, found: Totals) -> dict[str, Any]:
    return {"variant": name, "title": title, **asdict(found), "note": ""}
