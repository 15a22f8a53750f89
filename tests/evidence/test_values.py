"""What says that there is no value is null, however it is written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flexruimte.evidence.values import clean_values, strange_rows
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.parts import FieldSpec

RULESET = load_ruleset("flexwonen-nl")


def cleaned(layer: str, field: str, values: Any, **mapped: Any) -> list[Any]:
    spec = RULESET.layers[layer]
    column = values if isinstance(values, pd.Series) else pd.Series(values)
    result = clean_values(column, spec.field(field), spec, mapped.get("mapped"))
    return [None if pd.isna(value) else value for value in result]


@pytest.mark.parametrize("dtype", ["object", "string", "str"])
def test_blank_text_is_null(dtype: str) -> None:
    values = pd.Series(["gemeente", "", "  ", "\t", None, " Rijk"], dtype=dtype)
    assert cleaned("eigendom", "owner_class", values) == ["gemeente", *[None] * 4, "rijk"]
    assert cleaned("militair_terrein", "naam", values) == ["gemeente", *[None] * 4, " Rijk"]


@pytest.mark.parametrize(
    "sentinel", [-99997, -99997.0, "-99997", "-99997.0", Decimal(-99997), np.int32(-99995)]
)
def test_a_sentinel_is_null_whatever_its_type(sentinel: Any) -> None:
    field = "dichtstbijzijndeHuisartsenpraktijkAfstandInKm"
    assert cleaned("cbs_vierkant100m", field, pd.Series([sentinel, 2], dtype=object)) == [None, 2]
    assert cleaned("cbs_vierkant100m", field, [sentinel, sentinel]) == [None, None]


def test_grid_congestion_below_zero_is_no_class() -> None:
    assert cleaned("netcongestie_afname", "afname", [-1, 0, 3]) == [None, 0, 3]
    assert cleaned("netcongestie_afname", "afname", ["-1", "0", "3"]) == [None, 0, 3]


@pytest.mark.parametrize(
    "never", ["9999-12-31", "9999-12-31T00:00:00Z", "31-12-9999", 99991231, "", "geenWaarde"]
)
def test_an_end_that_never_comes_is_no_end(never: Any) -> None:
    ends = pd.Series([never, "2021-03-04T10:00:00Z"], dtype=object)
    assert cleaned("bgt_wegdeel", "eind_registratie", ends) == [None, "2021-03-04T10:00:00Z"]
    moments = pd.Series(np.array(["9999-12-31", "2021-03-04"], dtype="datetime64[ms]"))
    assert pd.isna(cleaned("bgt_wegdeel", "eind_registratie", moments)[0])


def test_a_lease_that_never_ends_is_never_free() -> None:
    # free_from is a start: far away is not the same as nothing agreed.
    assert cleaned("gebruiksafspraken", "free_from", ["9999-12-31"]) == ["9999-12-31"]
    assert cleaned("gebruiksafspraken", "free_until", ["9999-12-31"]) == [None]


def test_words_for_no_value() -> None:
    assert (
        cleaned("bgt_functioneelgebied", "plus_type", ["waardeOnbekend", "Onbekend"]) == [None] * 2
    )
    # A word that the list of the registry has is a value.
    assert cleaned("top10nl_wegdeel", "verhardingstype", ["onbekend"]) == ["onbekend"]


def test_a_study_says_what_its_words_mean() -> None:
    mapped = {"Bestaand ": "Pand in gebruik", "31": "Pand in gebruik"}
    values = pd.Series(["bestaand", 31, "Pand gesloopt"], dtype=object)
    assert cleaned("bag_pand", "status", values, mapped=mapped) == [
        "Pand in gebruik", "Pand in gebruik", "Pand gesloopt",
    ]  # fmt: skip


def test_lists_of_words_are_read() -> None:
    lists = pd.Series(
        [["woonfunctie", "winkelfunctie"], np.array(["celfunctie"]), []], dtype=object
    )
    assert cleaned("bag_verblijfsobject", "gebruiksdoel", lists) == [
        "woonfunctie,winkelfunctie", "celfunctie", None,
    ]  # fmt: skip


def test_numbers_stay_numbers() -> None:
    values = pd.Series([0, 1, 2])
    assert (
        clean_values(values, RULESET.layers["bgt_wegdeel"].field("relatieve_hoogteligging"))
        is values
    )
    assert cleaned("buisleidingen", "druk_kpa", ["6620,5", "4000"]) == [6620.5, 4000.0]


def test_strange_values_are_counted_by_word() -> None:
    table = pd.DataFrame({"status": ["Pand in gebruk", "Pand in gebruk", "x", "Pand in gebruik"]})
    told = strange_rows(table, {"status": FieldSpec(values=["Pand in gebruik"])})
    assert {what: where.tolist() for what, where in told.items()} == {
        "status 'Pand in gebruk' is not in the list of values (nearest: 'Pand in gebruik')": [
            True, True, False, False,
        ],
        "status 'x' is not in the list of values": [False, False, True, False],
    }  # fmt: skip
    many = pd.DataFrame({"status": [f"word {number}" for number in range(30)]})
    told = strange_rows(many, {"status": FieldSpec(values=["Pand in gebruik"])})
    assert [where.sum() for where in told.values()] == [30]
