"""The chart of terms: a bar from the start to the end of each, cut where the chart ends."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from flexruimte import Ranking
from flexruimte.results.map_colours import CLASS_COLOURS
from flexruimte.views.term_chart import draw_terms
from toy_town import toy_study


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy"), language="nl").rank("A")


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    plt.close("all")


def test_bars_are_terms_in_the_colour_of_the_class(ranking: Ranking) -> None:
    ax = ranking.plot_terms()
    ax.figure.draw_without_rendering()
    names = [each.get_text().split() for each in ax.get_yticklabels()]
    assert names == [
        ["1", "P03"],
        ["2", "P12"],
        ["3", "P01"],
        ["4", "P09"],
        ["5", "P05"],
        ["6", "P06"],
    ]
    starts = [bar.get_x() for bar in ax.patches]
    assert starts == [2027] * 6
    # 15 years are asked and the last starts in 2027: until 2047; P06 is reserved until the end of 2042
    ends = [bar.get_x() + bar.get_width() for bar in ax.patches]
    assert ends == pytest.approx([2047] * 5 + [2043], abs=0.01)
    assert [to_hex(bar.get_facecolor()) for bar in ax.patches] == [
        CLASS_COLOURS[0], *[CLASS_COLOURS[1]] * 3, *[CLASS_COLOURS[2]] * 2,
    ]  # fmt: skip
    arrows = [line for line in ax.lines if line.get_marker() == ">"]
    assert len(arrows) == 5
    asked = [line.get_xdata()[0] for line in ax.lines if line.get_color() == "white"]
    assert asked == [2042] * 6
    assert "15 jaar" in ax.get_xlabel()


def test_a_term_that_is_not_known_says_so(ranking: Ranking) -> None:
    rows = ranking._locations.assign(term_start=pd.NaT, term_end=pd.NaT)
    ax = draw_terms(rows, ranking.summary)
    assert len(ax.patches) == 0
    assert [text.get_text() for text in ax.texts] == ["onbekend"] * 6


def test_nobody_ranked_is_said(ranking: Ranking) -> None:
    ax = draw_terms(ranking._locations.iloc[:0], ranking.summary)
    assert [text.get_text() for text in ax.texts] == ["Geen enkel perceel is beschikbaar."]


def test_twenty_are_drawn_at_most(ranking: Ranking) -> None:
    many = pd.concat([ranking._locations] * 5, ignore_index=True)
    assert len(draw_terms(many, ranking.summary).get_yticklabels()) == 20
