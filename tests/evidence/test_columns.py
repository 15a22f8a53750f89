"""Fields under the vocabulary's names: found by the study's map, by name, or in another spelling.

Those that are not there are all named at once, with a proposal only where the values fit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from flexruimte.errors import LayerError
from flexruimte.evidence.columns import (
    named_columns,
    optional_columns,
    source_columns,
    values_of_field,
)
from flexruimte.evidence.sources import Source, open_source
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.study_file import LayerSettings
from toy_files import in_memory
from toy_town import box, frame

RULESET = load_ruleset("flexwonen-nl")
BUILDINGS = RULESET.layers["bag_pand"]


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
    (["status"], {}, r"has no column 'bouwjaar'; there are: status; say .* fields = \{ bouwjaar = "),
    (["bouwjar"], {}, "bouwjaar may be 'bouwjar'"),
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
    assert values_of_field(source("afstand"), "afstand", BUILDINGS).tolist() == [1, 2]
    fixed = source("x", constants={"afstand": "5 m"})
    assert values_of_field(fixed, "afstand", BUILDINGS).tolist() == ["5 m"]


def refusal(layer: str, rows: gpd.GeoDataFrame, wanted: list[str], **settings: Any) -> str:
    source = open_source(layer, LayerSettings(source="in memory", **settings), Path(), rows)
    with pytest.raises(LayerError, match=r".+") as refused:
        source_columns(source, wanted, RULESET.layers[layer])
    return str(refused.value)


def test_a_column_with_other_values_is_not_proposed() -> None:
    rows = frame([box(0, 0, 1, 1)] * 3, identificatie=[1, 2, 3], bgt_status=["bestaand"] * 3)
    said = refusal("bag_pand", rows, ["status"])
    assert "may be" not in said
    assert 'fields = { status = "..." }' in said


def test_a_column_with_the_values_is_proposed_whatever_its_name() -> None:
    statuses = ["Pand in gebruik", "Pand gesloopt", "bouw gestart"]
    rows = frame([box(0, 0, 1, 1)] * 3, bgt_status=["bestaand"] * 3, toestand=statuses)
    said = refusal("bag_pand", rows, ["status"])
    assert "status may be 'toestand'" in said
    assert 'fields = { status = "toestand" }' in said


def test_a_few_words_need_a_name_that_says_as_much() -> None:
    rows = frame([box(0, 0, 1, 1)] * 2, bgt_status=["bestaand"] * 2, vol=["ja", "nee"])
    assert 'fields = { status = "bgt_status" }' in refusal("bgt_wegdeel", rows, ["status"])
    assert "may be" not in refusal("top10nl_plaats", rows, ["bebouwdekom"])


def test_a_date_is_no_end_because_it_is_a_date() -> None:
    rows = frame([box(0, 0, 1, 1)], tijdstip_registratie=["2020-01-01"], status=["bestaand"])
    said = refusal("bgt_wegdeel", rows, ["status", "eind_registratie", "termination_date"])
    assert "may be" not in said


def test_all_lost_columns_are_named_with_what_to_paste() -> None:
    rows = frame([box(0, 0, 1, 1)], status=["bestaand"])
    said = refusal("bgt_wegdeel", rows, ["status", "functie", "eind_registratie"])
    assert "has no column 'functie', 'eind_registratie'" in said
    assert 'fields = { functie = "...", eind_registratie = "..." }' in said
    assert '("" is no value)' in said


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("Owners per parcel,\nparcel_id,owner\nP1,x\n", 2),
        ("Owners per parcel;\n;\n\nparcel_id;owner\nP1;x\n", 4),
        ("Owners per parcel\nparcel_id;owner\nP1;x\n", 2),
    ],
)
def test_a_title_above_the_names_of_columns_is_named(tmp_path: Path, text: str, row: int) -> None:
    (tmp_path / "a.csv").write_text(text)
    source = open_source("owners", LayerSettings(source="a.csv"), tmp_path, geometry="table")
    with pytest.raises(LayerError, match=rf"names of its columns in row {row}, .*remove the rows"):
        source_columns(source, ["owner"])


@pytest.mark.parametrize(("name", "driver"), [("a.xlsx", "XLSX"), ("a.ods", "ODS")])
def test_a_spreadsheet_of_texts_has_a_header(tmp_path: Path, name: str, driver: str) -> None:
    # GDAL by itself takes a first row of texts above texts for one of them
    rows = pd.DataFrame({"parcel_id": ["P1", "P2"], "owner": ["x", "y"]})
    pyogrio.write_dataframe(rows, tmp_path / name, driver=driver, layer="owners")
    source = open_source("owners", LayerSettings(source=name), tmp_path, geometry="table")
    read = source.read_table(["parcel_id", "owner"])
    assert read["owner"].tolist() == ["x", "y"]
    assert source.feature_count == 2


def test_a_title_in_a_spreadsheet_is_named(tmp_path: Path) -> None:
    rows = pd.DataFrame(
        [["parcel_id", "owner"], ["P1", "x"]], columns=["Owners per parcel", "2026"]
    )
    pyogrio.write_dataframe(rows, tmp_path / "a.xlsx", driver="XLSX", layer="owners")
    source = open_source("owners", LayerSettings(source="a.xlsx"), tmp_path, geometry="table")
    with pytest.raises(LayerError, match="names of its columns in row 2, "):
        source_columns(source, ["owner"])
