"""What people call columns: every column of the files has a title, and stands in one group."""

from __future__ import annotations

import pytest

from flexruimte import Ranking
from flexruimte.results.column_titles import column_title, grouped_columns, owner_title
from flexruimte.results.geopackage import layer_tables
from toy_town import toy_study


@pytest.fixture(scope="module", params=["nl", "en"])
def ranking(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy"), language=request.param).rank("A")


def columns_of(ranking: Ranking, layer: str) -> list[str]:
    content = ranking.content()
    table, _ = layer_tables(content.locations, content.others, content.layout)[layer]
    return list(table.columns)


@pytest.mark.parametrize("layer", ["locations", "other_parcels"])
def test_every_column_has_a_title_of_its_own(ranking: Ranking, layer: str) -> None:
    columns = columns_of(ranking, layer)
    # The toy ruleset has neither theme.
    named = [name for name in columns if name not in ("relocatability", "feasibility")]
    titles = [column_title(name, ranking.summary) for name in named]
    assert [title for name, title in zip(named, titles, strict=True) if title == name] == []
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("layer", ["locations", "other_parcels"])
def test_every_column_stands_in_one_group(ranking: Ranking, layer: str) -> None:
    columns = columns_of(ranking, layer)
    groups = grouped_columns(columns, ranking.summary)
    assert sorted(name for names in groups.values() for name in names) == sorted(columns)
    assert all(groups.values())


def test_groups_are_by_theme(ranking: Ranking) -> None:
    groups = list(grouped_columns(columns_of(ranking, "locations"), ranking.summary).items())
    assert groups[0][1][:3] == ["rank", "parcel_id", "priority_label"]
    assert groups[2][1] == [
        "suitability", "best_group", "suitability_students", "suitability_starters",
    ]  # fmt: skip
    expected = {"nl": "Geschiktheid", "en": "Suitability"}
    assert groups[2][0] == expected[ranking.language]


def test_a_kind_of_owner_without_a_title_is_called_what_it_is(ranking: Ranking) -> None:
    assert owner_title("gemeente", ranking.summary) == "gemeente"
    assert owner_title(None, ranking.summary) in ("onbekend", "unknown")
