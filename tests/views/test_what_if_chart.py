"""The chart of what rules take: bars as long as the hectares."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from flexruimte.views.what_if_chart import draw_what_if


def rules(count: int = 3) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "title": [f"rule {number}" for number in range(count)],
            "alone_hectares": pd.array([4.0, 2.5, 0.01, *[1.0] * (count - 3)], dtype="Float64"),
            "only_hectares": pd.array([1.5, None, 0.0, *[0.5] * (count - 3)], dtype="Float64"),
        }
    )


def test_bars_in_the_order_of_the_rows() -> None:
    ax = draw_what_if(rules(), "Aadorp", "nl")
    # the third takes nothing that a number with one decimal can show
    assert [each.get_text() for each in ax.get_yticklabels()] == ["rule 0", "rule 1"]
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([4, 2.5, 1.5, 0])
    assert [each.get_text() for each in ax.texts] == ["+1,5 ha", "?"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    words = [each.get_text() for each in ax.get_legend().get_texts()]
    assert words == ["alles wat de regel wegneemt", "wat vrijkomt zonder alleen deze regel"]
    plt.close("all")


def test_no_more_than_twenty_and_none_at_all() -> None:
    _, mine = plt.subplots()
    assert draw_what_if(rules(40), "x", "en", mine) is mine
    assert len(mine.get_yticklabels()) == 20
    assert not draw_what_if(rules().iloc[:0], "x", "en").patches
    plt.close("all")
