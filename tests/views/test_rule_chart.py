"""Hectares that rules take: those of the toy town, which tests/toy_town.py draws."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import pytest

from flexruimte import Ranking
from flexruimte.views.rule_chart import draw_rules, rule_hectares
from toy_town import toy_study

# In hectares. Buildings 900 m2 of P01 and 3,700 of P02; nature half of P05 and all of P07, without the
# edge of P06; the pipeline 1,000 m2 of each of P09 to P12; whole parcels: the term P10 and P11, the
# others one each.
TAKEN = {
    "term": 2.0, "nature": 1.5, "unbuilt": 1.0, "large_enough": 1.0, "hard_plan": 1.0,
    "buildings": 0.46, "pipeline": 0.4,
}  # fmt: skip


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy"), language="nl").rank("A")


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    plt.close("all")


def test_hectares_are_those_that_each_rule_takes(ranking: Ranking) -> None:
    found = rule_hectares(ranking.parcels, ranking.findings, ranking.summary)
    assert found.set_index("rule")["hectares"].round(6).to_dict() == TAKEN
    assert found["hectares"].is_monotonic_decreasing


def test_bars_are_hectares_the_most_on_top(ranking: Ranking) -> None:
    ax = ranking.plot_rules()
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(list(TAKEN.values()))
    names = [each.get_text() for each in ax.get_yticklabels()]
    assert names[:2] == ["Termijn", "Natuur"]
    assert ax.texts[1].get_text() == "1,5 ha"
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_no_rule_takes_anything(ranking: Ranking) -> None:
    none = rule_hectares(ranking.parcels.iloc[:0], ranking.findings, ranking.summary)
    assert len(none) == 0
    ax = draw_rules(none, ranking.summary)
    assert len(ax.patches) == 0
    ax.figure.draw_without_rendering()
