"""The recipes in the docs can be pasted: they are read, and those of files that are known read as `new --from` writes them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from flexruimte.evidence.sources import open_source
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.study_file import LayerSettings, ParcelSettings
from flexruimte.study.new_study.recognition.known import known
from real_data import REAL_DATA, needs_real_data

PAGE = (Path(__file__).parents[1] / "docs" / "recipes.md").read_text(encoding="utf-8")
BLOCKS = [tomllib.loads(text) for text in re.findall(r"```toml [a-z]+\n(.*?)```", PAGE, re.DOTALL)]
STUDY_BLOCKS = [block for block in BLOCKS if "extends" not in block]
RULESET = load_ruleset("flexwonen-nl")


def test_there_are_recipes() -> None:
    assert len(STUDY_BLOCKS) == 7
    assert len(BLOCKS) == 8


@pytest.mark.parametrize("block", STUDY_BLOCKS, ids=str)
def test_a_recipe_is_a_part_of_a_study(block: dict[str, Any]) -> None:
    if "parcels" in block:
        ParcelSettings.model_validate(block["parcels"])
    for key, table in block.get("layers", {}).items():
        settings = LayerSettings.model_validate(table)
        given = {*settings.fields, *settings.constants, *settings.values}
        assert given <= set(RULESET.layers[key].fields)
        options = open_source(key, settings, Path()).option_files
        assert set(options) == set(settings.open_options)


def test_the_ruleset_with_periods_can_be_read(tmp_path: Path) -> None:
    text = re.findall(r"```toml ruleset\n(extends.*?)```", PAGE, re.DOTALL)[0]
    (tmp_path / "rules.toml").write_text(text)
    plans = load_ruleset("rules.toml", tmp_path).plans
    assert plans is not None
    assert [phase.start_year for phase in plans.phases] == [2019, 2020, 2025, 2030]


def test_the_recipe_for_eib_is_what_new_writes() -> None:
    (recipe,) = (
        block["layers"]["woningbouwplannen"]
        for block in STUDY_BLOCKS
        if "woningbouwplannen" in block.get("layers", {})
    )
    dataset = known().datasets["woningbouwplannen"]
    assert recipe["values"] == dataset.values
    assert recipe["constants"] == dataset.without


def test_the_recipe_for_the_bag_is_what_new_writes() -> None:
    recipes = [
        block["layers"]["bag_pand"]
        for block in STUDY_BLOCKS
        if "bag_pand" in block.get("layers", {})
    ]
    extract = known().extracts["lvbag"]
    (recipe,) = (each for each in recipes if "PND" in each["source"])
    assert recipe["where"] == extract.where


@needs_real_data
def test_the_recipes_for_gml_read_otterlo() -> None:
    folder = REAL_DATA / "otterlo" / "original"
    archives = {
        "bgt.zip": "otterlo_bgt_imgeo_gml.zip",
        "kadastralekaart.zip": "brk_kadastralekaart_v5_sample.zip",
    }
    counts = {}
    for block in STUDY_BLOCKS:
        for key, table in {**block.get("layers", {}), "parcels": block.get("parcels")}.items():
            if not table or ".gml" not in table["source"] or "functioneelgebied" in key:
                continue  # Otterlo has no functional areas
            source = table["source"]
            for name, real in archives.items():
                source = source.replace(name, real)
            settings = LayerSettings.model_validate({**table, "source": source, "id": None})
            counts[key] = len(open_source(key, settings, folder).read([]))
    assert counts == {
        "bgt_begroeidterreindeel": 1_168,
        "bgt_onbegroeidterreindeel": 830,
        "bgt_wegdeel": 2_444,
        "bgt_waterdeel": 1_163,
        "bgt_kunstwerkdeel": 66,
        "bgt_overigbouwwerk": 24,
        "bag_pand": 1_681,  # of 1,711 that did not end 30 are planned
        "parcels": 11,
    }
