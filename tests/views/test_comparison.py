"""Two locations side by side: what decides, and what is told of each."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from flexruimte import OutputError, Ranking
from flexruimte.results.outputs import OUTPUTS
from flexruimte.results.read import read_parcel
from flexruimte.views.comparison import Comparison, compare
from jupyterlab import assert_readable, cells_in_jupyterlab
from toy_town import toy_study
from web_page import chromium


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy")).rank("A")


def row(found: Comparison, about: str) -> tuple[str, str]:
    rows = found.table[found.table["about"] == about]
    return next(rows[["first", "second"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("first", "second", "decides"),
    [
        # ranks in tests/test_toy_town.py: P03 is the only one of the first class, P12 of the second
        (
            "P12",
            "P03",
            "P03 gaat voor P12 door de voorrang: 'Kan naar de raad' komt voor 'Eerst in gesprek'.",
        ),
        ("P03", "P07", "P03 heeft een plaats, P07 niet: uitgesloten."),
        ("P08", "P07", "P08 en P07 hebben geen van beide een plaats."),
    ],
)
def test_what_decides(ranking: Ranking, first: str, second: str, decides: str) -> None:
    assert ranking.compare(first, second).decides == decides


def test_within_a_class_score_homes_and_id_decide_in_that_order(ranking: Ranking) -> None:
    made = ranking._results_of

    def decided(**of_second: object) -> str:
        first, second = made("P12"), made("P12")
        same = {"priority": "talk", "score": 70.0, "homes": 20}
        first.row.update({**same, "rank": 4})
        second.row.update({**same, "rank": 5, "parcel_id": "P99", **of_second})
        return compare(first, second, "en").decides

    assert (
        decided(score=69.5) == "P12 comes before P99 by score: 70 against 69.5; priority is equal."
    )
    assert "by homes: 20 against 19;" in decided(homes=19)
    assert decided().startswith("P12 comes before P99 by its id alone")
    assert decided(gemeente_code="B").endswith("a rank is of one municipality.")


def test_each_side_is_told(ranking: Ranking) -> None:
    found = ranking.compare("P03", "P12", "en")
    assert row(found, "Status") == ("available", "available, with points of attention")
    assert row(found, "Priority") == ("Can go before the council", "To be talked about first")
    assert row(found, "Why that class")[0] == "Priority: Can go before the council."
    assert row(found, "Why that class")[1].startswith("Priority: To be talked about first. Not yet")
    rank = [ranking.parcels.set_index("parcel_id").loc[name, "rank"] for name in ("P03", "P12")]
    assert row(found, "Rank") == tuple(f"{number} of 6" for number in rank)
    scores = found.table[found.table["part"] == "theme"].set_index("about")
    theme = ranking.parcels.set_index("parcel_id")["term"]
    assert scores.loc["Term", "first"] == f"{theme['P03']:.1f}"
    assert scores.loc["Term", "second"] == f"{theme['P12']:.1f}"
    # a soft plan lies on P12 alone, and nobody knows its owner; both stand far from the road
    rules = found.table[found.table["part"] == "rule"]
    assert "Term if soft plans go ahead" in rules["about"].tolist()
    fine, unknown = row(found, "Ownership")
    assert fine == "In order"
    assert unknown.startswith("Owner: not known")


def test_texts_for_terminal_and_notebook_say_the_same(ranking: Ranking) -> None:
    found = ranking.compare("P03", "P12")
    text, html = found.to_text(80), found._repr_html_()
    assert max(map(len, text.splitlines())) <= 80
    for said in ("P03", "P12", "Score per thema", "Wat de regels anders vinden"):
        assert said in text
        assert said in html
    assert str(found) == found.decides
    assert found.decides in repr(found)


def test_files_say_the_same_as_memory(ranking: Ranking, tmp_path: Path) -> None:
    (tmp_path / "A").mkdir()
    for output in OUTPUTS:
        output.write(ranking.content(), tmp_path / "A" / output.name)
    read = compare(read_parcel(tmp_path, "P03"), read_parcel(tmp_path, "P12"))
    pd.testing.assert_frame_equal(read.table, ranking.compare("P03", "P12").table)


def test_what_cannot_be_compared_is_refused(ranking: Ranking) -> None:
    with pytest.raises(OutputError, match="'P03' is named twice"):
        ranking.compare("P03", "P03")
    with pytest.raises(OutputError, match="parcel 'P99' is not in Aadorp"):
        ranking.compare("P03", "P99")


def test_in_a_notebook_headings_stand_over_their_columns(ranking: Ranking, tmp_path: Path) -> None:
    html = ranking.compare("P12", "P03")._repr_html_()
    with chromium() as browser:
        cells = cells_in_jupyterlab(browser, tmp_path / "cell.html", html)
    assert_readable(cells)
    assert {cell["align"] for cell in cells} == {"left"}
