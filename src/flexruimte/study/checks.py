"""Checking a study without computing it.

Is everything there, can it be read, does it hold what rules need, does it reach far enough?
"""

from __future__ import annotations

from dataclasses import dataclass, field

import shapely

from flexruimte.assessment.question import Question, layers_in_use
from flexruimte.assessment.term import agreement_dates
from flexruimte.errors import FlexruimteError, enumerate_some
from flexruimte.evidence.columns import source_columns
from flexruimte.evidence.parcel_tables import load_table
from flexruimte.evidence.parcels import check_parcel_ids
from flexruimte.evidence.rasters import check_raster_values
from flexruimte.evidence.sources import Source, Window
from flexruimte.rules.study_file import LayerSettings, ParcelSettings

__all__ = ["CheckReport", "check"]

_MOSTLY = 0.95
"""A layer whose extent holds less than this share of the municipalities gets a warning."""
_NONE_HERE = 'if that means "none here", say coverage = "complete"'


@dataclass(frozen=True)
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


def check(question: Question) -> CheckReport:
    """Open every source of a study and compare it with what the rules need.

    Parameters
    ----------
    question
        What the study asks.

    Returns
    -------
    CheckReport
        Without problems the study can be run.
    """
    report = CheckReport()
    _check_parcels(question, report)
    for key, source in question.sources.items():
        if key in question.not_assessed:
            report.warnings.append(f"{key} is in the study but not assessed: it will not be read")
            continue
        try:
            _check_layer(question, key, source, report)
        except FlexruimteError as error:
            report.problems.append(str(error))
    report.missing_layers.extend(
        layer
        for layer in layers_in_use(question.ruleset, question.not_assessed)
        if layer not in question.sources
    )
    return report


def _check_parcels(question: Question, report: CheckReport) -> None:
    source, settings = question.parcels, question.parcels.settings
    try:
        _ = source.crs
        if isinstance(settings, ParcelSettings):
            columns = [settings.id] if isinstance(settings.id, str) else settings.id
            source_columns(source, [*columns, *settings.fields])
            check_parcel_ids(source)
        report.lines.append(f"{source.label}: {source.feature_count} parcels")
        without = source.count_without_geometry()
        if without:
            report.warnings.append(
                f"{source.label}: {without} parcels have no geometry and belong to no municipality"
            )
    except FlexruimteError as error:
        report.problems.append(str(error))
    known = question.municipalities
    report.lines.append(f"{known.facts.source}: {len(known.codes)} municipalities")


def _check_layer(question: Question, key: str, source: Source, report: CheckReport) -> None:
    spec = question.ruleset.layers[key]
    if spec.geometry == "raster":
        _warn_of_reach(question, source, source.check_raster(), report)
        check_raster_values(spec, source)
        report.lines.append(f"{source.label}: raster")
        return
    fields = question.ruleset.fields_in_use(key)
    source_columns(source, [*fields, *spec.rows])
    if spec.geometry == "table":
        table = load_table(key, spec, source, fields)
        if question.ruleset.agreements is not None and question.ruleset.agreements.layer == key:
            agreement_dates(question.ruleset.agreements, table)
        report.lines.append(f"{source.label}: table with {', '.join(source.columns)}")
        return
    _ = source.crs
    report.lines.append(f"{source.label}: {source.feature_count} features")
    settings = source.settings
    coverage = settings.coverage if isinstance(settings, LayerSettings) else "auto"
    extent = source.extent if coverage in ("auto", "extent") or spec.fills else None
    if source.feature_count == 0 and coverage == "auto":
        report.warnings.append(f"{source.label} has no features and says nothing; {_NONE_HERE}")
    elif extent is not None and (coverage == "extent" or spec.fills):
        _warn_of_reach(question, source, extent, report)
    elif extent is not None and coverage == "auto":
        _warn_of_silence(question, key, source, extent, report)


def _warn_of_silence(
    question: Question, key: str, source: Source, extent: Window, report: CheckReport
) -> None:
    """Warn of municipalities that are beyond the reach of a layer's features."""
    areas = question.municipalities.geometries
    reach_m = question.ruleset.reach_m(key)
    near = shapely.intersects(shapely.box(*extent), shapely.buffer(areas, reach_m))
    silent = [
        code
        for code, is_near in zip(question.municipalities.codes, near, strict=True)
        if not is_near
    ]
    if silent:
        report.warnings.append(
            f"{source.label} has no features near {enumerate_some(silent)} "
            f"and says nothing there; {_NONE_HERE}"
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
