"""Charts of land: the funnel, and what each rule takes, with the hectares of the toy town by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from flexruimte import Ranking
from flexruimte.views.report.land import BAR, excluded_bars, freed_bars, funnel_bars
from toy_town import changed_ruleset, parameter, toy_study


def ranking_of(folder: Path, **changes: object) -> Ranking:
    ruleset = changed_ruleset(placement={"suitable_from_score": parameter(25)})
    return toy_study(folder, ruleset=ruleset, **changes).rank("A")


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return ranking_of(tmp_path_factory.mktemp("toy"))


def test_the_funnel_is_that_of_the_tables(ranking: Ranking) -> None:
    # tests/results/test_funnel.py has the sums: 12 ha, then 9.91 (+1), 8.01 (+1), 6.11 (+2), 5.21 (+2)
    bars = funnel_bars(ranking.summary, "en").bars
    assert [bar.words for bar in bars[:5]] == ["12.0", "9.9", "8.0", "6.1", "5.2"]
    assert [bar.unknown_words for bar in bars[:5]] == ["", "+ 1.0", "+ 1.0", "+ 2.0", "+ 2.0"]
    assert [bar.steps for bar in bars[:5]] == [600, 496, 401, 306, 261]  # of 600 for 12 ha, upwards
    assert bars[1].unknown_steps == BAR / 12
    assert bars[5].title == "Suitable for a target group (25 points or more)"


def test_what_was_not_looked_at_has_no_bar(tmp_path: Path) -> None:
    ranking = ranking_of(tmp_path, not_assessed=["plannen"])
    bars = {bar.title: bar for bar in funnel_bars(ranking.summary, "en").bars}
    plan = bars["Without a hard housing plan"]
    assert (plan.words, plan.steps, plan.unknown_words) == ("not assessed", 0, "")


def test_what_each_rule_takes(ranking: Ranking) -> None:
    # Term: P10 and P11 of 1 ha. Nature: half of P05 and all of P07; the strip of P06 is an edge.
    # Built: P02, 37 %. Hard plan: P10. Buildings: 900 m2 of P01 and 3,700 of P02.
    # Pipeline: 1,000 m2 of P09 to P12.
    bars = excluded_bars(ranking.content(), "en")
    assert [(bar.title, bar.words) for bar in bars.bars] == [
        ("Does not meet: term", "2.0"),
        ("Nature", "1.5"),
        ("Does not meet: unbuilt", "1.0"),
        ("Does not meet: hard plan", "1.0"),
        ("Buildings", "0.5"),
        ("Pipeline", "0.4"),
    ]
    assert [bar.steps for bar in bars.bars] == [600, 450, 300, 300, 138, 120]
    assert bars.left_out == 0


def test_what_is_only_too_small_has_a_row_of_its_own(tmp_path: Path) -> None:
    # from 9,050 m2: P05, P09 and P12 are too small and nothing else; P02, P07, P10 and P11, which
    # other rules refuse, do not count again. Nature leaves 5,000 m2 of P05, the pipeline 9,000 of
    # P09 and of P12: what these take is theirs
    small = toy_study(tmp_path, placement={"min_buildable_m2": 9050}).rank("A")
    bars = {bar.title: bar.words for bar in excluded_bars(small.content(), "en").bars}
    assert bars["What is left is too small or too narrow, without another objection"] == "2.3"


def test_rows_beyond_the_most_are_counted(
    ranking: Ranking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flexruimte.views.report.land._MOST_RULES", 4)
    bars = excluded_bars(ranking.content(), "nl")
    assert (len(bars.bars), bars.left_out) == (4, 2)
    assert bars.bars[1].title == "Natuur"


def test_what_comes_free_has_its_locations_and_homes() -> None:
    bars = freed_bars([("A", 4.0, 2, 1234), ("B", 1.0, 0, 0), ("C", 0.5, 1, 3)], 2, "nl")
    assert [(bar.title, bar.words, bar.steps, bar.more) for bar in bars.bars] == [
        ("A", "4,0", 600, ("2", "1.234")),
        ("B", "1,0", 150, ("0", "0")),
    ]
    assert bars.left_out == 1
    assert freed_bars([], 5, "nl").bars == []
