"""What the file of a layer has, held against what the ruleset knows of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from flexruimte.assessment.question import Question
from flexruimte.errors import FlexruimteError, StudyError, did_you_mean, number_of
from flexruimte.evidence.columns import source_columns
from flexruimte.evidence.parcel_tables import load_table
from flexruimte.evidence.sources import Source
from flexruimte.rules.study_file import LayerSettings
from flexruimte.study.layer_checks import (
    LayerLook,
    features_of,
    look_at,
    look_at_table,
    places_of_parcels,
    problems_of,
    warnings_of,
)
from flexruimte.study.reading import municipality_windows, read_features

__all__ = ["layer_report"]


def layer_report(question: Question, key: str) -> Iterator[str]:
    """Yield what the study's file of a layer has, a line at a time.

    Raises
    ------
    FlexruimteError
        When the study does not have the layer, or it cannot be read.
    """
    if key not in question.sources:
        raise StudyError(f"the study has no layer '{key}'; {did_you_mean(key, question.sources)}")
    source, spec = question.sources[key], question.ruleset.layers[key]
    yield f"in the study: {source.label}"
    if spec.geometry == "raster":
        yield from _raster_lines(question, key, source)
        return
    fields = list(dict.fromkeys([*question.ruleset.fields_in_use(key), *spec.rows]))
    try:
        for name, column in source_columns(source, fields, spec).items():
            yield f"field {name} is column '{column}'"
    except FlexruimteError as error:
        yield f"problem: {error}"
        return
    if spec.geometry == "table":
        shapes: list[str] = []
        look = look_at_table(question.ruleset, load_table(key, spec, source, fields))
    else:
        read = features_of(question, key, source)
        look = look_at(question, key, source, read)
        shapes = read_features(question, key, source, municipality_windows(question), read)
    yield from _look_lines(look)
    yield from (f"warning: {text}" for text in shapes)
    yield from (f"warning: {text}" for text in warnings_of(question.ruleset, key, source, look))
    yield from (f"problem: {text}" for text in problems_of(question.ruleset, key, source, look))


def _look_lines(look: LayerLook) -> Iterator[str]:
    place = "" if look.whole else " in the places looked at"
    counting = number_of(look.counting, "counts", "count")
    yield f"{number_of(look.rows, 'row', 'rows')}{place}, {counting}"
    for kind, count in look.kinds.items():
        yield f"    {count} {kind}"
    for what, count in look.told.items():
        yield f"    {count} {what}"
    for name, values in look.values.items():
        strange = look.strange.get(name, {})
        for value, count in values.items():
            mark = "  <- no rule knows it" if value in strange else ""
            yield f"    {name} = {value}: {count}{mark}"


def _raster_lines(question: Question, key: str, source: Source) -> Iterator[str]:
    """Yield how many cells in some places have a value, and how many lie outside the range."""
    spec, settings = question.ruleset.layers[key], source.settings
    own = settings if isinstance(settings, LayerSettings) else None
    valid = (own and own.valid) or spec.valid or (-np.inf, np.inf)
    nodata = spec.nodata if own is None or own.nodata is None else own.nodata
    source.check_raster()
    cells = [source.read_grid(window, nodata).cells for window in places_of_parcels(question)]
    values = np.concatenate([np.ravel(grid) for grid in cells] or [np.empty(0)])
    known = values[~np.isnan(values)]
    sides = " x ".join(f"{side:g}" for side in source.cell_m)
    yield f"cells of {sides} m; looked at: {len(values)}"
    if not len(known):
        yield "    none has a value there"
        return
    outside = float(np.mean((known < valid[0]) | (known > valid[1])))
    low, middle, high = np.quantile(known, [0, 0.5, 1])
    yield f"    {len(known)} have a value: {low:g} to {high:g}, half of them below {middle:g}"
    yield f"    {outside:.1%} lie outside {valid[0]:g} to {valid[1]:g} {spec.unit}"
