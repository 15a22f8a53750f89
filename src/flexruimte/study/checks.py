"""Checking a study without computing it.

Is everything there, can it be read, does it hold what rules need, does it reach far enough?
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely

from flexruimte.assessment.question import (
    Question,
    absent_optional_layers,
    layers_in_use,
    left_out_by,
)
from flexruimte.assessment.score import (
    CriterionScores,
    GroupsThatCount,
    enough_known,
    theme_scores,
)
from flexruimte.assessment.term import agreement_dates
from flexruimte.errors import FlexruimteError, did_you_mean, enumerate_some, number_of
from flexruimte.evidence.columns import source_columns
from flexruimte.evidence.decisions import NO_TABLE
from flexruimte.evidence.fetching.provenance import refuse_beyond_fetched
from flexruimte.evidence.identifiers import UnmetIds
from flexruimte.evidence.layers import layer_settings
from flexruimte.evidence.parcel_tables import load_table
from flexruimte.evidence.parcels import (
    Municipalities,
    check_parcel_ids,
    has_too_many_ids,
    overlapping_municipalities,
)
from flexruimte.evidence.sources import Source, Window
from flexruimte.evidence.sources.errors import reading_of
from flexruimte.kernels.threads import each_in_threads, use_threads
from flexruimte.rules.parts import LayerSpec
from flexruimte.rules.study_file import LayerSettings, ParcelSettings
from flexruimte.rules.words import plain
from flexruimte.study.agreement_checks import agreements_in_numbers, crossed_agreements
from flexruimte.study.layer_checks import (
    LayerLook,
    features_of,
    look_at,
    look_at_table,
    problems_of,
    warnings_of,
)
from flexruimte.study.reading import (
    municipality_windows,
    read_features,
    read_parcels,
    read_raster,
)
from flexruimte.vocabulary import MEDIUM_POINTS, SCORE_KNOWN_SHARE, Level

__all__ = ["CheckReport", "check"]

_log = logging.getLogger(__name__)
_MOSTLY = 0.95
"""A layer whose extent holds less than this share of the municipalities gets a warning."""
_FAR_M = 50_000.0
"""A layer that is complete has features within this distance, if it is of the same country. [m]"""
_FEW_ROWS = 100_000
"""Of a source with more rows not all values are looked at."""
_NONE_HERE = 'if that means "none here", say coverage = "complete"'


@dataclass
class CheckReport:
    """What a look at a study finds."""

    problems: list[str] = field(default_factory=list)
    """What stops a run, one line each, with the remedy."""
    missing_layers: list[str] = field(default_factory=list)
    """Layers that rules need and that the study neither has nor leaves out."""
    warnings: list[str] = field(default_factory=list)
    """What does not stop a run but may surprise."""
    lines: list[str] = field(default_factory=list)
    """What was found, a line per source."""
    unmet_ids: dict[str, UnmetIds] = field(default_factory=dict)
    """Ids in tables, and in decisions, that meet no parcel, by layer."""
    sources: int = 0
    """How many layers the study has."""

    def add_problem(self, error: FlexruimteError) -> None:
        """Add what stops a run; where it arose is for the log alone."""
        if str(error) not in self.problems:
            self.problems.append(str(error))
        _log.debug("%s", error, exc_info=True)

    def add(self, other: CheckReport) -> None:
        """Add what another look found."""
        # What is wrong with the parcels would be told once more by each layer.
        self.problems.extend(text for text in other.problems if text not in self.problems)
        self.missing_layers.extend(other.missing_layers)
        self.warnings.extend(other.warnings)
        self.lines.extend(other.lines)
        self.unmet_ids.update(other.unmet_ids)


def check(
    question: Question,
    codes: Sequence[str] | None = None,
    *,
    progress: Callable[[str], None] = lambda _text: None,
) -> CheckReport:
    """Open every source of a study, read a part of it, and compare it with what the rules need.

    Parameters
    ----------
    question
        What the study asks.
    codes
        Of the municipalities that are asked for; None is all. Large sources are read there alone.
    progress
        Told how many sources were looked at.

    Returns
    -------
    CheckReport
        Without problems the study can be run.
    """
    report = CheckReport()
    everywhere = question
    if codes is not None:
        question = replace(question, municipalities=question.municipalities.only(codes))
    asked = [] if codes is None else list(question.municipalities.geometries)
    windows = _check_parcels(question, everywhere.municipalities, asked, report)
    if not report.problems:
        _check_decisions(question, report)
    has_ids = not report.problems

    def looked(key: str) -> CheckReport:
        started = time.monotonic()
        found = _check_layer(question, key, question.sources[key], windows, has_ids=has_ids)
        _log.info("%s: looked at in %.1f s", key, time.monotonic() - started)
        return found

    with use_threads(None):
        for number, found in enumerate(each_in_threads(looked, list(question.sources)), 1):
            report.add(found)
            progress(f"looked at {number} of {len(question.sources)} layers")
    report.sources = len(question.sources)
    _name_optional_layers(question, report)
    report.missing_layers.extend(
        layer
        for layer in layers_in_use(question.ruleset, question.not_assessed)
        if layer not in question.sources
    )
    _warn_of_score(question, report)
    return report


def _name_optional_layers(question: Question, report: CheckReport) -> None:
    absent = absent_optional_layers(question)
    if absent:
        report.lines.append(
            f"optional layers that the study does not have: {', '.join(absent)}; their rules do "
            "not count, and nothing is unknown for want of them"
        )


def _warn_of_score(question: Question, report: CheckReport) -> None:
    """Warn where so much is left out or absent that no location can have a score."""
    ruleset = question.ruleset
    left_out = left_out_by(ruleset, question.not_assessed)

    def can_be_known(name: str, layers: Iterable[str]) -> bool:
        return name not in left_out and all(layer in question.sources for layer in layers)

    answers = {
        name: 100.0 if can_be_known(name, ruleset.layers_of_measure(criterion.measure)) else np.nan
        for name, criterion in ruleset.criteria.items()
    }
    groups = GroupsThatCount(question.groups, best=not question.groups_named)
    criteria = CriterionScores.of(1, {name: np.array([each]) for name, each in answers.items()})
    answered = [
        can_be_known(rule_id, ruleset.layers_of_rule(rule))
        for rule_id, rule in ruleset.enabled_rules.items()
        if rule.level == Level.MEDIUM
    ]
    for name, criterion in ruleset.criteria.items():
        if criterion.measure == MEDIUM_POINTS:
            criteria.known_share[name] = np.array([np.mean(answered) if answered else 0.0])
    most = theme_scores(ruleset, groups, criteria)[SCORE_KNOWN_SHARE].to_numpy()
    if not enough_known(ruleset, most).all():
        least = ruleset.score.least_known_share
        report.warnings.append(
            f"no location gets a score and a rank: at most {most[0]:.0%} of what the score "
            f"weighs can be known, and least_known_share asks for {least:.0%}; add layers that "
            "criteria need, or lower [score] least_known_share in a ruleset of your own"
        )


def _check_parcels(
    question: Question, known: Municipalities, asked: list[Any], report: CheckReport
) -> list[Window]:
    """Look at the parcels; return the parts of the country where they are, by municipality.

    Parameters
    ----------
    asked
        Polygons of the municipalities that are asked for, where not all are.
    """
    windows: list[Window] = []
    source, settings = question.parcels, question.parcels.settings
    try:
        _ = source.crs
        if isinstance(settings, ParcelSettings):
            columns = [settings.id] if isinstance(settings.id, str) else settings.id
            source_columns(source, [*columns, *settings.fields])
            check_parcel_ids(source)
        report.lines.append(
            f"{source.label}: {number_of(source.feature_count, 'parcel', 'parcels')}"
        )
        for left, bottom, right, top in shapely.bounds(asked).tolist():
            refuse_beyond_fetched(source, (left, bottom, right, top))
        windows = municipality_windows(question)
        report.warnings.extend(read_parcels(replace(question, municipalities=known), windows))
        if has_too_many_ids(source):
            report.lines.append(
                f"{source.label}: ids in tables and decisions are not held against so many parcels"
            )
    except FlexruimteError as error:
        report.add_problem(error)
    municipalities = number_of(len(known.codes), "municipality", "municipalities")
    report.lines.append(f"{known.facts.source}: {municipalities}")
    report.warnings.extend(f"{known.facts.source}: {doubt}" for doubt in known.doubts)
    report.warnings.extend(
        f"{known.facts.source}: {doubt}" for doubt in overlapping_municipalities(known, windows)
    )
    double = sorted({name for name in known.names if known.names.count(name) > 1})
    if double:
        report.warnings.append(
            f"{known.facts.source}: more than one municipality is called {enumerate_some(double)}; "
            "name them by their codes"
        )
    return windows


def _check_decisions(question: Question, report: CheckReport) -> None:
    """Look for decisions on parcels that are nowhere."""
    decisions = question.decisions
    if not len(decisions.rows):
        if decisions.label != NO_TABLE:
            report.warnings.append(
                f"{decisions.label}: 0 decisions; fill them in, or leave [decisions] out"
            )
        return
    if has_too_many_ids(question.parcels):
        return
    try:
        unmet = decisions.unmet(question.all_parcel_ids())
    except FlexruimteError as error:
        report.problems.append(str(error))
        return
    report.lines.append(
        f"{decisions.label}: {number_of(len(decisions.rows), 'decision', 'decisions')}"
    )
    if unmet.count:
        report.unmet_ids["decisions"] = unmet
        report.warnings.append(f"{decisions.label}: {unmet}")


def _check_ids(question: Question, key: str, source: Source, report: CheckReport) -> None:
    """Look for ids in a table that meet no parcel."""
    spec, fields = question.ruleset.layers[key], question.ruleset.fields_in_use(key)
    table = load_table(key, spec, source, fields)
    if table.without_id:
        report.warnings.append(
            f"{source.label}: {table.without_id} rows have no parcel id and are left out"
        )
    if not len(table.rows) and not table.speaks_of_unlisted:
        report.warnings.append(
            f"{source.label} has no row with a parcel id and says nothing, so its rules are "
            'unknown; if that means "none at all", say silence = "nothing", or leave it out'
        )
    if has_too_many_ids(question.parcels):
        return
    unmet = table.unmet(question.all_parcel_ids(), source)
    if unmet.count:
        report.unmet_ids[key] = unmet
        if source.settings.unknown_ids != "ignore":
            report.warnings.append(f"{source.label}: {unmet}")


def _check_layer(
    question: Question, key: str, source: Source, windows: list[Window], *, has_ids: bool
) -> CheckReport:
    report = CheckReport()
    if key in question.not_assessed:
        report.warnings.append(f"{key} is in the study but not assessed: it will not be read")
        return report
    day = layer_settings(source).reference_date
    if day is not None and day > question.as_of:
        report.warnings.append(
            f"{source.label}: reference_date {day} is later than the study's as_of, "
            f"{question.as_of}; see which of the two is meant"
        )
    try:
        with reading_of(source):
            _look_at_layer(question, key, source, windows, report)
            is_table = question.ruleset.layers[key].geometry == "table"
            if has_ids and is_table and not report.problems:
                _check_ids(question, key, source, report)
    except FlexruimteError as error:
        report.add_problem(error)
    except MemoryError:
        report.problems.append(
            f"{source.label} needs more memory than there is; it may be damaged: "
            "make it or download it again, or cut it to the municipality"
        )
    return report


def _look_at_layer(
    question: Question, key: str, source: Source, windows: list[Window], report: CheckReport
) -> None:
    spec = question.ruleset.layers[key]
    if spec.geometry == "raster":
        _warn_of_reach(question, source, source.check_raster(), report)
        report.warnings.extend(read_raster(question, key, source, windows))
        report.lines.append(f"{source.label}: raster")
        return
    fields = question.ruleset.fields_in_use(key)
    columns = source_columns(source, [*fields, *spec.rows], spec)
    report.warnings.extend(_layers_without(source, columns))
    report.warnings.extend(_idle_values(spec, source, columns))
    if spec.geometry == "table":
        table = load_table(key, spec, source, fields)
        report.lines.append(f"{source.label}: table with {', '.join(source.columns)}")
        if question.ruleset.agreements is not None and question.ruleset.agreements.layer == key:
            dates = agreement_dates(question.ruleset.agreements, table.everything)
            report.lines.append(f"{source.label}: {agreements_in_numbers(dates)}")
            report.warnings.extend(crossed_agreements(dates, source.label))
        _judge(question, key, source, look_at_table(question.ruleset, table), report)
        return
    _ = source.crs
    report.lines.append(f"{source.label}: {number_of(source.feature_count, 'feature', 'features')}")
    settings = source.settings
    coverage = settings.coverage if isinstance(settings, LayerSettings) else "auto"
    extent = source.extent if coverage in ("auto", "extent") else None
    silent = (layer_settings(source).silence or spec.silence) == "unknown"
    if spec.complete and coverage == "auto":
        coverage = "complete"
    if source.feature_count == 0 and coverage == "auto":
        report.warnings.append(f"{source.label} has no features and says nothing; {_NONE_HERE}")
    elif extent is not None and (coverage == "extent" or spec.fills):
        _warn_of_reach(question, source, extent, report)
    elif extent is not None and coverage == "auto" and not silent:
        _warn_of_silence(question, key, source, extent, report)
    read = features_of(question, key, source)
    if coverage == "complete":
        report.warnings.extend(_far_away(question, source))
    report.warnings.extend(read_features(question, key, source, windows, read))
    _judge(question, key, source, look_at(question, key, source, read), report)


def _layers_without(source: Source, columns: Mapping[str, str]) -> Iterator[str]:
    """Yield which of several layers lack a column."""
    for name, column in columns.items():
        lacking = source.layers_without(column)
        if lacking:
            yield (
                f"{source.label}: layer {enumerate_some(lacking)} has no column '{column}', so "
                f"that '{name}' has no value in its rows; see whether it is called otherwise there"
            )


def _idle_values(spec: LayerSpec, source: Source, columns: Mapping[str, str]) -> Iterator[str]:
    """Yield which words that the study gives a meaning are nowhere in the source."""
    meant = source.settings.values
    if not meant or (spec.geometry != "table" and not 0 <= source.feature_count <= _FEW_ROWS):
        return
    for name, meanings in meant.items():
        if name in source.settings.constants:
            continue
        if name not in columns:
            yield f"{source.label}: values.{name} means nothing, as that field is not read"
            continue
        there = source.read_table([columns[name]])[columns[name]].dropna().unique()
        known = {plain(word): str(word) for word in there}
        for word in meanings:
            if plain(word) not in known:
                yield (
                    f"{source.label}: values.{name} gives '{word}' a meaning, and it is nowhere in "
                    f"column '{columns[name]}'; {did_you_mean(word, known.values())}"
                )


def _judge(
    question: Question, key: str, source: Source, look: LayerLook, report: CheckReport
) -> None:
    """Report what is wrong with the rows and values of a layer."""
    report.problems.extend(problems_of(question.ruleset, key, source, look))
    report.warnings.extend(warnings_of(question.ruleset, key, source, look))


def _warn_of_silence(
    question: Question, key: str, source: Source, extent: Window, report: CheckReport
) -> None:
    """Warn of municipalities that are beyond the reach of a layer's features."""
    parcels = question.parcels.extent
    if parcels is None:
        return
    areas = question.municipalities.geometries
    has_parcels = shapely.intersects(areas, shapely.box(*parcels))
    reach_m = question.ruleset.reach_m(key)
    near = shapely.intersects(shapely.box(*extent), shapely.buffer(areas, reach_m))
    silent = [
        code
        for code, asked, is_near in zip(
            question.municipalities.codes, has_parcels, near, strict=True
        )
        if asked and not is_near
    ]
    if silent:
        report.warnings.append(
            f"{source.label} has no features near {enumerate_some(silent)} "
            f"and says nothing there; {_NONE_HERE}"
        )


def _far_away(question: Question, source: Source) -> Iterator[str]:
    """Yield that a layer which lists all there is has nothing within a day's walk of any parcel."""
    extent, parcels = source.extent, question.parcels.extent
    if extent is None or parcels is None:
        return
    away_m = shapely.distance(shapely.box(*extent), shapely.box(*parcels))
    if away_m > _FAR_M:
        yield (
            f"{source.label} has all of its {source.feature_count} features more than "
            f"{away_m / 1000:.0f} km away from the parcels: is it the right file, and its crs "
            "right? As it is, there is nothing near"
        )


def _warn_of_reach(question: Question, source: Source, extent: Window, report: CheckReport) -> None:
    """Warn of municipalities of which a layer leaves more than a margin of the parcels out."""
    parcels = question.parcels.extent
    if parcels is None:
        return
    asked = shapely.intersection(question.municipalities.geometries, shapely.box(*parcels))
    reached = shapely.area(shapely.intersection(asked, shapely.box(*extent)))
    short = {
        code: here / area
        for code, here, area in zip(
            question.municipalities.codes, reached, shapely.area(asked), strict=True
        )
        if here < _MOSTLY * area
    }
    if short:
        first = next(iter(short))
        more = (
            f" and less of {len(short) - 1} more municipalities than it should"
            if len(short) > 1
            else ""
        )
        report.warnings.append(
            f"{source.label} reaches {short[first]:.0%} of the parcels' part of {first}{more}; "
            "elsewhere its rules are unknown"
        )
