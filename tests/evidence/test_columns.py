"""Fields under the vocabulary's names: found by the study's map, by name, or in another spelling."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from flexruimte.errors import LayerError
from flexruimte.evidence.columns import (
    named_columns,
    optional_columns,
    source_columns,
    values_of_field,
)
from flexruimte.evidence.sources import Source
from toy_files import in_memory


def source(*columns: str, **settings: Any) -> Source:
    return in_memory("panden", pd.DataFrame({name: [1, 1, 2] for name in columns}), **settings)


@pytest.mark.parametrize(("columns", "settings", "found"), [
    (["bouwjaar", "status"], {}, {"bouwjaar": "bouwjaar"}),
    (["bouw_jaar"], {}, {"bouwjaar": "bouw_jaar"}),
    (["Bouw-Jaar"], {}, {"bouwjaar": "Bouw-Jaar"}),
    (["bouwjaar", "bouwJaar"], {}, {"bouwjaar": "bouwjaar"}),  # the name itself goes first
    (["jaar"], {"fields": {"bouwjaar": "jaar"}}, {"bouwjaar": "jaar"}),
    (["jaar", "bouwjaar"], {"fields": {"bouwjaar": "jaar"}}, {"bouwjaar": "jaar"}),  # the study says so
    (["status"], {"constants": {"bouwjaar": 1990}}, {}),  # not read
])  # fmt: skip
def test_where_a_field_is_found(
    columns: list[str], settings: dict[str, Any], found: dict[str, str]
) -> None:
    assert source_columns(source(*columns, **settings), ["bouwjaar"]) == found


@pytest.mark.parametrize(("columns", "settings", "message"), [
    (["status"], {}, r"has no column 'bouwjaar'; known are: status; map it with fields = \{ bouwjaar = "),
    (["bouwjar"], {}, "did you mean 'bouwjar'"),
    (["bouw_jaar", "bouwJaar"], {}, "has no column 'bouwjaar'"),  # two spellings: which one is not known
    (["bouw_jaar"], {"fields": {"bouwjaar": "bouwJaar"}}, "has no column 'bouwJaar'"),  # what the study names must be there
])  # fmt: skip
def test_a_field_that_is_nowhere_is_refused_with_both_remedies(
    columns: list[str], settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(LayerError, match=rf"^panden \(in memory\) .*{message}") as caught:
        source_columns(source(*columns, **settings), ["bouwjaar"])
    assert "constants = { bouwjaar = " in str(caught.value)


def test_fields_that_may_be_there() -> None:
    found = optional_columns(
        source("bouw_jaar", fields={"naam": "x"}), ["bouwjaar", "naam", "id", None]
    )
    assert found == ["bouwjaar", "naam"]


def test_columns_get_the_vocabularys_names_and_fixed_values_beside_them() -> None:
    settings = source(constants={"soort": "huis", "leeg": "none"}).settings
    frame = pd.DataFrame({"jaar": [1990, 2000], "naam": ["a", "b"]}, index=[7, 9])
    table = named_columns(frame, {"bouwjaar": "jaar"}, settings)
    assert table[["bouwjaar", "soort"]].values.tolist() == [[1990, "huis"], [2000, "huis"]]
    assert table["leeg"].isna().all()  # "none" is null
    assert table.index.tolist() == [7, 9]


def test_the_values_of_a_field() -> None:
    assert values_of_field(source("afstand"), "afstand").tolist() == [1, 2]
    fixed = source("x", constants={"afstand": "5 m"})
    assert values_of_field(fixed, "afstand").tolist() == ["5 m"]
