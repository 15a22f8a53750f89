"""Words are compared as people mean them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.rules.conditions import evaluate_filter
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.parts import FieldCondition, FieldSpec, year_of
from flexruimte.rules.words import looked_up, nearest_word, plain, words_in

RULESET = load_ruleset("flexwonen-nl")
STATUSES = RULESET.layers["bag_pand"].field("status").values or []


@given(
    st.sampled_from(STATUSES),
    st.text(alphabet=" \t\u00a0\u200b", max_size=3),
    st.sampled_from([str, str.upper, str.lower, str.title]),
)
def test_blanks_and_case_do_not_count(status: Any, blank: str, case: Any) -> None:
    written = blank + case(str(status)).replace(" ", " " + blank) + blank
    assert RULESET.layers["bag_pand"].field("status").canonical(written) == status


@pytest.mark.parametrize(
    "written", [40, 40.0, "40", " 40 ", "40.0", "40,0", "040", Decimal("40"), np.int32(40)]
)
def test_a_number_is_a_number_however_it_is_written(written: Any) -> None:
    assert RULESET.layers["bbg"].field("NBBG22").canonical(written) == 40


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NA, pd.NaT, "", " ", "\u200b\t"])
def test_nothing_has_no_form(nothing: Any) -> None:
    assert plain(nothing) == ""


def test_zeros_are_left_out_only_where_that_is_certain() -> None:
    assert looked_up("01", {"1": "one"}) == "one"
    assert looked_up("01", {"1": "one", "01": "zero one"}) == "zero one"
    assert looked_up("1", {"01": "zero one"}) is None


@pytest.mark.parametrize(
    ("layer", "field", "written", "meant"),
    [
        ("bgt_waterdeel", "type", "waterloop:kanaal", "waterloop"),
        ("bgt_waterdeel", "type", "Watervlakte: meer, plas, ven, vijver", "watervlakte"),
        ("bgt_wegdeel", "functie", "rijbaan lokale weg: verkeersdrempel", "rijbaan lokale weg"),
        ("bgt_functioneelgebied", "plus_type", "recreatie: park", "recreatie: park"),
        ("bgt_overigbouwwerk", "type", "niet-bgt: bunker", "bunker"),
        ("top10nl_wegdeel", "verhardingsbreedteklasse", "4-7 Meter", "4 - 7 meter"),
        ("waterkering", "categorie", "Primaire waterkering", "primair"),
        ("lib_luchtvaart", "zone", "Zone 3", 3),
        ("ibis", "maximale_milieucategorie", "4,2", "4.2"),
        ("ibis", "maximale_milieucategorie", 3.0, "3"),
        ("woningbouwplannen", "status_planologisch", "1B onhr + uitwerkingsplicht", "1B"),
        ("bag_verblijfsobject", "gebruiksdoel", "Woonfunctie; winkelfunctie", "woonfunctie,winkelfunctie"),
        ("bag_verblijfsobject", "gebruiksdoel", "(2:woonfunctie,celfunctie)", "woonfunctie,celfunctie"),
    ],
)  # fmt: skip
def test_spellings_of_real_extracts(layer: str, field: str, written: Any, meant: Any) -> None:
    said = RULESET.layers[layer].field(field)
    assert said.canonical(written) == meant
    assert said.knows(said.canonical(written))


@pytest.mark.parametrize(
    ("layer", "field", "written"),
    [
        ("bag_pand", "status", 31),
        ("bag_pand", "status", "bestaand"),
        ("bag_verblijfsobject", "gebruiksdoel", "BEST-woning"),
        ("bgt_waterdeel", "type", 502),
        ("bbg", "NBBG22", "Spoorwegen"),
        ("bofek", "bofek2020", 304),  # a code of BOFEK2012
        ("netcongestie_afname", "afname", "rood"),
        ("eigendom", "owner_class", "Staatsbosbeheer"),
        ("buisleidingen", "druk_kpa", "hoge druk"),
    ],
)
def test_other_words_are_not_known(layer: str, field: str, written: Any) -> None:
    said = RULESET.layers[layer].field(field)
    assert not said.knows(said.canonical(written))


def test_every_field_that_decides_says_what_it_can_hold() -> None:
    asked = [
        *((rule.layer, name) for rule in RULESET.land_rules.values() for name in rule.where),
        *(
            (measure.layer, name)
            for measure in RULESET.measures.values()
            for name in getattr(measure, "where", {})
        ),
        *((key, name) for key, spec in RULESET.layers.items() for name in spec.rows),
    ]
    silent = {
        (layer, name)
        for layer, name in asked
        if not (
            RULESET.layers[layer].field(name).is_coded or RULESET.layers[layer].field(name).open
        )
    }
    assert not silent


def test_a_word_that_is_not_known_is_neither_yes_nor_no() -> None:
    fields = {"type": FieldSpec(values=["a", "b"]), "year": FieldSpec(kind="number")}
    table = pd.DataFrame({"type": ["a", "b", "c", None], "year": [1, "many", 3, None]})
    for when_null, if_null in (("yes", 1), ("no", -1), ("unknown", 0)):
        asked = {"type": FieldCondition(in_=["a"], when_null=when_null)}
        assert evaluate_filter(asked, table, fields).tolist() == [1, -1, 0, if_null]
        asked = {"type": FieldCondition(not_in=["a"], when_null=when_null)}
        assert evaluate_filter(asked, table, fields).tolist() == [-1, 1, 0, if_null]
        asked = {"year": FieldCondition(at_least=2, when_null=when_null)}
        assert evaluate_filter(asked, table, fields).tolist() == [-1, 0, 1, if_null]
    asked = {"type": FieldCondition(is_null=True)}
    assert evaluate_filter(asked, table, fields).tolist() == [-1, -1, 0, 1]


def test_of_several_words_a_known_one_is_enough() -> None:
    fields = {"use": FieldSpec(values=["wonen", "winkel"], several=True)}
    table = pd.DataFrame({"use": ["wonen,winkel", "wonen,kelder", "winkel,kelder", "winkel"]})
    asked = {"use": FieldCondition(contains="wonen", when_null="no")}
    assert evaluate_filter(asked, table, fields).tolist() == [1, 1, 0, -1]


@given(st.lists(st.sampled_from(["a", "B ", "c", None, "1", "x"])), st.randoms())
def test_the_order_of_rows_does_not_matter(values: list[Any], random: Any) -> None:
    fields = {"type": FieldSpec(values=["a", "b", "1"])}
    asked = {"type": FieldCondition(in_=["b", 1])}
    order = random.sample(range(len(values)), len(values))
    table = pd.DataFrame({"type": pd.Series(values, dtype=object)})
    answers = evaluate_filter(asked, table, fields)
    assert evaluate_filter(asked, table.iloc[order], fields).tolist() == answers[order].tolist()


@pytest.mark.parametrize(
    ("written", "year"),
    [
        (dt.date(9999, 12, 31), 9999),
        ("9999-12-31T00:00:00+01:00", 9999),
        ("31/12/9999", 9999),
        (99991231, 9999),
        (np.datetime64("2021-03-04"), 2021),
        (pd.Timestamp("2021-03-04"), 2021),
        ("2021-03-04", 2021),
        ("later", None),
    ],
)
def test_years(written: Any, year: int | None) -> None:
    assert year_of(written) == year


def test_words_in_a_value() -> None:
    assert words_in("{a,b}") == words_in("['a', 'b']") == words_in("a|b") == ["a", "b"]
    assert words_in("()") == []


def test_the_nearest_word_is_one_that_is_like_it() -> None:
    assert nearest_word("Heidee", ["Heide", "Ven"]) == "Heide"
    assert nearest_word("waterkering primair", ["primair", "overig"]) == "primair"
    assert nearest_word("rood", [0, 1, 2]) is None
