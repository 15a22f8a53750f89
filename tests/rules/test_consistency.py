"""What parts of a ruleset say about each other: each contradiction is one line with its table."""

from __future__ import annotations

from typing import Any

import pytest

from flexruimte.errors import RulesetError
from flexruimte.rules.consistency import problems
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.tables import RulesetTables
from toy_town import RULESET

TITLE = {"nl": "x", "en": "x"}
SOURCED = {"source": "toy", "basis": "assumption"}
ON_LAND = {"title": TITLE, "condition": "site", "level": "soft", **SOURCED}


def laid_over(document: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A document with changes, entry by entry; None takes an entry away."""
    changed = dict(document)
    for name, value in changes.items():
        if value is None:
            del changed[name]
        elif isinstance(value, dict) and isinstance(changed.get(name), dict):
            changed[name] = laid_over(changed[name], value)
        else:
            changed[name] = value
    return changed


def toy(changes: dict[str, Any]) -> dict[str, Any]:
    document = load_ruleset(RULESET).model_dump(mode="json", by_alias=True, exclude_unset=True)
    return laid_over(document, changes)


def test_the_toy_ruleset_contradicts_itself_nowhere() -> None:
    assert list(problems(RulesetTables.model_validate(toy({})))) == []


CONTRADICTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "layer of a rule": (
        {"rules": {"buildings": {"layer": "pnd"}}},
        "[rules.buildings] layer 'pnd' does not exist; did you mean 'pand'?",
    ),
    "field of a rule": (
        {"rules": {"nature": {"where": {"nam": ["Bos"]}}}},
        "[rules.nature] field of layer 'natuur': 'nam' does not exist; did you mean 'naam'?",
    ),
    "lines without a distance": (
        {"rules": {"pipeline": {"distance_m": None}}},
        "[rules.pipeline] leiding holds no areas; give a distance_m around its features",
    ),
    "land of a raster": (
        {"rules": {"loud": {**ON_LAND, "layer": "lden"}}},
        "[rules.loud] layer 'lden' has cells and no shapes; say above which value its land is covered, or make a measure of it and test that",
    ),
    "cells of polygons": (
        {"rules": {"nature": {"above": 3}}},
        "[rules.nature] above is about the cells of a raster, and 'natuur' holds polygons",
    ),
    "land of a table": (
        {"rules": {"owned": {**ON_LAND, "layer": "eigendom"}}},
        "[rules.owned] layer 'eigendom' has no shapes to subtract; make a measure of it and test that",
    ),
    "condition on the buildable part": (
        {"rules": {"nature": {"when": [{"measure": "noise_db", "at_most": 50}]}}},
        "[rules.nature] when of a rule on land can only ask for measures of the whole parcel, and 'noise_db' is not one",
    ),
    "exception by the buildable part": (
        {"rules": {"nature": {"unless": [{"measure": "homes_mid", "at_most": 50}]}}},
        "[rules.nature] unless of a rule on land can only ask for measures of the whole parcel, and 'homes_mid' is not one",
    ),
    "measure of an exception": (
        {"rules": {"unbuilt": {"unless": [{"measure": "bilt_share", "at_most": 1}]}}},
        "[rules.unbuilt.unless] measure 'bilt_share' does not exist; did you mean 'built_share'?",
    ),
    "choice that nobody makes": (
        {"rules": {"unbuilt": {"only_for": {"building_rule": "temporary"}}}},
        "[rules.unbuilt.only_for] placement parameter 'building_rule' does not exist; did you mean 'building_rules'?",
    ),
    "measure of a rule": (
        {"rules": {"unbuilt": {"measure": "bilt_share"}}},
        "[rules.unbuilt] measure 'bilt_share' does not exist; did you mean 'built_share'?",
    ),
    "unit of a threshold": (
        {"rules": {"unbuilt": {"unit": "m2"}}},
        "[rules.unbuilt] unit 'm2' does not fit measure 'built_share', which is in share; convert the threshold",
    ),
    "number for a class of flexruimte's own": (
        {"site_types": {"field": {"when": [{"measure": "size_class", "at_least": 2}]}}},
        "[site_types.field.when] measure 'size_class' is a class; test it with in or not_in",
    ),
    "placement parameter of a threshold": (
        {"rules": {"term": {"at_least": {"placement": "required_year"}}}},
        "[rules.term] placement parameter 'required_year' does not exist; did you mean 'required_years'?",
    ),
    "placement parameter of a measure": (
        {"measures": {"stop_walk_m": {"detour_factor": {"placement": "detour"}}}},
        "[measures.stop_walk_m] placement parameter 'detour' does not exist; did you mean 'detour_factor'?",
    ),
    "id of a layer": (
        {"layers": {"natuur": {"id": "nmr"}}},
        "[layers.natuur] field of layer 'natuur': 'nmr' does not exist; did you mean 'nr'?",
    ),
    "rows of a layer": (
        {"layers": {"pand": {"rows": {"stats": ["x"]}}}},
        "[layers.pand] field of layer 'pand': 'stats' does not exist; did you mean 'status'?",
    ),
    "layer of a measure": (
        {"measures": {"built_share": {"layer": "pnd"}}},
        "[measures.built_share] layer 'pnd' does not exist; did you mean 'pand'?",
    ),
    "field of a measure": (
        {"measures": {"grid_class": {"field": "afnam"}}},
        "[measures.grid_class] field of layer 'net': 'afnam' does not exist; did you mean 'afname'?",
    ),
    "a raster of polygons": (
        {"measures": {"noise_db": {"layer": "net"}}},
        "[measures.noise_db] family 'raster' needs a layer of rasters; 'net' holds polygons",
    ),
    "a measure of flexruimte's own": (
        {"measures": {"width_m": {"title": TITLE, "family": "count", "layer": "pand"}}},
        "[measures.width_m] is computed by flexruimte itself and cannot be redefined",
    ),
    "a measure without a unit": (
        {"measures": {"houses": {"title": TITLE, "family": "count", "layer": "pand"}}},
        "[measures.houses] a measure's name ends in its unit, such as _m, _m2, _share or _class",
    ),
    "transport without tiers": (
        {"measures": {"load_class": {"title": TITLE, "family": "transport_tier", "width_m": [1], "height_m": [1], "length_m": [1]}}},
        "[measures.load_class] there are no transport tiers; add tables [transport_tiers.NAME] with width_m, height_m and length_m",
    ),
    "a mix of nothing": (
        {"measures": {"mixed_share": {"title": TITLE, "family": "mix", "total": "mean", "parts": [{"measure": "noise", "curve": [[0, 0], [1, 1]], "weight": 1}]}}},
        "[measures.mixed_share] measure 'noise' does not exist; did you mean 'noise_db'?",
    ),
    "measure of a criterion": (
        {"criteria": {"quiet": {"measure": "nose_db"}}},
        "[criteria.quiet] measure 'nose_db' does not exist; did you mean 'noise_db'?",
    ),
    "unit of a curve": (
        {"criteria": {"stop": {"unit": "km"}}},
        "[criteria.stop] unit 'km' does not fit measure 'stop_distance_m', which is in m; convert the curve",
    ),
    "curve beyond the limit": (
        {"criteria": {"stop": {"curve": [[100, 100], [1001, 0]]}}},
        "[criteria.stop] the curve goes on to 1001 but 'stop_distance_m' is cut off at 1000; raise that limit of the measure",
    ),
    "criterion of a group": (
        {"groups": {"students": {"weights": {"stops": 1}}}},
        "[groups.students.weights] criterion 'stops' does not exist; did you mean 'stop'?",
    ),
    "criterion of a theme": (
        {"themes": {"term": {"weights": {"lang": 1}}}},
        "[themes.term.weights] criterion 'lang' does not exist; did you mean 'long'?",
    ),
    "weakest link of a theme": (
        {"themes": {"term": {"lowest": ["lang"]}}},
        "[themes.term.lowest] criterion 'lang' does not exist; did you mean 'long'?",
    ),
    "a curve at a parameter that does not exist": (
        {"criteria": {"long": {"curve": [[0, 0], [{"placement": "required_year"}, 100]]}}},
        "[criteria.long] placement parameter 'required_year' does not exist; did you mean 'required_years'?",
    ),
    "a curve at a parameter that is no number": (
        {"criteria": {"long": {"curve": [[0, 0], [{"placement": "building_rules"}, 100]]}}},
        "[criteria.long] placement parameter 'building_rules' is no number; a point of a curve needs one",
    ),
    "a parameter that is held against one that is no number": (
        {"placement": {"required_years": {"at_least": "building_rules"}}},
        "[placement.required_years.at_least] required_years and building_rules must both be numbers to be compared; leave at_least out",
    ),
    "a curve at a parameter beyond the limit": (
        {"criteria": {"stop": {"curve": [[0, 100], [{"placement": "min_buildable_m2"}, 0]]}}},
        "[criteria.stop] the curve goes on to 5000 but 'stop_distance_m' is cut off at 1000; raise that limit of the measure",
    ),
    "a rule on what rules say": (
        {"rules": {"unbuilt": {"measure": "medium_points_count", "unit": "count"}}},
        "[rules.unbuilt] 'medium_points_count' counts what rules say, so only a criterion can ask for it; make a criterion of it",
    ),
    "theme that is not one": (
        {"themes": {"terms": {"title": TITLE, "weights": {"long": 1}, **SOURCED}}},
        "[themes] theme 'terms' does not exist; did you mean 'term'?",
    ),
    "suitability is of the groups": (
        {"themes": {"suitability": {"title": TITLE, "weights": {"long": 1}, **SOURCED}}},
        "[themes] theme 'suitability' does not exist; ",
    ),
    "score of what is no theme": (
        {"score": {"weights": {"tern": 1}}},
        "[score.weights] theme 'tern' does not exist; did you mean 'term'?",
    ),
    "score of a theme without a table": (
        {"themes": {"term": None}},
        "[score.weights] theme 'term' has no table [themes.term]",
    ),
    "suitability without groups": (
        {"groups": None},
        "[score.weights] 'suitability' needs at least one table [groups.NAME]",
    ),
    "layer of plans": (
        {"plans": {"layer": "planen"}},
        "[plans] layer 'planen' does not exist; did you mean 'plannen'?",
    ),
    "field of plans": (
        {"plans": {"status_field": "stats"}},
        "[plans] field of layer 'plannen': 'stats' does not exist; did you mean 'status'?",
    ),
    "field of agreements": (
        {"agreements": {"free_from_field": "vrij"}},
        "[agreements] field of layer 'afspraken': 'vrij' does not exist; ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_each_contradiction_is_one_line(case: str) -> None:
    changes, line = CONTRADICTIONS[case]
    found = list(problems(RulesetTables.model_validate(toy(changes))))
    assert len(found) == 1, found
    assert found[0].startswith(line)
    assert "\n" not in found[0]
    with pytest.raises(RulesetError, match=r"^ruleset 'toy': \["):
        Ruleset.model_validate(toy(changes))


def test_a_threshold_on_the_limit_is_no_contradiction() -> None:
    up_to_it = {"criteria": {"stop": {"curve": [[100, 100], [1000, 0]]}}}
    assert list(problems(RulesetTables.model_validate(toy(up_to_it)))) == []


def test_all_contradictions_are_found() -> None:
    several = {
        "rules": {"unbuilt": {"unit": "m2"}, "buildings": {"layer": "pnd"}},
        "score": {"weights": {"tern": 1}},
    }
    found = list(problems(RulesetTables.model_validate(toy(several))))
    assert [line.split("]")[0] for line in found] == [
        "[rules.unbuilt",
        "[rules.buildings",
        "[score.weights",
    ]
