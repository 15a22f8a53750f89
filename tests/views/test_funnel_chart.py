"""The chart of the funnel: bars as long as the toy town's hectares."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from flexruimte import Ranking
from flexruimte.views.funnel_chart import draw_funnel
from toy_town import changed_ruleset, parameter, toy_study


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    ruleset = changed_ruleset(placement={"suitable_from_score": parameter(25)})
    return toy_study(tmp_path_factory.mktemp("toy"), ruleset=ruleset, language="nl").rank("A")


def test_bars_are_hectares_and_what_is_not_known_comes_behind(ranking: Ranking) -> None:
    ax = ranking.plot_funnel()
    labels = [each.get_text() for each in ax.get_yticklabels()]
    assert labels[1:3] == ["In extensief gebruik", "Zonder harde beperking"]
    assert labels[-2:] == ["Geschikt: Studenten", "Geschikt: Starters"]
    lengths: dict[int, list[float]] = {}
    for bar in ax.patches:
        lengths.setdefault(round(bar.get_y() + bar.get_height() / 2), []).append(bar.get_width())
    # tests/results/test_funnel.py
    expected = [[12], [9.91, 1], [8.01, 1], [6.11, 2], [5.21, 2], [1.9], [3.21]]
    assert [lengths[place] for place in range(7)] == [pytest.approx(each) for each in expected]
    assert ax.texts[1].get_text() == "9,9 ha + 1,0 ?"
    assert ax.get_xlabel() == "hectare"
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # all land on top
    plt.close("all")


def test_municipalities_together_without_those_that_failed(ranking: Ranking) -> None:
    failed = pd.DataFrame({"target_group": ["all"], "owner_class": ["all"], "hectares": [None]})
    rows = pd.concat([ranking.funnel(), ranking.funnel(), failed], ignore_index=True)
    ax = draw_funnel(rows, {}, "two", "en")
    assert ax.patches[0].get_width() == pytest.approx(24)
    assert ax.get_yticklabels()[-1].get_text() == "Suitable: starters"
    plt.close("all")


def test_an_axis_of_ones_own_is_drawn_in(ranking: Ranking, tmp_path: Path) -> None:
    _, mine = plt.subplots()
    assert ranking.plot_funnel(mine) is mine
    mine.figure.savefig(tmp_path / "funnel.png")
    assert (tmp_path / "funnel.png").stat().st_size > 0
    plt.close("all")
