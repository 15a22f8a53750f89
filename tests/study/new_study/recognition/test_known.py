"""The data by which files are recognised holds against the rulesets."""

from __future__ import annotations

import re

import pytest

from flexruimte.evidence.sources.base import plain_name
from flexruimte.rules.files import load_ruleset
from flexruimte.study.new_study.recognition.known import known

RULESET = load_ruleset("flexwonen-nl")
LAYERS = {key: each for key, each in known().datasets.items() if each.serves == "layer"}


def test_every_layer_of_the_ruleset_is_known() -> None:
    assert set(RULESET.layers) == set(LAYERS)


@pytest.mark.parametrize("key", sorted(LAYERS))
def test_fields_are_those_of_the_ruleset(key: str) -> None:
    spec, dataset = RULESET.layers[key], LAYERS[key]
    of_table = {"parcel_id"} if spec.geometry == "table" else set()
    assert set(dataset.fields) <= set(spec.fields) | of_table
    assert set(dataset.values) <= set(spec.fields)
    assert set(dataset.without) <= set(spec.fields)
    assert set(dataset.also) <= set(LAYERS)


@pytest.mark.parametrize("key", sorted(LAYERS))
def test_spellings_stand_for_words_of_the_list(key: str) -> None:
    for field, spellings in LAYERS[key].values.items():
        listed = {str(value) for value in RULESET.layers[key].fields[field].values or []}
        assert set(map(str, spellings.values())) <= listed


@pytest.mark.parametrize("key", sorted(known().datasets))
def test_a_column_is_an_alias_of_one_field(key: str) -> None:
    dataset = known().datasets[key]
    names = [
        plain_name(alias)
        for aliases in dataset.fields.values()
        for alias in set(map(plain_name, aliases))
    ]
    assert sorted(names) == sorted(set(names))
    for pattern in dataset.looks.values():
        re.compile(pattern)


def test_no_name_is_that_of_two_datasets_of_one_kind() -> None:
    """Two datasets with one name must differ in shapes or in a list of values, or neither is ever certain by it."""
    from flexruimte.study.new_study.recognition.names import _forms

    for form, keys in _forms().items():
        layers = [RULESET.layers[key].geometry for key in keys if key in RULESET.layers]
        assert len(layers) == len(set(layers)), (form, keys)
