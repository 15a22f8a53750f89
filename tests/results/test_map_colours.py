"""Colours of locations: the same on every map, and told apart without seeing red or green apart."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import flexruimte
from flexruimte import Ranking
from flexruimte.results.map_colours import (
    CLASS_COLOURS,
    SCORE_STEPS,
    UNRANKED_COLOUR,
    class_numbers,
    map_classes,
)
from toy_town import toy_study

PAGE = Path(flexruimte.__file__).parent / "views" / "web" / "page" / "colours.js"


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy"), language="nl").rank("A")


def of_the_page(name: str) -> list[str]:
    [line] = re.findall(rf"(?<![A-Z_]){name} = (.*);", PAGE.read_text(encoding="utf-8"))
    return re.findall("#[0-9a-f]{6}", line)


def test_the_page_of_a_run_has_the_same_colours() -> None:
    assert of_the_page("CLASSES") == list(CLASS_COLOURS)
    assert of_the_page("AMOUNTS") == [colour for *_, colour in SCORE_STEPS]
    assert of_the_page("page.UNKNOWN") == [UNRANKED_COLOUR]


def seen_by(colour: str, matrix: np.ndarray) -> np.ndarray:
    """A colour in linear light as somebody sees it who misses a kind of cone."""
    parts = np.array(list(bytes.fromhex(colour[1:]))) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return np.clip(matrix @ linear, 0, 1)


# Viénot, Brettel and Mollon (1999): without the cones for red, without those for green
PROTANOPE = np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]])
DEUTERANOPE = np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]])


@pytest.mark.parametrize("eyes", [PROTANOPE, DEUTERANOPE, np.eye(3)])
def test_the_first_classes_and_the_unranked_are_told_apart(eyes: np.ndarray) -> None:
    shown = [seen_by(colour, eyes) for colour in (*CLASS_COLOURS[:3], UNRANKED_COLOUR)]
    for one, other in combinations(shown, 2):
        assert np.linalg.norm(one - other) > 0.15


def test_classes_are_those_of_the_ruleset_in_its_order(ranking: Ranking) -> None:
    classes = map_classes(ranking.summary)
    assert [each.title for each in classes] == [
        "Kan naar de raad",
        "Eerst in gesprek",
        "Overige ruimte",
    ]
    assert [each.value for each in classes] == ["shortlist", "talk", "later"]
    # P03; P12, P01, P09; P05, P06; P04 and P08 have no rank
    assert class_numbers(ranking.locations, ranking.summary).tolist() == [0, 1, 1, 1, 2, 2, -1, -1]


def test_without_classes_the_score_counts(ranking: Ranking) -> None:
    summary = ranking.summary.model_copy(update={"priorities": {}})
    assert [each.title for each in map_classes(summary)][:2] == ["80-100", "60-80"]
    rows = ranking.locations.head(6).assign(score=[100.0, 80.0, 79.99, 0.0, np.nan, 41.0])
    assert class_numbers(rows, summary).tolist() == [0, 0, 1, 4, -1, 2]


def lightness(colour: str) -> float:
    """L* of CIELAB: how light the grey is that a printer makes of a colour. 0 to 100"""
    light = float(seen_by(colour, np.array([[0.2126, 0.7152, 0.0722]]))[0])
    return float(116 * np.cbrt(light) - 16) if light > 0.008856 else 903.3 * light


@pytest.mark.parametrize(
    ("colours", "patterns"), [("CLASSES", "PATTERNS_OF_CLASSES"), ("KINDS", "PATTERNS_OF_KINDS")]
)
def test_colours_of_one_grey_have_a_pattern_each(colours: str, patterns: str) -> None:
    """On the page of a run, printed in black and white. A step of 9 in L* is seen side by side."""
    [line] = re.findall(rf"{patterns} = \[(.*)\];", PAGE.read_text(encoding="utf-8"))
    shown = list(
        zip(of_the_page(colours), [each.strip(' "') for each in line.split(",")], strict=True)
    )
    shown.append((UNRANKED_COLOUR, "cross"))
    assert 'UNKNOWN_PATTERN = "cross"' in PAGE.read_text(encoding="utf-8")
    for (one, pattern), (other, same) in combinations(shown, 2):
        assert pattern != same or abs(lightness(one) - lightness(other)) >= 9, (one, other)
    for (_, _, one), (_, _, other) in combinations(SCORE_STEPS, 2):
        assert abs(lightness(one) - lightness(other)) >= 9
