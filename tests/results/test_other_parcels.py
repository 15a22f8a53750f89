"""The parcels that are no location: all of them, once, with what excludes them in words."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

from flexruimte import Ranking
from flexruimte.results.other_parcels import other_parcels
from toy_town import toy_study


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy"), language="nl").rank("A")


@pytest.fixture(scope="module")
def others(ranking: Ranking) -> gpd.GeoDataFrame:
    return other_parcels(ranking.parcels, ranking.findings, ranking.summary)


def test_they_are_what_is_no_location(others: gpd.GeoDataFrame, ranking: Ranking) -> None:
    assert others["parcel_id"].tolist() == ["P02", "P07", "P10", "P11"]
    listed = set(ranking.locations["parcel_id"])
    assert listed | set(others["parcel_id"]) == set(ranking.parcels["parcel_id"])
    assert others.crs.to_epsg() == 28992
    assert others.area.tolist() == [10_000] * 4


def test_what_excludes_is_told_hardest_first_and_what_is_fine_is_not(
    others: gpd.GeoDataFrame,
) -> None:
    told = others.set_index("parcel_id")["findings"]
    # 3,700 of 10,000 m2 of P02 is built on
    assert told["P02"] == "Bebouwd: 37%."
    assert told["P07"].startswith("Het hele perceel ligt op kaartlaag 'Natuur', door: Heide (3).")
    assert told["P10"].startswith("Jaren tot het eerste harde woningbouwplan: 3 jaar.")
    assert set(others["status_label"]) == {"uitgesloten"}


def test_parcels_of_a_site_are_no_others(ranking: Ranking) -> None:
    table = ranking.parcels.copy()
    table.loc[table["parcel_id"] == "P02", "site_id"] = "P02+1"
    found = other_parcels(table, ranking.findings, ranking.summary)
    assert found["parcel_id"].tolist() == ["P07", "P10", "P11"]


def test_none_is_a_table_with_the_same_columns(others: gpd.GeoDataFrame, ranking: Ranking) -> None:
    none = other_parcels(ranking.parcels.iloc[:0], ranking.findings, ranking.summary)
    assert list(none.columns) == list(others.columns)
    assert len(none) == 0


def test_without_owners_the_column_is_there(ranking: Ranking, others: gpd.GeoDataFrame) -> None:
    table = ranking.parcels.drop(columns="owner_class")
    found = other_parcels(table, ranking.findings, ranking.summary)
    assert found["owner_class"].isna().all()
    pd.testing.assert_index_equal(found.columns, others.columns)
