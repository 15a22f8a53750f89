"""Which column holds which field."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from flexruimte.rules.files import load_ruleset
from flexruimte.rules.words import plain
from flexruimte.study.new_study.recognition.fields import (
    Columns,
    Matching,
    are_telling,
    as_text,
    words_of_lists,
)
from flexruimte.study.new_study.recognition.known import known

RULESET = load_ruleset("flexwonen-nl")
WORDS = words_of_lists(RULESET)


def matching(key: str, **columns: list[Any]) -> Matching:
    rows = pd.DataFrame(columns)
    forms = {
        str(name): frozenset(plain(value) for value in rows[name].dropna().unique())
        for name in rows
        if not pd.api.types.is_numeric_dtype(rows[name].dtype)
    }
    return Matching(key, known().datasets[key], RULESET.layers.get(key), rows, forms, WORDS)


def columns(key: str, **given: list[Any]) -> Columns:
    return matching(key, **given).columns()


def test_a_word_of_one_list_is_its_own() -> None:
    assert WORDS["pandingebruik"] == {"bag_pand"}
    assert WORDS["rijbaanlokaleweg"] == {"bgt_wegdeel"}
    assert WORDS["berm"] == {"ondersteunendwegdeel"}
    assert len(WORDS["transitie"]) > 1
    assert "nl" not in WORDS  # too short to tell anything


@pytest.mark.parametrize(
    "name", ["status", "STATUS", "pandstatus", "Pand_Status", "building_status"]
)
def test_by_name(name: str) -> None:
    found = columns(
        "bag_pand", **{"identificatie": ["0503100000000001"], name: ["Pand in gebruik"]}
    )
    assert found.found == {"identificatie": "identificatie", "status": name}
    assert found.by_values == []


def test_by_ten_letters() -> None:
    found = columns("bgt_waterdeel", relatieve_=[0], type=["waterloop"], eind_regis=[None])
    assert found.found["relatieve_hoogteligging"] == "relatieve_"
    assert found.found["eind_registratie"] == "eind_regis"


def test_ten_letters_of_two_fields_are_told_apart_by_values() -> None:
    found = columns(
        "top10nl_wegdeel",
        verharding=["4 - 7 meter", "2 - 4 meter"],
        verhardi_1=["verhard", "onverhard"],
    )
    assert found.found["verhardingsbreedteklasse"] == "verharding"
    assert found.found["verhardingstype"] == "verhardi_1"


def test_ten_letters_that_a_column_which_nobody_reads_has_too_are_asked() -> None:
    # all distances of the CBS begin so; a shapefile numbers them in the order of the columns
    name = "dichtstbijzijndeHuisartsenpraktijkAfstandInKm"
    found = columns("cbs_vierkant100m", C28992R100=["E1350N4560"], DICHTSTBIJ=[0.4])
    assert name not in found.found
    assert found.several[name] == ["DICHTSTBIJ"]


def test_by_values_where_the_name_says_nothing() -> None:
    found = columns("bag_pand", k1=["a", "b"], k2=["Pand in gebruik", "Pand gesloopt"])
    assert found.found == {"status": "k2"}
    assert found.by_values == ["status"]


def test_a_value_that_the_list_does_not_have_is_strange() -> None:
    found = columns("bag_pand", status=["in gebruik", "gesloopt"])
    assert found.strange == {"status": ["gesloopt", "in gebruik"]}


def test_two_columns_of_equal_right_are_asked() -> None:
    found = columns("bag_pand", pandstatus=["Pand in gebruik"], pand_status=["Pand gesloopt"])
    assert found.several == {"status": ["pandstatus", "pand_status"]}
    assert "status" not in found.found


def test_the_one_that_fits_is_taken() -> None:
    found = columns("bgt_waterdeel", **{"type": ["waterloop"], "class": ["niet-bgt"]})
    assert found.found["type"] == "type"


def test_spellings_of_an_extract() -> None:
    found = columns("woningbouwplannen", Planstatus=["1A Onherroepelijk", "Onbekend", "4A Visie"])
    assert found.found["status_planologisch"] == "Planstatus"
    assert found.strange == {}
    assert found.values == {"status_planologisch": {"1A Onherroepelijk": "1A", "4A Visie": "4A"}}


def test_words_of_another_dataset_are_foreign() -> None:
    case = matching("bgt_onbegroeidterreindeel", a=["berm", "open verharding"])
    assert case.foreign_words() == {"berm": "ondersteunendwegdeel"}
    # a building has what its addresses are used for
    assert matching("bag_pand", gebruiksdoel=["woonfunctie"]).foreign_words() == {}


def test_what_is_telling() -> None:
    assert not are_telling([])
    assert not are_telling(["erf"])
    assert are_telling(["erf", "zand"])


def test_numbers_as_text() -> None:
    assert as_text(pd.Series([1.0, 2.0, None])).tolist() == ["1", "2"]
    assert as_text(pd.Series([" a ", None])).tolist() == ["a"]
