"""From a parcel's row, its findings and a summary to an explanation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import pandas as pd

from flexruimte.results.finding_text import rule_sentence, topic_of
from flexruimte.results.findings import Kind, ToldFinding, finding_of, kind_of
from flexruimte.results.rule_text import (
    Finding,
    asked,
    criterion_asked,
    criterion_found,
    found,
    known_value,
)
from flexruimte.results.sentences import priority_text, term_text
from flexruimte.results.summary_model import Summary
from flexruimte.results.summary_rules import CriterionFacts, MeasureRuleFacts, RuleFacts
from flexruimte.results.tables import listed_ids
from flexruimte.views.explanation.table import TABLE_COLUMNS, TOLD, Explanation, in_order
from flexruimte.vocabulary import (
    AREA,
    AREA_TOLERANCE,
    BUILDABLE_AREA,
    HOMES,
    HOMES_HIGH,
    HOMES_LOW,
    HOMES_MID,
    KEPT_OUT_BY,
    MUNICIPALITY_NAME,
    PARCEL_ID,
    PARCEL_IDS,
    PRIORITY,
    RANK,
    RULE,
    SITE_TYPE,
    STATUS,
    TERM_END,
    TERM_START,
    TERM_YEARS,
    Level,
)
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import date_text, listed, number_text, quantity_text

__all__ = ["decision_text", "explain", "facts_of", "findings_by_rule", "rule_rows"]

_KINDS: Final[Mapping[str, Kind]] = {
    "objection": "objection",
    "overruled": "objection",
    "attention": "attention",
    "note": "note",
    "missing": "missing",
}
"""What a finding is to a location, by the part of the explanation that it stands in."""

Row: TypeAlias = Mapping[str, Any]
"""What the parcels' table says of a parcel, by column."""


def explain(
    row: Row,
    findings: pd.DataFrame,
    summary: Summary,
    language: Language | None = None,
    site: Row | None = None,
) -> Explanation:
    """Explain what is said of one parcel, or of one location of several.

    Parameters
    ----------
    row
        Its row of the parcels' table, by column.
    findings
        Its rows of the table of findings.
    summary
        The summary of its municipality.
    language
        nl or en; None is the language of the study.
    site
        The row of the location that the parcel is part of; None where it is part of none.
    """
    chosen = language or summary.study.language
    found = findings_by_rule(row, findings, summary)
    rules = rule_rows(found, summary, chosen)
    criteria = [_criterion_row(row, facts, chosen) for facts in summary.criteria]
    table = pd.DataFrame([*rules, *criteria], columns=list(TABLE_COLUMNS))
    decision = decision_text(row, summary, found, chosen)
    priority = _priority(row, rules, summary, chosen)
    return Explanation(
        parcel_id=str(row[PARCEL_ID]),
        municipality=str(row[MUNICIPALITY_NAME]),
        status=str(row[STATUS]),
        decision=decision,
        priority=priority,
        facts=facts_of(row, summary, chosen, site),
        whole=_whole(row, summary, chosen, site, [priority, decision]),
        open_points=_open_points(rules, chosen),
        tally=_tally(rules, chosen),
        table=table,
        language=chosen,
        footnote=_footnote(summary, chosen),
    )


def findings_by_rule(row: Row, findings: pd.DataFrame, summary: Summary) -> dict[str, Finding]:
    """Return what every rule found on a parcel or location, by id of the rule.

    Parameters
    ----------
    row, findings, summary
        As `explain` takes them.
    """
    by_rule: dict[str, Any] = {row[RULE]: row for row in findings.to_dict("records")}
    return {facts.id: finding_of(facts, row, by_rule.get(facts.id)) for facts in summary.rules}


def rule_rows(
    found: Mapping[str, Finding], summary: Summary, language: Language
) -> list[dict[str, Any]]:
    """Return the rows of rules in the table of an explanation, in the order of the ruleset.

    Parameters
    ----------
    found
        As `findings_by_rule` returns it.
    summary
        Of the municipality.
    language
        nl or en.
    """
    return [_rule_row(facts, found[facts.id], language) for facts in summary.rules]


def _common(facts: RuleFacts | CriterionFacts, language: Language) -> dict[str, Any]:
    dates = [str(layer.reference_date) for layer in facts.layers if layer.reference_date]
    return {
        "rule": facts.id,
        "title": in_language(facts.title, language),
        "layer": ", ".join(in_language(layer.title, language) for layer in facts.layers),
        "reference_date": ", ".join(dict.fromkeys(dates)),
        "source": facts.source,
        "basis": str(facts.basis),
    }


def _rule_row(facts: RuleFacts, finding: Finding, language: Language) -> dict[str, Any]:
    verdict = finding.verdict
    return {
        **_common(facts, language),
        "kind": "rule",
        "part": _part(facts, finding),
        "condition": str(facts.condition),
        "level": str(facts.level),
        "excludes": facts.excludes,
        "verdict": verdict,
        "value": finding.value,
        "unit": facts.test.unit if isinstance(facts, MeasureRuleFacts) else "m2",
        "covered_m2": finding.covered_m2,
        "covered_share": finding.covered_share,
        "edge": finding.edge,
        "found": "" if verdict == "left_out" else found(facts, finding, language),
        "test": asked(facts, language),
        "features": finding.features,
        "feature_count": finding.feature_count or 0,
        "advice": in_language(facts.advice, language),
        "sentence": rule_sentence(facts, finding, language),
    }


def _part(facts: RuleFacts, finding: Finding) -> str:
    """Return in which part of the explanation a rule stands."""
    if finding.verdict == "left_out":
        return "left_out"
    kind = kind_of(facts, finding.verdict)
    if kind == "objection" and finding.overruled:
        return "overruled"
    covers = (finding.covered_share or 0) > AREA_TOLERANCE and not finding.edge
    takes = covers and facts.excludes and not finding.overruled
    if kind == "fine" and finding.left_free:
        return "note"
    return "taken" if kind == "fine" and takes else kind


def _criterion_row(row: Row, facts: CriterionFacts, language: Language) -> dict[str, Any]:
    score, value = known_value(row, f"criterion_{facts.id}"), known_value(row, facts.measure)
    verdict = "left_out" if facts.left_out else "unknown" if score is None else "scored"
    found, about = criterion_found(facts, value, language), in_language(facts.title, language)
    return {
        **_common(facts, language),
        "kind": "criterion",
        "part": "criterion",
        "condition": "criterion",
        "level": "",
        "excludes": False,
        "verdict": verdict,
        "value": value,
        "unit": facts.unit,
        "covered_m2": None,
        "covered_share": None,
        "edge": False,
        "score": score,
        "found": "" if verdict == "left_out" else found,
        "test": criterion_asked(facts, language),
        "features": "",
        "feature_count": 0,
        "advice": "",
        "sentence": message("finding-about", language, about=about, found=found)
        if score is None
        else message(
            "criterion-sentence",
            language,
            about=about,
            found=found,
            points=number_text(score, 0, language),
        ),
    }


def facts_of(
    row: Row, summary: Summary, language: Language, site: Row | None = None
) -> dict[str, str]:
    """Return the facts of a parcel or location as a whole, by their labels."""
    site_type, priority = known_value(row, SITE_TYPE), known_value(row, PRIORITY)
    type_title = in_language(summary.site_types.get(site_type), language) if site_type else ""
    facts = summary.priorities.get(priority) if priority else None
    known = {
        **({} if site is None else {"location": _site_text(site, summary, language)}),
        RANK: _rank_text(row, summary, language),
        **({} if facts is None else {PRIORITY: in_language(facts.title, language)}),
        "score": _score_text(row, language),
        TERM_YEARS: _term_text(row, summary, language),
        "homes": _homes_text(row, language),
        AREA: quantity_text(known_value(row, AREA), "m2", language),
        BUILDABLE_AREA: quantity_text(known_value(row, BUILDABLE_AREA), "m2", language),
        "site_type": type_title or site_type or message("unknown", language),
        "known_share": quantity_text(known_value(row, "known_share"), "share", language),
    }
    plans = known_value(row, "plans")
    if plans:
        known["plans"] = plans
    return {label("column", name, language): text for name, text in known.items()}


def _rank_text(row: Row, summary: Summary, language: Language) -> str:
    rank = known_value(row, RANK)
    if rank is None:
        return "-"
    return message("rank-of", language, rank=str(rank), ranked=str(summary.ranked))


def _site_text(site: Row, summary: Summary, language: Language) -> str:
    """Return which location a parcel is part of, and its place or status."""
    place = _rank_text(site, summary, language)
    if place == "-":
        place = label("status", str(site[STATUS]), language)
    return f"{site[PARCEL_ID]}: {place}"


def _score_text(row: Row, language: Language) -> str:
    score, low, high = (known_value(row, name) for name in ("score", "score_low", "score_high"))
    if score is None:
        return message("unknown", language)
    said, *bounds = (number_text(value, 1, language, aligned=True) for value in (score, low, high))
    is_range = low is not None and high is not None and high > low
    return f"{said} ({' - '.join(bounds)})" if is_range else said


def _term_text(row: Row, summary: Summary, language: Language) -> str:
    years, start, end = (known_value(row, name) for name in (TERM_YEARS, TERM_START, TERM_END))
    first, last = (None if moment is None else moment.date() for moment in (start, end))
    text = term_text(years, first, last, summary, language)
    if text:
        return text
    return message("unknown", language) if years is None else quantity_text(years, "year", language)


def _homes_text(row: Row, language: Language) -> str:
    if known_value(row, HOMES_MID) is None and row[STATUS] == "excluded":
        return message("homes-not-laid-out", language)
    low, middle, high = (
        number_text(known_value(row, name), 0, language)
        for name in (HOMES_LOW, HOMES_MID, HOMES_HIGH)
    )
    project = known_value(row, HOMES)
    if project is None or project == known_value(row, HOMES_MID):
        return f"{middle} ({low} - {high})"
    return message(
        "homes-of-project",
        language,
        project=number_text(project, 0, language),
        homes=middle,
        low=low,
        high=high,
    )


def decision_text(
    row: Row, summary: Summary, found: Mapping[str, Finding], language: Language
) -> str:
    """Return the decision on the parcel and what takes precedence; empty where there is none."""
    decision = known_value(row, "decision")
    if decision is None:
        return ""
    said = {
        "date": date_text(known_value(row, "decision_date"), language),
        "reason": known_value(row, "decision_reason"),
    }
    if decision == "out":
        return message("decision-out", language, **said)
    hardest = [
        in_language(facts.title, language)
        for facts in summary.rules
        if facts.level == Level.VERY_HARD and found[facts.id].verdict == "no"
    ]
    if hardest and str(row[STATUS]) == "excluded":
        rules = listed(hardest, language)
        return message("decision-in-overruled", language, rules=rules, **said)
    return message("decision-in", language, **said)


def _whole(
    row: Row, summary: Summary, language: Language, site: Row | None, others: list[str]
) -> list[str]:
    """Return what is said of the parcel as a whole.

    First the location that it is part of, then the outcome, then what else is said of it.
    """
    outcome = _outcome(row, language, alone=site is not None)
    part_of = "" if site is None else _part_of(row, site, summary, language)
    return [sentence for sentence in (part_of, outcome, *others) if sentence]


def _open_points(rules: list[dict[str, Any]], language: Language) -> list[tuple[str, list[str]]]:
    """Return each no, hardest first, each unknown, and land that is taken away, by part."""
    told = in_order(rule for rule in rules if rule["part"] in TOLD)
    hardest = {rule["sentence"]: rule for rule in reversed(told)}
    points: dict[str, list[str]] = {}
    for sentence, rule in hardest.items():
        points.setdefault(rule["part"], []).insert(0, sentence + _weight(rule, language))
    return [(label("part", part, language), points[part]) for part in TOLD if part in points]


def _part_of(row: Row, site: Row, summary: Summary, language: Language) -> str:
    """Return which location a parcel is part of, and what becomes of that."""
    rank = known_value(site, RANK)
    said = {
        "parcel": str(row[PARCEL_ID]),
        "location": str(site[PARCEL_ID]),
        "status": label("status", str(site[STATUS]), language),
    }
    if rank is None:
        return message("explanation-part-of", language, **said)
    ranked = str(summary.ranked)
    return message("explanation-part-of-ranked", language, rank=str(rank), ranked=ranked, **said)


def _outcome(row: Row, language: Language, *, alone: bool) -> str:
    """Return the status: of a parcel, of one that is part of a location, or of a location."""
    said = {
        "parcel": str(row[PARCEL_ID]),
        "municipality": str(row[MUNICIPALITY_NAME]),
        "status": label("status", str(row[STATUS]), language),
    }
    parcels = listed_ids(known_value(row, PARCEL_IDS))
    if len(parcels) > 1:
        return message("explanation-outcome-location", language, **said, parcels=str(len(parcels)))
    return message(
        "explanation-outcome-alone" if alone else "explanation-outcome", language, **said
    )


def _priority(row: Row, rules: list[dict[str, Any]], summary: Summary, language: Language) -> str:
    """Return the class of priority and what keeps out of the one above; empty without a rank."""
    topics = {facts.id: topic_of(facts, language) for facts in summary.rules}
    told = [
        ToldFinding(rule["rule"], _KINDS[rule["part"]], rule["sentence"], topics[rule["rule"]])
        for rule in rules
        if rule["part"] in _KINDS
    ]
    kept_out_by = known_value(row, KEPT_OUT_BY)
    return priority_text(known_value(row, PRIORITY), kept_out_by, told, summary, language)


def _tally(rules: list[dict[str, Any]], language: Language) -> str:
    """Return how many answers there are of each kind."""
    counts = Counter(rule["verdict"] for rule in rules)
    answers = [
        f"{counts[verdict]} {label('tally', verdict, language)}"
        for verdict in ("yes", "no", "unknown", "left_out")
        if counts[verdict]
    ]
    number = len(rules)
    return message(
        "tally", language, rules=str(number), count=number, answers=listed(answers, language)
    )


def _weight(rule: dict[str, Any], language: Language) -> str:
    """Return how hard a no is, and what to do about it."""
    if rule["verdict"] != "no":
        return ""
    weights = {
        "objection": "weight-excludes",
        "overruled": "weight-overruled",
        "attention": "weight-attention",
        "note": "weight-note",
    }
    level = label("level", rule["level"], language)
    weight_id = weights[rule["part"]]
    weight = message(weight_id, language, level=level)
    return " ".join(["", weight, rule["advice"]]).rstrip()


def _footnote(summary: Summary, language: Language) -> str:
    """Return on what study and rules the explanation rests."""
    text = message(
        "footnote",
        language,
        study=summary.study.name,
        date=date_text(summary.study.as_of, language),
        ruleset=summary.ruleset.name,
        version=summary.ruleset.version,
    )
    if not summary.not_assessed:
        return text
    names = ", ".join(in_language(entry.title, language) for entry in summary.not_assessed)
    return f"{text}; {message('footnote-left-out', language, names=names)}"
