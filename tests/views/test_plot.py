"""The map of a ranking: what its legend says, where things are, and that its numbers can be read."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.axes import Axes

from flexruimte import Ranking, Study
from flexruimte.results.map_colours import CLASS_COLOURS
from flexruimte.study.sample import sample_study_path
from toy_town import IDS, X, Y, changed_ruleset, municipalities, toy_study

HOSTILE = '<img src=x> $\\frac{x}{ "Aadorp" 🏠 مرحبا'


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy"), language="nl").rank("A")


@pytest.fixture(scope="module")
def sample() -> Ranking:
    return Study.load(sample_study_path()).rank("GM9003")


def some(folder: Path, ids: list[str]) -> Ranking:
    """The toy town of which people left these parcels alone."""
    out = [name for name in IDS if name not in ids]
    decisions = pd.DataFrame(
        {"parcel_id": out, "decision": "out", "reason": "no", "date": "2025-01-01"}
    )
    return toy_study(folder, decisions=decisions, language="nl").rank("A")


def drawn(ranking: Ranking, folder: Path) -> Axes:
    """The map, saved as a notebook does."""
    ax = ranking.plot()
    ax.figure.savefig(folder / "map.png", dpi=100, bbox_inches="tight")
    ax.figure.draw_without_rendering()
    plt.close("all")
    return ax


def said(ax: Axes) -> list[str]:
    legend = ax.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def numbers(ax: Axes) -> list[Any]:
    return [text for text in ax.texts if text.get_text().isdigit()]


def boxes(ax: Axes) -> list[Any]:
    return [text.get_bbox_patch().get_window_extent() for text in numbers(ax)]


def test_the_legend_has_the_classes_that_there_are(toy: Ranking, tmp_path: Path) -> None:
    ax = drawn(toy, tmp_path)
    assert said(ax) == [
        "Kan naar de raad (1)",
        "Eerst in gesprek (3)",
        "Overige ruimte (2)",
        "niet gerangschikt: te weinig bekend (2)",
        "geen locatie (4)",
    ]
    colours = [
        plt.matplotlib.colors.to_hex(each.get_facecolor()) for each in ax.get_legend().get_patches()
    ]
    assert colours[:3] == list(CLASS_COLOURS[:3])
    assert ax.get_title(loc="left") == "Aadorp: Toy town"


def test_the_legend_stands_beside_the_map(toy: Ranking, tmp_path: Path) -> None:
    ax = drawn(toy, tmp_path)
    assert ax.get_legend().get_window_extent().x0 > ax.get_window_extent().x1 - 1


def test_a_class_without_locations_is_not_in_the_legend(tmp_path: Path) -> None:
    ax = drawn(some(tmp_path, ["P03", "P01"]), tmp_path)
    assert said(ax) == ["Kan naar de raad (1)", "Eerst in gesprek (1)", "geen locatie (10)"]


def test_all_parcels_are_seen(toy: Ranking, tmp_path: Path) -> None:
    ax = drawn(toy, tmp_path)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    # The boundary is x -50 to 360; P04, P08 and P12 reach to 400.
    assert left <= X - 50
    assert right >= X + 400
    assert bottom <= Y - 50
    assert top >= Y + 350
    assert ax.get_aspect() == 1


def test_every_ranked_one_has_its_number_where_it_is(toy: Ranking, tmp_path: Path) -> None:
    ax = drawn(toy, tmp_path)
    assert [text.get_text() for text in numbers(ax)] == ["1", "2", "3", "4", "5", "6"]
    # There is room on each of the six squares; P03 is at x 200-300, y 0-100.
    [first] = [text for text in numbers(ax) if text.get_text() == "1"]
    x, y = first.xy
    assert X + 200 < x < X + 300
    assert Y < y < Y + 100
    assert first.arrow_patch is None


def test_numbers_do_not_lie_over_each_other(sample: Ranking, tmp_path: Path) -> None:
    ax = drawn(sample, tmp_path)
    found = boxes(ax)
    assert len(found) >= 20  # of 25
    for one, other in combinations(found, 2):
        assert not one.overlaps(other)
    view = ax.get_window_extent()
    for box in found:
        assert view.x0 - 2 <= box.x0 <= box.x1 <= view.x1 + 2
    legend = ax.get_legend().get_window_extent()
    assert not any(box.overlaps(legend) for box in found)


def test_small_locations_are_dots_in_their_colour(sample: Ranking, tmp_path: Path) -> None:
    ax = drawn(sample, tmp_path)
    [dots] = [
        each
        for each in ax.collections
        if each.get_offsets().shape[0] and type(each).__name__ == "PathCollection"
    ]
    assert 0 < len(dots.get_offsets()) < len(sample.locations)


def test_the_scale_bar_is_as_long_as_it_says(toy: Ranking, sample: Ranking, tmp_path: Path) -> None:
    for ranking, words in ((toy, "100 m"), (sample, "1 km")):
        ax = drawn(ranking, tmp_path)
        [bar] = [line for line in ax.lines if line.get_gid() == "scale bar"]
        start, end = bar.get_xdata()
        length, unit = words.split()
        assert end - start == pytest.approx(float(length) * (1000 if unit == "km" else 1))
        assert words in [text.get_text() for text in ax.texts]


def test_one_location_alone(tmp_path: Path) -> None:
    ax = drawn(some(tmp_path, ["P03"]), tmp_path)
    assert said(ax) == ["Kan naar de raad (1)", "geen locatie (11)"]
    assert [text.get_text() for text in numbers(ax)] == ["1"]


def test_nobody_ranked_is_a_map_of_what_there_is(tmp_path: Path) -> None:
    ax = drawn(some(tmp_path, []), tmp_path)
    assert said(ax) == ["geen locatie (12)"]
    assert numbers(ax) == []


def test_a_ruleset_without_classes_is_drawn_by_score(tmp_path: Path) -> None:
    ruleset = changed_ruleset().model_copy(update={"priorities": {}})
    ax = drawn(toy_study(tmp_path, ruleset=ruleset, language="nl").rank("A"), tmp_path)
    assert re.fullmatch(r"\d+-\d+ \(\d+\)", said(ax)[0])


def test_names_are_shown_as_they_are(tmp_path: Path) -> None:
    towns = municipalities()
    towns["naam"] = [HOSTILE, *towns["naam"].iloc[1:]]
    ax = drawn(toy_study(tmp_path, municipalities=towns).rank("A"), tmp_path)  # warnings are errors
    assert ax.get_title(loc="left").startswith("<img src=x> \\$\\frac{x}{")


def test_an_axis_of_ones_own_is_drawn_in(toy: Ranking) -> None:
    fig = plt.figure(figsize=(10, 5))
    half = fig.subfigures(1, 2)[0]
    mine = half.subplots()
    assert toy.plot(mine) is mine
    plt.close("all")
