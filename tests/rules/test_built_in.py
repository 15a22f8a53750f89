"""Every ruleset that ships, every family of measures, every page that is generated: what is added is tested by existing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from flexruimte.assessment.measures import FAMILIES
from flexruimte.rules.files import built_in_names, load_ruleset, with_changes
from flexruimte.rules.measures import Measure
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.study_file import StudyFile, read_study_file
from flexruimte.study.sample import sample_study_path
from flexruimte.views.rule_in_full import markdown_of_rules

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(params=built_in_names())
def ruleset(request: pytest.FixtureRequest) -> Ruleset:
    return load_ruleset(request.param)


def test_every_default_says_where_it_comes_from(ruleset: Ruleset) -> None:
    for table in (
        ruleset.placement,
        ruleset.rules,
        ruleset.layers,
        ruleset.criteria,
        ruleset.groups,
        ruleset.themes,
        ruleset.regimes,
        ruleset.site_types,
        ruleset.transport_tiers,
    ):
        for name, entry in table.items():
            assert len(entry.source) > 5, name
            assert entry.title.nl, name
            assert entry.title.en, name
    # nothing may claim to be PBL's flex study beyond what public summaries of it say
    for name, rule in ruleset.rules.items():
        if rule.basis == "pbl":
            assert "PBL" in rule.source, name
        if "common knowledge, not verified" in rule.source:
            assert rule.basis == "assumption", name


def test_every_level_says_why(ruleset: Ruleset) -> None:
    for name, rule in ruleset.rules.items():
        assert rule.level_reason is not None, name
        for reason in (rule.level_reason.nl, rule.level_reason.en):
            assert 5 < len(reason) <= 120, name
            assert "\n" not in reason, name


def test_distances_to_business_parks_are_a_choice() -> None:
    ruleset = load_ruleset("flexwonen-nl")
    other = with_changes(ruleset, {"placement": {"business_park_distances": {"value": "rsopen"}}})
    assert "business_parks_rsopen" in other.enabled_rules
    assert "business_parks_vng" not in other.enabled_rules
    # what is more likely to hinder is never nearer, by either
    for name in ("business_parks_vng", "business_parks_rsopen"):
        classes = ruleset.rules[name].distance_m.classes
        distances = [classes[category] for category in ("1", "2", "3", "4", "5", "6")]
        assert distances == sorted(distances), name
        # a category without its part is taken for its widest
        for whole in ("3", "4", "5"):
            parts = [classes[each] for each in classes if each.startswith(f"{whole}.")]
            assert classes[whole] == max(parts), name


def test_one_thing_is_said_by_one_rule() -> None:
    rules = load_ruleset("flexwonen-nl").enabled_rules
    named = ("nature", "woods", "spraying", "power", "overhead", "nitrogen", "noise_road")
    assert {part: sorted(name for name in rules if part in name) for part in named} == {
        "nature": ["brp_nature", "owner_nature_or_water_board"],  # who manages it, and whose it is
        "woods": ["bgt_woods"],
        "spraying": ["crop_spraying", "crop_spraying_greenhouses"],
        "power": ["power_lines"],
        "overhead": [],
        "nitrogen": ["nitrogen"],
        "noise_road": ["noise_road", "noise_road_limit"],  # a note above 53, land taken above 60
    }


def test_everything_is_used(ruleset: Ruleset) -> None:
    weighed = {
        name
        for weighted in (*ruleset.groups.values(), *ruleset.themes.values())
        for name in weighted.weights
    }
    assert set(ruleset.criteria) == weighed
    if ruleset.name == "pbl-2020":
        return  # knows all layers of flexwonen-nl, so that a study can be run with either
    readers = [
        part for part in (*ruleset.rules.values(), ruleset.plans, ruleset.agreements) if part
    ]
    read = [
        *(part.reads() for part in readers),
        *(measure.reads(ruleset.number) for measure in ruleset.measures.values()),
    ]
    used = {reading.layer for readings in read for reading in readings}
    assert set(ruleset.layers) <= used


def test_the_living_environment_is_never_hidden_in_the_score(ruleset: Ruleset) -> None:
    assert "environment" in ruleset.themes
    assert "environment" not in ruleset.score.weights


def test_what_the_sources_state_is_what_the_rules_say() -> None:
    # figures read in the sources themselves: RSopen's nuisance table, the pipeline strips, the crop-spraying rule of thumb, PBL's horizon
    rules, value = load_ruleset("flexwonen-nl").rules, load_ruleset("flexwonen-nl").value
    classes = rules["business_parks_rsopen"].distance_m.classes
    assert {classes[category] for category in ("1", "2", "6")} == {0, 100, 1_000}
    vng = rules["business_parks_vng"]  # from common knowledge, and so no more than an assumption
    assert [vng.distance_m.classes[category] for category in ("1", "3.1", "4.2", "6")] == [
        10,
        50,
        300,
        1_500,
    ]
    assert vng.basis == "assumption"
    assert [rules[f"noise_{name}_limit"].above for name in ("road", "rail", "industry")] == [
        60,
        65,
        55,
    ]
    assert {rules[f"noise_{name}_limit"].basis for name in ("road", "rail", "industry")} == {
        "assumption"
    }
    assert rules["crop_spraying"].distance_m == 50
    assert {rules[name].distance_m for name in rules if name.startswith("pipelines")} == {4, 5}
    assert rules["natura2000_ring"].distance_m == 1_000
    assert not rules["natura2000_ring"].enabled
    assert value("plan_horizon_years") == 10
    assert value("required_years") == 15
    assert load_ruleset("flexwonen-nl").rules["flood_depth"].at_most == 1.5


def test_every_family_of_measures_is_computed() -> None:
    declared = {
        get_args(kind.model_fields["family"].annotation)[0]
        for kind in get_args(get_args(Measure)[0])
    }
    assert declared == {*FAMILIES, "mix", "transport_tier"}  # the last two rest on other measures


def test_the_page_of_rules_is_fresh() -> None:
    assert (DOCS / "rules.md").read_text(encoding="utf-8") == markdown_of_rules(
        load_ruleset("flexwonen-nl"), "en"
    ), "make docs rewrites it"


@pytest.mark.parametrize("model", [StudyFile, Ruleset])
def test_schemas_can_be_printed(model: type[StudyFile | Ruleset]) -> None:
    assert json.loads(json.dumps(model.model_json_schema(by_alias=True)))["properties"]


def test_the_real_studies_are_well_formed() -> None:
    for path in [*sorted((Path(__file__).parents[1] / "real").glob("*.toml")), sample_study_path()]:
        if not path.stem.endswith("_rules"):
            assert read_study_file(path).study.name


def test_what_is_kept_of_pbl_is_pbl_s_or_says_that_it_is_not() -> None:
    pbl, whole = load_ruleset("pbl-2020"), load_ruleset("flexwonen-nl")
    inherited = {
        "pipelines", "pipelines_gas_high", "pipelines_gas_medium", "site_type_asked",
        "size_class_asked", "local_very_hard", "local_hard", "local_medium", "local_soft",
    }  # fmt: skip
    assert all(pbl.rules[name] == whole.rules[name] for name in inherited)
    assert not {"term_long_enough", "term_with_soft_plans"} & set(pbl.rules)
    for name in set(pbl.rules) - inherited:
        source = pbl.rules[name].source
        assert "PBL 4202" in source or "RSopen" in source or source.startswith("Chosen"), name
        if "chosen" in source.lower():
            assert pbl.rules[name].basis == "assumption", name
    # extensive use is left: nothing but fallow land, fields and pasture (34, 51, 52 and 53)
    closed = {
        code
        for rule in pbl.land_rules.values()
        if rule.layer == "bbg" and pbl.excludes(rule)
        for code in rule.where["NBBG22"].in_
    }
    assert set(pbl.code_lists["nbbg"].values) - closed - {0, 90} == {34, 51, 52, 53}
