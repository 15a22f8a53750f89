"""Charts of scores: bars as long as the toy town's scores, what is not known over the whole width."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure

from flexruimte import OutputError, Ranking
from flexruimte.rules.parts import Text
from flexruimte.views.score_chart import draw_score, score_rows
from toy_town import toy_study


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy"), language="nl").rank("A")


@pytest.fixture(scope="module")
def by_best_group(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    """Without groups named, suitability is that of the best group."""
    return toy_study(tmp_path_factory.mktemp("toy"), target_groups=None, language="nl").rank("A")


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    plt.close("all")


def test_a_score_is_drawn_by_theme_and_what_each_is_made_of(by_best_group: Ranking) -> None:
    ax = by_best_group.plot_score("P03")
    ax.figure.draw_without_rendering()
    names = [each.get_text() for each in ax.get_yticklabels()]
    # weights: suitability 3 and term 1; of students the stop 3 and the grid 1
    assert names == [
        "Geschiktheid (75%)", "Halte (75%)", "Net (25%)", "Termijn (25%)", "Lang (100%)",
        "Leefomgeving", "Rust (100%)",
    ]  # fmt: skip
    # tests/test_toy_scores.py: the stop 37.5 and the grid 0 make 28.125
    lengths = [round(bar.get_width(), 2) for bar in ax.patches]
    assert lengths == [28.12, 37.5, 0, 100, 100, 100, 100]
    assert ax.get_title(loc="left").splitlines() == [
        "P03 · score 46,1", "Past het best bij: Studenten",
    ]  # fmt: skip


def test_a_theme_says_which_link_makes_it_weak(tmp_path: Path) -> None:
    """Worth no more than its weakest link, where that is lower than its mean."""
    links = {"weights": {"quiet": 3, "long": 1}, "lowest": ["long", "quiet"]}
    ranking = toy_study(tmp_path, language="nl").changed(themes={"environment": links}).rank("A")
    rows = ranking.parcels.set_index("parcel_id")
    assert ranking.summary.themes["environment"].lowest == ["long", "quiet"]
    assert ranking.summary.themes["term"].lowest == []

    def said(parcel: str) -> list[str]:
        ax = ranking.plot_score(parcel)
        return [each.get_text() for each in ax.texts if "zo zwak als" in each.get_text()]

    weak = rows[(rows["criterion_quiet"] < rows["criterion_long"]).fillna(False)]
    assert len(weak)
    for parcel, row in weak.iterrows():
        assert row["environment"] == row["criterion_quiet"]
        assert said(str(parcel)) == [f"{round(row['criterion_quiet'])}, zo zwak als: Rust"]
    alike = rows[(rows["criterion_quiet"] == rows["criterion_long"]).fillna(False)]
    assert len(alike)
    assert said(str(alike.index[0])) == []


def test_no_text_is_cut_off(ranking: Ranking, by_best_group: Ranking) -> None:
    """Titles and notes stay within the picture, also where names are long."""
    summary = by_best_group.summary
    group = summary.groups["students"]
    long = group.model_copy(
        update={"title": Text(nl="Gezinnen met een verblijfsvergunning " * 2, en="Families")}
    )
    longer = summary.model_copy(update={"groups": {**summary.groups, "students": long}})
    row = by_best_group.parcels.set_index("parcel_id", drop=False).loc["P03"].to_dict()
    for ax in (ranking.plot_score("P03"), draw_score(row, longer)):
        figure = ax.figure
        assert isinstance(figure, Figure)
        figure.draw_without_rendering()
        width = figure.bbox.width
        for text in (ax.title, ax._left_title, ax.xaxis.label):
            box = text.get_window_extent()
            assert box.x0 >= 0
            assert box.x1 <= width, text.get_text()


def test_a_mean_of_groups_is_made_of_groups(ranking: Ranking) -> None:
    rows = score_rows("students", ranking.summary)
    assert [(each.title, each.share) for each in rows[:3]] == [
        ("Geschiktheid", 0.75), ("Geschikt: Studenten", 0.5), ("Geschikt: Starters", 0.5),
    ]  # fmt: skip
    assert len(ranking.plot_score("P03").get_title(loc="left").splitlines()) == 1


def test_what_is_not_known_is_hatched_over_the_whole_width(ranking: Ranking) -> None:
    # Of P12 no value of noise is known: the map stops short of it.
    ax = ranking.plot_score("P12")
    names = [each.get_text() for each in ax.get_yticklabels()]
    quiet = ax.patches[names.index("Rust (100%)")]
    assert (quiet.get_width(), quiet.get_hatch()) == (100, "////")
    assert "onbekend" in [text.get_text() for text in ax.texts]
    known = ax.patches[names.index("Lang (100%)")]
    assert known.get_hatch() is None


def test_two_locations_stand_beside_each_other(ranking: Ranking) -> None:
    ax = ranking.plot_comparison("P03", "P12")
    names = [each.get_text() for each in ax.get_yticklabels()]
    assert names[0] == "Score"
    assert names[-2:] == ["Geschikt: Studenten", "Geschikt: Starters"]
    marks = {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}
    assert list(marks) == ["P03", "P12"]
    row = ranking.parcels.set_index("parcel_id")
    for name, mark in marks.items():
        at = dict(zip(mark.get_ydata(), mark.get_xdata(), strict=True))
        assert at[0] == pytest.approx(row.loc[name, "score"])
    # noise is not known of P12, so that it has no mark there
    environment = names.index("Leefomgeving")
    assert environment in marks["P03"].get_ydata()
    assert environment not in marks["P12"].get_ydata()
    assert "P12: onbekend" in [text.get_text() for text in ax.texts]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["P03", "P12"]


def test_names_of_rows_do_not_lie_over_each_other(by_best_group: Ranking, tmp_path: Path) -> None:
    for ax in (by_best_group.plot_score("P03"), by_best_group.plot_comparison("P03", "P01")):
        ax.figure.savefig(tmp_path / "x.png")
        boxes = [each.get_window_extent() for each in ax.get_yticklabels()]
        assert all(one.y0 >= other.y1 for one, other in pairwise(boxes))
        title = ax.title.get_window_extent()
        assert not title.width or not title.overlaps(boxes[0])


def test_what_is_not_there_says_so(ranking: Ranking) -> None:
    with pytest.raises(OutputError, match="parcel 'P99' is not in Aadorp"):
        ranking.plot_score("P99")
    with pytest.raises(OutputError, match="'P03' is named twice"):
        ranking.plot_comparison("P03", "P03")
