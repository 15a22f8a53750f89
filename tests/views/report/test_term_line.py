"""The term as a line of time: places on it by hand, open ends, and what is not known."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flexruimte.results.summary_model import Summary
from flexruimte.views.accounts import is_open_term
from flexruimte.views.report.term_line import LINE, term_line
from toy_town import toy_study


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return toy_study(tmp_path_factory.mktemp("toy")).rank("A").summary


def row(years: float, start: dt.date, end: dt.date, pessimistic: float | None) -> dict[str, Any]:
    return {
        "term_years": years,
        "term_start": pd.Timestamp(start),
        "term_end": pd.Timestamp(end),
        "pessimistic_term_years": pessimistic,
    }


def test_places_on_the_line(summary: Summary) -> None:
    # 2026 to 2046 (two years after the end, and 20 at least): 1600 / 20 = 80 steps a year
    line = term_line(row(17, dt.date(2027, 1, 1), dt.date(2044, 1, 1), 5.0), summary, "nl")
    assert line is not None
    assert LINE == 1600
    assert (line.start, line.end, line.pessimistic) == (80, 18 * 80, 6 * 80)
    assert line.asked is not None
    assert (line.asked.at, line.asked.text) == (16 * 80, "gevraagd: 15 jaar")
    assert [(tick.at, tick.text) for tick in line.ticks] == [
        (0, "2026"),
        (400, "2031"),
        (800, "2036"),
        (1200, "2041"),
        (1600, "2046"),
    ]
    assert line.words == "Vrij voor 17 jaar: van 1 januari 2027 tot 1 januari 2044"
    assert line.pessimistic_words == "5 jaar als zachte plannen doorgaan"
    assert not line.is_open


def test_half_a_year_is_half_way(summary: Summary) -> None:
    line = term_line(row(15, dt.date(2026, 7, 2), dt.date(2041, 7, 2), 15.0), summary, "en")
    assert line is not None
    assert line.start == pytest.approx(40, abs=1)  # 182 days of 365 of 80 steps
    assert line.pessimistic is None  # no sooner
    assert line.pessimistic_words == ""


def test_the_longest_term_has_no_known_end(summary: Summary) -> None:
    line = term_line(row(30, dt.date(2027, 1, 1), dt.date(2057, 1, 1), None), summary, "en")
    assert line is not None
    assert line.is_open
    assert line.end < LINE
    assert line.words == "No end known; 15 years can be had from 1 January 2027"
    assert is_open_term(30, summary)
    assert not is_open_term(29.9, summary)
    assert not is_open_term(None, summary)


@pytest.mark.parametrize("missing", ["term_years", "term_start", "term_end"])
def test_a_term_that_is_not_known_has_no_line(summary: Summary, missing: str) -> None:
    known = row(17, dt.date(2027, 1, 1), dt.date(2044, 1, 1), None)
    assert term_line({**known, missing: None}, summary, "nl") is None


def test_a_location_of_a_run_has_one(tmp_path: Path) -> None:
    ranking = toy_study(tmp_path).rank("A")
    # P06 is reserved until the end of 2042: 16 years from 2027
    parcel = ranking.parcels.set_index("parcel_id").loc["P06"]
    line = term_line(parcel.to_dict(), ranking.summary, "nl")
    assert line is not None
    assert line.end - line.start == pytest.approx(16 * 80, abs=2)
