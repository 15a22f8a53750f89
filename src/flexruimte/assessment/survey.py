"""The survey: what the layers say of the parcels of a municipality.

All work on shapes and layers is done here, and no judgement.

What is asked of the answers (thresholds, curves, weights, decisions) comes later and reads no
layer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.land import Land, LandFinding, assess_land, read_distances
from flexruimte.assessment.measures import compute_measures
from flexruimte.assessment.overlay import Overlay
from flexruimte.assessment.question import Question
from flexruimte.assessment.term import TERM_PARAMETERS, Term, assess_term
from flexruimte.evidence.decisions import load_decisions
from flexruimte.evidence.layers import (
    Layer,
    LayerFacts,
    Table,
    load_features,
    load_raster,
    load_table,
    values_of_field,
)
from flexruimte.evidence.parcels import Parcels, load_parcels
from flexruimte.evidence.seen import Seen, seen_together
from flexruimte.evidence.sources import Source
from flexruimte.evidence.window import surroundings
from flexruimte.kernels.circle import width
from flexruimte.kernels.overlap import largest_part
from flexruimte.kernels.threads import each_in_threads, threads_in_use
from flexruimte.rules.files import for_municipality
from flexruimte.rules.parts import Parameter, Text, references
from flexruimte.rules.rules import DistanceByField
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.scoring import Criterion, ScoreWeights
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    LARGEST_PART_AREA,
    WIDTH,
    Basis,
    Condition,
    Geometries,
    Integers,
)

__all__ = [
    "Part",
    "Progress",
    "Survey",
    "blocks_of",
    "look_again",
    "survey",
    "survey_part",
    "survey_question",
]

Progress: TypeAlias = Callable[[str], None]
"""Called with the name of each step as it starts."""

_NO_TEXT = Text(nl="", en="")
_ASKS_FOR_WIDTH = Criterion(
    title=_NO_TEXT, measure=WIDTH, curve=[(0, 0), (1, 100)], source="-", basis=Basis.ASSUMPTION
)
"""Stands for whatever looks at the width, which costs much to measure."""


@dataclass(frozen=True)
class Survey:
    """What the layers say of the parcels of one municipality. n parcels"""

    parcels: Parcels
    land: Land
    """What rules on layers find, and the buildable parts."""
    measures: pd.DataFrame
    """All but those that rest on other measures or on the homes. (n, ...)"""
    term: Term
    layers: dict[str, LayerFacts]
    """What was read, by layer."""


@dataclass(frozen=True)
class Part:
    """What the layers say of one block of the parcels."""

    members: Integers
    """Positions of the parcels, rising. (k,) int"""
    land: Land
    measures: pd.DataFrame
    term: Term
    facts: dict[str, LayerFacts]
    """By layer; nothing in it is counted yet."""
    seen: dict[str, Seen]
    """By layer."""


def survey_question(question: Question, code: str) -> Question:
    """Return what a study asks of the layers around the parcels of a municipality, and nothing else.

    Two studies that ask the same here find the same, whatever else they ask. The survey is made
    with this alone, so that what is left out cannot change it:

    - the name, the language, the target groups, the decisions, and which rules are not assessed;
    - titles, sources, their basis, advice, conditions and units;
    - rules on measures, site types, size classes, transport tiers, and measures that rest on
      others;
    - criteria, groups, themes and the weights of the score, all but whether anything asks for the
      width;
    - placement parameters that no rule on a layer, measure or regime refers to, nor the term.
    """
    ruleset = for_municipality(question.ruleset, code)
    rules = {
        rule_id: _untitled(rule, advice=None, condition=Condition.SITE)
        for rule_id, rule in ruleset.land_rules.items()
    }
    measures = {
        name: _untitled(measure)
        for name, measure in ruleset.measures.items()
        if measure.of != "other measures"
    }
    layers = {key: _untitled(spec, unit="") for key, spec in ruleset.layers.items()}
    regimes = {name: _untitled(regime) for name, regime in ruleset.regimes.items()}
    named = {
        *TERM_PARAMETERS,
        *(name for regime in regimes.values() for name in regime.only_for),
        *(name for part in (*rules.values(), *measures.values()) for name in references(part)),
    }
    asked = ruleset.model_copy(
        update={
            "name": "",
            "version": "",
            "title": _NO_TEXT,
            "rules": rules,
            "measures": measures,
            "layers": layers,
            "regimes": regimes,
            "levels": _untitled(ruleset.levels),
            "plans": ruleset.plans and _untitled(ruleset.plans),
            "agreements": ruleset.agreements and _untitled(ruleset.agreements),
            "placement": {
                name: Parameter(
                    title=_NO_TEXT, value=parameter.value, source="-", basis=Basis.ASSUMPTION
                )
                for name, parameter in ruleset.placement.items()
                if name in named
            },
            "criteria": {WIDTH: _ASKS_FOR_WIDTH} if ruleset.asks_for(WIDTH) else {},
            **{
                table: {}
                for table in (
                    "groups",
                    "themes",
                    "transport_tiers",
                    "site_types",
                    "size_classes",
                    "municipalities",
                )
            },
            "score": ScoreWeights(weights={}, source="-", basis=Basis.ASSUMPTION),
        }
    )
    return replace(
        question,
        name="",
        language="en",
        groups=[],
        decisions=load_decisions(None),
        ruleset=asked,
        not_assessed=question.not_assessed & set(layers),
        sources={
            key: source
            for key, source in question.sources.items()
            if key in layers and key not in question.not_assessed
        },
    )


def _untitled(part: Any, **changes: Any) -> Any:
    """Return a part of a ruleset without what people read, and with changes."""
    plain = {"title": _NO_TEXT, "source": "-", "basis": Basis.ASSUMPTION}
    return part.model_copy(
        update={
            **{name: value for name, value in plain.items() if name in type(part).model_fields},
            **changes,
        }
    )


def survey(
    question: Question,
    code: str,
    progress: Progress = lambda _step: None,
    parts_of: Callable[[int], Mapping[int, Part]] = lambda _count: {},
) -> Survey:
    """Read the layers of the study around the parcels of a municipality, and measure what they say.

    Parameters
    ----------
    question
        What `survey_question` returns: where to read, what to look for, and how many parcels are taken
        at once, by all threads together.
    code
        Of the municipality.
    progress
        Told which step starts.
    parts_of
        Where there is more than one block: given their number, returns those that are surveyed
        already, by number from 0.

    Raises
    ------
    FlexruimteError
        When the municipality has no parcels, or when a layer cannot be used.
    """
    progress("parcels")
    parcels = load_parcels(question.parcels, question.municipalities, code)
    # Blocks that are taken at the same time are smaller, so that together they take no more memory
    # than one.
    blocks = blocks_of(parcels.geometries, max(question.block // threads_in_use(), 1))
    parts = parts_of(len(blocks)) if len(blocks) > 1 else {}
    layers, one_at_a_time = _Layers(question, parcels), Lock()

    def surveyed(number: int) -> Part:
        block = f", block {number + 1} of {len(blocks)}" if len(blocks) > 1 else ""

        def told(step: str) -> None:
            with one_at_a_time:
                progress(step + block)

        known = parts.get(number)
        if known is not None and np.array_equal(known.members, blocks[number]):
            return known
        return _survey_block(question, parcels, blocks[number], layers, told)

    return _together(parcels, each_in_threads(surveyed, range(len(blocks))))


def survey_part(question: Question, code: str, number: int) -> Part:
    """Return what the layers say of one block of the parcels of a municipality; `survey` puts blocks together.

    Parameters
    ----------
    question
        What `survey_question` returns.
    code
        Of the municipality.
    number
        Of the block, from 0.

    Raises
    ------
    FlexruimteError
        When the municipality has no parcels, or when a layer cannot be used.
    """
    parcels = load_parcels(question.parcels, question.municipalities, code)
    members = blocks_of(parcels.geometries, question.block)[number]
    return _survey_block(question, parcels, members, _Layers(question, parcels), lambda _step: None)


def blocks_of(shapes: Geometries, size: int) -> list[Integers]:
    """Divide parcels into blocks of at most `size` that lie together.

    Positions of the parcels of each block, rising.
    """
    count = -(-len(shapes) // size)
    if count == 1:
        return [np.arange(len(shapes))]
    along = gpd.GeoSeries(shapes).hilbert_distance().to_numpy()
    return [np.sort(members) for members in np.array_split(np.argsort(along, kind="stable"), count)]


def look_again(question: Question, parcels: Parcels, keys: Sequence[str]) -> dict[str, str | None]:
    """Read some layers around the parcels of a municipality, and return the digests of what is seen of them, as in the facts of a survey.

    Parameters
    ----------
    question
        What `survey_question` returns.
    parcels
        Of the municipality.
    keys
        Of the layers.
    """
    layers = _Layers(
        replace(question, sources={key: question.sources[key] for key in keys}), parcels
    )
    facts: dict[str, LayerFacts] = {}
    seen: dict[str, list[Seen]] = {key: [] for key in keys}
    for members in blocks_of(parcels.geometries, question.block):
        for key, layer in layers.near(members).items():
            facts[key] = layer.facts
            seen[key].append(_seen(layer, parcels.ids[members]))
    return {key: _counted(facts[key], seen_together(seen[key])).digest for key in keys}


def _seen(layer: Layer, ids: np.ndarray[Any, Any]) -> Seen:
    return layer.seen_of(ids) if isinstance(layer, Table) else layer.seen


class _Layers:
    """The layers of a study around the parcels of a municipality, read for some of them at a time."""

    def __init__(self, question: Question, parcels: Parcels) -> None:
        ruleset = question.ruleset
        self._question = question
        self._bounds = shapely.bounds(parcels.geometries)
        kinds = {key: ruleset.layers[key].geometry for key in question.sources}
        self._tables = {
            key: load_table(key, ruleset.layers[key], source, ruleset.fields_in_use(key))
            for key, source in question.sources.items()
            if kinds[key] == "table"
        }
        self._reaches = {
            key: _reach(ruleset, key, source)
            for key, source in question.sources.items()
            if kinds[key] != "table"
        }
        self._around = {
            key: surroundings(self._bounds, reach).window for key, reach in self._reaches.items()
        }

    def near(self, members: Integers) -> dict[str, Layer]:
        """Return the layers around some of the parcels, as far as the largest distance any rule needs of each, by key."""
        ruleset = self._question.ruleset
        layers: dict[str, Layer] = dict(self._tables)
        for key, reach in self._reaches.items():
            spec, source, near = (
                ruleset.layers[key],
                self._question.sources[key],
                surroundings(self._bounds[members], reach),
            )
            if spec.geometry == "raster":
                layers[key] = load_raster(key, spec, source, near)
            else:
                layers[key] = load_features(
                    key, spec, source, ruleset.fields_in_use(key), near, self._around[key]
                )
        return dict(sorted(layers.items()))


def _survey_block(
    question: Question, parcels: Parcels, members: Integers, around: _Layers, progress: Progress
) -> Part:
    progress("layers")
    ruleset, ids, overlay = (
        question.ruleset,
        parcels.ids[members],
        Overlay(parcels.geometries[members]),
    )
    layers = around.near(members)
    progress("land")
    of_parcel = compute_measures(ruleset, "parcel", overlay, ids, layers)
    land = assess_land(ruleset, layers, overlay, of_parcel.assign(**{AREA: overlay.areas}))
    progress("measures")
    measures, term = _measure(question, ruleset, ids, layers, overlay, of_parcel, land)
    facts = {key: layer.facts for key, layer in layers.items()}
    return Part(
        members,
        land,
        measures,
        term,
        facts,
        {key: _seen(layer, ids) for key, layer in layers.items()},
    )


def _together(parcels: Parcels, blocks: list[Part]) -> Survey:
    """Return what the layers say of all parcels, in the order of the parcels, whatever blocks they were taken in."""
    order = np.argsort(np.concatenate([block.members for block in blocks]), kind="stable")
    seen = {key: seen_together([block.seen[key] for block in blocks]) for key in blocks[0].facts}
    return Survey(
        parcels=parcels,
        land=_lands_together([block.land for block in blocks], order),
        measures=_tables_together([block.measures for block in blocks], order),
        term=_terms_together([block.term for block in blocks], order),
        layers={key: _counted(facts, seen[key]) for key, facts in blocks[0].facts.items()},
    )


def _lands_together(lands: list[Land], order: Integers) -> Land:
    def joined(arrays: Iterable[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
        return np.concatenate(list(arrays))[order]

    findings = {}
    for rule_id in lands[0].findings:
        parts = [land.findings[rule_id] for land in lands]
        findings[rule_id] = LandFinding(
            covered_m2=joined(part.covered_m2 for part in parts),
            edge=joined(part.edge for part in parts),
            verdict=joined(part.verdict for part in parts),
            feature_count=joined(part.feature_count for part in parts),
            features=pd.Series(
                joined(np.asarray(part.features, dtype=object) for part in parts), dtype="str"
            ).array,
        )
    return Land(
        joined(land.buildable for land in lands), joined(land.taken_m2 for land in lands), findings
    )


def _terms_together(terms: list[Term], order: Integers) -> Term:
    return Term(
        columns=_tables_together([term.columns for term in terms], order),
        may_be_lower={
            name: np.concatenate([term.may_be_lower[name] for term in terms])[order]
            for name in terms[0].may_be_lower
        },
        plans=np.concatenate([term.plans for term in terms])[order],
        regime=terms[0].regime,
        unread={
            what: np.unique(np.concatenate([term.unread[what] for term in terms]))
            for what in terms[0].unread
        },
    )


def _tables_together(tables: list[pd.DataFrame], order: Integers) -> pd.DataFrame:
    """Return rows of several tables as one; columns of objects are looked at anew, as the type that fits all may fit none of the parts."""
    columns = {}
    for name in tables[0]:
        plain = all(isinstance(table[name].dtype, np.dtype) for table in tables)
        parts = [
            table[name].to_numpy() if plain else table[name].to_numpy(dtype=object)
            for table in tables
        ]
        columns[name] = np.concatenate(parts)[order]
    return pd.DataFrame(columns, index=pd.RangeIndex(len(order)))


def _counted(facts: LayerFacts, seen: Seen) -> LayerFacts:
    repairs = {what: tally.total for what, tally in seen.repairs.items() if tally.total}
    said = f"{facts.coverage} {facts.digest} {sorted(facts.repairs.items())} {seen.digest}"
    return replace(
        facts,
        rows=seen.rows.total,
        repairs={**facts.repairs, **repairs},
        digest=hashlib.sha256(said.encode()).hexdigest()[:32],
    )


def _reach(ruleset: Ruleset, key: str, source: Source) -> float:
    """Return how far around the parcels a layer is read, in metres."""
    if ruleset.layers[key].geometry == "raster":
        return 2 * max(source.cell_m)  # a cell's slope is that of its neighbours
    distances = [ruleset.reach_m(key)]
    for rule in ruleset.land_rules.values():
        if rule.layer == key and isinstance(rule.distance_m, DistanceByField):
            of_features = read_distances(
                rule.distance_m, values_of_field(source, rule.distance_m.field)
            )
            distances += of_features[np.isfinite(of_features)].tolist()
    return max(distances) + 1.0


def _measure(
    question: Question,
    ruleset: Ruleset,
    ids: np.ndarray[Any, Any],
    layers: Mapping[str, Layer],
    overlay: Overlay,
    of_parcel: pd.DataFrame,
    land: Land,
) -> tuple[pd.DataFrame, Term]:
    """Return the measures of the parcel, of the buildable part, and of the term."""
    # Where nothing is left the whole parcel is measured, so that the numbers are there to be
    # questioned.
    shapes = np.where(shapely.is_empty(land.buildable), overlay.shapes, land.buildable)
    of_buildable = compute_measures(
        ruleset, "buildable", Overlay(shapes, around=overlay), ids, layers
    )
    term = assess_term(ruleset, layers, question.not_assessed, overlay, ids, question.as_of)
    largest = largest_part(land.buildable)
    shape = pd.DataFrame(
        {
            AREA: overlay.areas,
            BUILDABLE_AREA: shapely.area(land.buildable),
            LARGEST_PART_AREA: shapely.area(largest),
            WIDTH: width(largest) if ruleset.asks_for(WIDTH) else np.nan,
        }
    )
    return pd.concat([shape, term.columns, of_parcel, of_buildable], axis=1), term
