"""A look at what a layer holds: rows, kinds of shapes, and values, held against the ruleset."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from flexruimte.assessment.question import Question
from flexruimte.errors import enumerate_some
from flexruimte.evidence.coordinates import kind_of_coordinates
from flexruimte.evidence.judged_rows import JudgedRows, read_judged_rows, rows_without_shape
from flexruimte.evidence.parcel_tables import ParcelTable
from flexruimte.evidence.shapes import COUNTRY, NO_NUMBER, OUTSIDE, left_out
from flexruimte.evidence.sources import Source, Window
from flexruimte.evidence.values import strange_rows, words_for_nothing
from flexruimte.rules.conditions import strange_values
from flexruimte.rules.parts import FieldSpec, LayerSpec
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.words import nearest_word
from flexruimte.vocabulary import CRS, NO

__all__ = [
    "FeaturesRead",
    "LayerLook",
    "deciding_fields",
    "features_of",
    "look_at",
    "look_at_table",
    "places_of_parcels",
    "problems_of",
    "warnings_of",
]

_READ_WHOLE = 100_000
"""A source with more rows than this is looked at in some places only."""
_PLACES, _PLACE_M = 9, 2000.0
_VALUES_SHOWN = 8
_VERTICES_SHOWN = 20


@dataclass(frozen=True)
class LayerLook:
    """What was seen of a layer."""

    whole: bool
    """Whether all of the source was looked at, not only some places."""
    rows: int = 0
    """Rows that were read, after the study's filter."""
    usable: int = 0
    """Of the right kind, and not left out by the rows that count."""
    counting: int = 0
    """Rows that may count, of any kind."""
    kinds: dict[str, int] = field(default_factory=dict)
    """Rows by kind of shape, as they are in the source."""
    doubled: int = 0
    """Rows that count and have the id of another one that does."""
    told: dict[str, int] = field(default_factory=dict)
    """Rows that were repaired, left out or have strange values, by what is told of that."""
    values: dict[str, dict[str, int]] = field(default_factory=dict)
    """Rows by value, of each field with a list."""
    strange: dict[str, dict[str, int]] = field(default_factory=dict)
    """The same of values that are not in the list."""
    nothing: dict[str, dict[str, int]] = field(default_factory=dict)
    """Rows without a value by the word that says so, of each field of which a null makes something
    unknown; "" is blank or null."""
    astray: list[tuple[float, float]] = field(default_factory=list)
    """Some vertices, in RD New, of rows of which not all vertices can be meant."""
    unshaped: int = 0
    """Rows without a shape that were not met, as only some places were looked at."""


def deciding_fields(ruleset: Ruleset, key: str) -> list[str]:
    """Return the fields of a layer that decide, of which the ruleset says what they can hold."""
    spec = ruleset.layers[key]
    return [
        name
        for name in dict.fromkeys([*ruleset.fields_in_use(key), *spec.rows])
        if spec.field(name).is_coded
    ]


@dataclass(frozen=True)
class FeaturesRead:
    """Features of a layer: all of them, or those in some places where there are very many."""

    whole: bool
    parts: list[JudgedRows]
    """One of all, or one of each place."""


def features_of(question: Question, key: str, source: Source) -> FeaturesRead:
    """Read the features of a layer, or those in some places where there are very many.

    Raises
    ------
    FlexruimteError
        When they cannot be read, or lack what is needed.
    """
    spec = question.ruleset.layers[key]
    fields = question.ruleset.fields_in_use(key)
    whole = 0 <= source.feature_count <= _READ_WHOLE
    windows: list[Window | None] = [None] if whole else [*places_of_parcels(question)]
    parts = [read_judged_rows(spec, source, fields, window) for window in windows]
    return FeaturesRead(whole, parts)


def look_at(question: Question, key: str, source: Source, read: FeaturesRead) -> LayerLook:
    """Return what is seen of the features of a layer.

    Parameters
    ----------
    question, key, source
        The study, the layer and where it is read from.
    read
        As `features_of` returns them.
    """
    asked = [
        *question.ruleset.fields_unknown_when_null(key),
        *_read_by_people(question.ruleset, key),
    ]
    looks = [_look(question.ruleset.layers[key], part, asked, read.whole) for part in read.parts]
    unshaped = 0 if read.whole else rows_without_shape(source)
    return replace(_together(looks, read.whole), unshaped=unshaped)


def look_at_table(ruleset: Ruleset, table: ParcelTable) -> LayerLook:
    """Return what is seen of the rows of a table."""
    rows, spec = table.rows, table.spec
    asked = ruleset.fields_unknown_when_null(table.key)
    nothing = {name: words for name, words in table.nothing.items() if name in asked}
    told = {what: int(where.sum()) for what, where in strange_rows(rows, spec.fields).items()}
    values, strange = _values(spec, rows)
    count = len(rows)
    return LayerLook(True, count, count, count, {}, 0, told, values, strange, nothing)


def places_of_parcels(question: Question) -> Iterator[Window]:
    """Yield squares in the municipalities that have parcels, spread over them."""
    extent = question.parcels.extent
    if extent is None:
        return
    asked = shapely.intersection(question.municipalities.geometries, shapely.box(*extent))
    asked = asked[~shapely.is_empty(asked)]
    chosen = np.unique(np.linspace(0, len(asked) - 1, min(_PLACES, len(asked))).astype(int))
    for point in shapely.point_on_surface(asked[chosen]):
        x, y = point.x, point.y
        yield (x - _PLACE_M / 2, y - _PLACE_M / 2, x + _PLACE_M / 2, y + _PLACE_M / 2)


def _look(spec: LayerSpec, rows: JudgedRows, asked: list[str], whole: bool) -> LayerLook:
    kinds = Counter("no shape" if shape is None else shape.geom_type for shape in rows.raw)
    values, strange = _values(spec, rows.table)
    return LayerLook(
        whole=whole,
        rows=len(rows.raw),
        usable=int(rows.usable.sum()),
        counting=int((rows.certainty > NO).sum()),
        doubled=int(pd.Series(rows.ids[rows.certainty > NO]).duplicated().sum()),
        kinds=dict(kinds),
        told={what: int(where.sum()) for what, where in rows.told.items()},
        astray=_vertices_astray(rows),
        values=values,
        strange=strange,
        nothing={
            name: words_for_nothing(values, rows.table[name])
            for name, values in rows.written.items()
            if name in asked
        },
    )


def _values(
    spec: LayerSpec, table: pd.DataFrame
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """Return how often each value of the fields with a list is there, and each strange one."""
    values, strange = {}, {}
    for name in table:
        said = spec.field(str(name))
        if not said.is_coded:
            continue
        odd = strange_values(table[name], said)
        if said.values is not None:
            values[str(name)] = _counted(table[name].dropna())
        if odd.any() or said.values is not None:
            strange[str(name)] = _counted(table[name][odd])
    return values, strange


def _counted(values: pd.Series) -> dict[str, int]:
    return {str(value): int(count) for value, count in values.value_counts().items()}


def _together(looks: list[LayerLook], whole: bool) -> LayerLook:
    """Return what was seen in several places."""
    total = LayerLook(whole)
    for look in looks:
        total = replace(
            total,
            rows=total.rows + look.rows,
            usable=total.usable + look.usable,
            counting=total.counting + look.counting,
            doubled=total.doubled + look.doubled,
            kinds=_summed(total.kinds, look.kinds),
            told=_summed(total.told, look.told),
            astray=[*total.astray, *look.astray][:_VERTICES_SHOWN],
            values=_summed_by_field(total.values, look.values),
            strange=_summed_by_field(total.strange, look.strange),
            nothing=_summed_by_field(total.nothing, look.nothing),
        )
    return total


def _summed(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return dict(Counter(one) + Counter(other))


def _summed_by_field(
    one: dict[str, dict[str, int]], other: dict[str, dict[str, int]]
) -> dict[str, dict[str, int]]:
    return {name: _summed(one.get(name, {}), other.get(name, {})) for name in {**one, **other}}


def problems_of(ruleset: Ruleset, key: str, source: Source, look: LayerLook) -> Iterator[str]:
    """Yield what makes a layer useless: no row is left, or much of it cannot be used."""
    spec = ruleset.layers[key]
    if look.rows == 0:
        if look.whole and source.settings.where and source.feature_count > 0:
            yield _where_keeps_nothing(source)
        return
    useless = [name for name in _fields_that_must_be_read(ruleset, key) if _all_strange(look, name)]
    for name in useless:
        yield _no_value_known(source, name, spec.field(name), look)
    for name in _fields_with_gaps(source, look):
        if _without_value(look, name) == look.rows:
            useless.append(name)
            yield _no_value_there(source, name, look)
    lost = list(_much_lost(ruleset, spec, source, look))
    yield from lost
    if not lost and look.usable == 0 and not useless and look.whole:
        yield _no_row_counts(source, spec, look)


def _much_lost(ruleset: Ruleset, spec: LayerSpec, source: Source, look: LayerLook) -> Iterator[str]:
    """Yield that so much of a layer cannot be used that it is no longer that layer."""
    most = ruleset.losses.most_share if ruleset.losses else 1.0
    if look.unshaped and look.unshaped >= most * source.feature_count:
        yield f"{source.label}: {_unshaped(source, look)}"
    outside = look.told.get(OUTSIDE, 0) + look.told.get(NO_NUMBER, 0)
    if outside and outside >= most * look.rows:
        yield f"{source.label}: {_outside(source, look)}"
    dropped = _dropped(spec, look)
    if dropped and (dropped == look.rows or dropped >= most * look.rows):
        seen = ", ".join(f"{kind} ({count})" for kind, count in look.kinds.items())
        yield (
            f"{source.label}: {dropped} of {look.rows} features are not of the kind that the layer "
            f"needs, {spec.geometry}s, or have no shape; there are: {seen}; "
            f"give the {spec.geometry}s themselves, for a GML file with "
            'open_options = { GFS_TEMPLATE = "..." } that names the geometry'
        )


def _vertices_astray(rows: JudgedRows) -> list[tuple[float, float]]:
    """Return the first vertex outside the country of some rows that have one."""
    found = []
    for shape in rows.raw[left_out(rows.told, len(rows.raw))][:_VERTICES_SHOWN]:
        vertices = shapely.get_coordinates(shape)
        outside = ((vertices < COUNTRY[:2]) | (vertices > COUNTRY[2:])).any(axis=1)
        found += vertices[outside][:1].tolist()
    return found


def _outside(source: Source, look: LayerLook) -> str:
    """Return what is told of features outside the country, and what their coordinates look like."""
    count = look.told.get(OUTSIDE, 0) + look.told.get(NO_NUMBER, 0)
    told = f"{count} of {look.rows} features have a vertex outside the country or that is no number"
    if not look.astray:
        return f"{told} and are left out; make the file again"
    start = Transformer.from_crs(CRS, source.crs, always_xy=True)
    vertices = np.array([start.transform(*vertex) for vertex in look.astray])
    such = f"{told}, such as {vertices[0, 0]:g} {vertices[0, 1]:g} in {source.crs.to_string()}"
    looks = kind_of_coordinates(vertices)
    if looks is None:
        return f"{such}, and are left out; correct 'crs' in the study, or make the file again"
    return f"{such}, and are left out; these look like {looks}"


def _unshaped(source: Source, look: LayerLook) -> str:
    return (
        f"{look.unshaped} of {source.feature_count} features have no shape and count nowhere, so "
        "that a parcel where one lies may come out better than it is; see why, or leave them out "
        "knowingly with where = ..."
    )


def warnings_of(ruleset: Ruleset, key: str, source: Source, look: LayerLook) -> Iterator[str]:
    """Yield what makes rules unknown in places: strange values, and features of another kind.

    Of those without a shape, or with one that cannot be meant, `reading` tells.
    """
    spec = ruleset.layers[key]
    place = "" if look.whole else " in the places that were looked at"
    must = _fields_that_must_be_read(ruleset, key)
    told_already = [name for name in must if _all_strange(look, name)]
    for name, words in look.strange.items():
        if words and name not in told_already:
            yield (
                f"{source.label}: field '{name}' holds{place} {_shown(words)}, "
                f"{_expected(spec.field(name))}; {_meaning(spec, name, 'features')}; "
                f"{_remedy(name, words, spec.field(name))}"
            )
    for name in _fields_with_gaps(source, look):
        count = _without_value(look, name)
        if count < look.rows:
            yield (
                f"{source.label}: field '{name}' has no value in {count} of {look.rows} rows{place}"
                f"{_words_there(look, name)}; {_meaning(spec, name, 'rows')}; "
                "fill it in, or leave them out knowingly with where = ..."
            )
    extent = None if look.whole else source.extent
    if extent and (np.array(extent) * [-1, -1, 1, 1] > np.array(COUNTRY) * [-1, -1, 1, 1]).any():
        yield (
            f"{source.label} reaches outside the country, to "
            f"{', '.join(f'{side:g}' for side in extent)}: what lies there is left out; see "
            "whether it is meant, as its features may lie elsewhere than they should"
        )
    if look.unshaped and not list(_much_lost(ruleset, spec, source, look)):
        yield f"{source.label}: {_unshaped(source, look)}"
    if spec.rows and spec.id and look.doubled:
        yield (
            f"{source.label}: {look.doubled} of {look.counting} that count{place} "
            "have the id of another; a register with its history holds objects more than once: "
            'keep what holds today with where = "..."'
        )
    for what, count in look.told.items():
        if what == f"not a {spec.geometry}, left out":
            yield f"{source.label}: {count} of {look.rows} features{place}: {what}"


def _read_by_people(ruleset: Ruleset, key: str) -> list[str]:
    """Return the fields of a layer that no rule asks for, and people need in every row."""
    return [name for name, field in ruleset.layers[key].fields.items() if field.filled]


def _meaning(spec: LayerSpec, name: str, what: str) -> str:
    """Return what a value that cannot be used means."""
    if spec.field(name).filled or name in spec.details:
        return "people read it in explanations as it stands"
    return f"where such {what} lie the rules that ask for it are unknown"


def _fields_that_must_be_read(ruleset: Ruleset, key: str) -> list[str]:
    """Return the fields without which nothing can be said: of tables, plans, rows that count."""
    spec = ruleset.layers[key]
    names = [*spec.rows, *deciding_fields(ruleset, key)]
    if ruleset.plans is not None and ruleset.plans.layer == key:
        names.append(ruleset.plans.status_field)
    listed = [name for name in dict.fromkeys(names) if spec.field(name).values is not None]
    return [name for name in listed if not spec.field(name).open]


def _fields_with_gaps(source: Source, look: LayerLook) -> list[str]:
    """Return the fields without a value in some rows, where that makes something unknown.

    What the study says itself of all rows is known.
    """
    return [name for name, words in look.nothing.items() if words and not _is_said(source, name)]


def _is_said(source: Source, name: str) -> bool:
    return name in source.settings.constants


def _without_value(look: LayerLook, name: str) -> int:
    return sum(look.nothing.get(name, {}).values())


def _words_there(look: LayerLook, name: str) -> str:
    """Return the words that say in a field that there is no value, with how often."""
    words = look.nothing[name]
    if set(words) == {""}:
        return ""
    return f": {_shown({word or 'nothing at all': count for word, count in words.items()})}"


def _no_value_there(source: Source, name: str, look: LayerLook) -> str:
    return (
        f"{source.label}: field '{name}' has no value in any of {look.rows} rows"
        f"{_words_there(look, name)}; is it the right column? Say which holds it with "
        f'fields = {{ {name} = "..." }}, or what holds for all with constants = '
        f'{{ {name} = "..." }} ("" is no value)'
    )


def _all_strange(look: LayerLook, name: str) -> bool:
    total = sum(look.values.get(name, {}).values())
    return total > 0 and sum(look.strange.get(name, {}).values()) == total


def _dropped(spec: LayerSpec, look: LayerLook) -> int:
    left_out = (f"not a {spec.geometry}, left out", "null geometry", "empty geometry")
    return sum(look.told.get(what, 0) for what in left_out)


def _shown(words: dict[str, int]) -> str:
    return enumerate_some((f"'{word}' ({count})" for word, count in words.items()), _VALUES_SHOWN)


def _expected(said: FieldSpec) -> str:
    if said.values is not None:
        return f"which the ruleset does not know; it knows: {', '.join(map(str, said.values))}"
    return f"where it needs a {said.kind}" if said.kind != "text" else "of no form that is known"


def _remedy(name: str, words: dict[str, int], said: FieldSpec) -> str:
    word = next(iter(words))
    near = nearest_word(word, [*(said.values or []), *said.aliases])
    meant = near or "..."
    hint = f"the nearest to '{word}' is '{near}'; " if near else ""
    pasted = f"{json.dumps(word, ensure_ascii=False)} = {json.dumps(meant, ensure_ascii=False)}"
    return f"{hint}say what it means with values.{name} = {{ {pasted} }}"


def _no_value_known(source: Source, name: str, said: FieldSpec, look: LayerLook) -> str:
    words = look.strange[name]
    return (
        f"{source.label}: of field '{name}' no value is known: {_shown(words)}, "
        f"{_expected(said)}; is it the right column? If so, {_remedy(name, words, said)}"
    )


def _no_row_counts(source: Source, spec: LayerSpec, look: LayerLook) -> str:
    seen = "; ".join(
        f"{name}: {_shown(look.values[name]) or 'no value'}"
        for name in spec.rows
        if name in look.values
    )
    asked = f" by {', '.join(spec.rows)}" if spec.rows else ""
    return (
        f"{source.label}: none of its {look.rows} features counts{asked} "
        f"({seen or 'all are left out'}); see whether fields and constants name the right columns, "
        "or leave the layer out"
    )


def _where_keeps_nothing(source: Source) -> str:
    """Return what is told of a filter that no row passes, with what its columns hold."""
    where = str(source.settings.where)
    # A source is a protocol, and each that answers it a dataclass: mypy cannot be told.
    bare = replace(source, settings=source.settings.model_copy(update={"where": None}))  # type: ignore[type-var]
    named = [column for column in source.columns if re.search(rf"\b{re.escape(column)}\b", where)]
    rows = bare.read_table(named, _READ_WHOLE) if named else pd.DataFrame()
    holds = [
        f"{column} holds {_shown(_counted(rows[column].dropna())) or 'no value'}"
        for column in named
    ]
    texts = re.findall(r"'([^']*)'", where)
    known = [str(value) for column in named for value in rows[column].dropna().unique()]
    near = [
        f"the nearest to '{text}' is '{meant}'"
        for text in texts
        if text not in known and (meant := nearest_word(text, known))
    ]
    found = "; ".join([*holds, *near]) or f"its columns are: {', '.join(source.columns)}"
    return (
        f'{source.label}: no row of {bare.feature_count} passes where = "{where}"; {found}; '
        "correct the filter, or leave it out"
    )
