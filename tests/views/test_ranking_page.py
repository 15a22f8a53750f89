"""A ranking in a notebook: a table to scan, with what decides in words, and the rest folded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from flexruimte import Ranking, Study
from flexruimte.study.sample import sample_study_path
from jupyterlab import assert_readable, cells_in_jupyterlab
from toy_town import municipalities, parcels, toy_study
from web_page import chromium


class Tables(HTMLParser):
    """The texts of cells, by table and row."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append(re.sub(r"\s+", " ", "".join(self._cell)).strip())
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy"), language="nl").rank("A")


@pytest.fixture(scope="module")
def sample() -> Ranking:
    return Study.load(sample_study_path()).rank("GM9003")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


def test_classes_come_first_then_locations_then_all_parcels(toy: Ranking) -> None:
    classes, first, statuses = Tables(toy._repr_html_()).tables
    # of P03 30 homes on 1 ha; of P12, P01 and P09 18 + 30 + 18 on 0.9 + 0.91 + 0.9; of P05 and P06 20 + 30 on 1.5
    assert classes == [
        ["Voorrang", "Locaties", "Woningen", "Hectare"],
        ["Kan naar de raad", "1", "30", "1,0"],
        ["Eerst in gesprek", "3", "66", "2,7"],
        ["Overige ruimte", "2", "50", "1,5"],
    ]
    assert first[0] == [
        "Plaats", "Locatie", "Voorrang", "Eigenaar", "Woningen", "Hectare", "Score", "Termijn",
        "Bevindingen",
    ]  # fmt: skip
    assert [row[:6] for row in first[1:3]] == [
        ["1", "P03", "Kan naar de raad", "gemeente", "30", "1,0"],
        ["2", "P12", "Eerst in gesprek", "onbekend", "18", "0,9"],
    ]
    assert [row[0] for row in first[1:]] == ["1", "2", "3", "4", "5", "6"]
    assert [row[:2] for row in statuses[1:]] == [
        ["beschikbaar", "5"], ["beschikbaar met aandachtspunten", "1"],
        ["niet te beoordelen: gegevens ontbreken", "2"], ["uitgesloten", "4"],
    ]  # fmt: skip


def test_what_keeps_a_location_out_of_the_class_above_is_said_first(toy: Ranking) -> None:
    _, first, _ = Tables(toy._repr_html_()).tables
    said = {row[1]: row[-1] for row in first[1:]}
    # kept_out_by: pessimistic_term and public_owner, of which nothing is known
    assert said["P12"].startswith(
        "Termijn als zachte plannen doorgaan: 2 jaar. Eigenaar: niet bekend."
    )


def test_ten_are_seen_and_more_are_folded(sample: Ranking) -> None:
    html = sample._repr_html_()
    _, first, rest, _ = Tables(html).tables
    ranked = sample.locations[sample.locations["rank"].notna()]
    assert [row[1] for row in first[1:]] == ranked["parcel_id"].head(10).tolist()
    assert [row[1] for row in rest[1:]] == ranked["parcel_id"].iloc[10:50].tolist()
    assert f"Nog {len(ranked) - 10} locaties" in html
    assert "Alle locaties staan in .locations." in html
    assert "de gemeente" in {row[3] for row in first}
    assert re.search(r"Gemiddeld is op \d+% van de vragen een antwoord bekend", html)


def test_nobody_ranked_says_so_and_unfolds_the_rest(tmp_path: Path) -> None:
    study = toy_study(tmp_path, language="nl").changed(placement={"required_years": 50})
    html = study.rank("A")._repr_html_()
    assert "Geen enkel perceel is beschikbaar." in html
    assert "<details open>" in html
    assert len(Tables(html).tables) == 2


def test_a_ruleset_without_classes_has_no_column_of_them(toy: Ranking, tmp_path: Path) -> None:
    ruleset = toy.assessment.ruleset.model_copy(update={"priorities": {}})
    html = toy_study(tmp_path, ruleset=ruleset, language="en").rank("A")._repr_html_()
    first, _ = Tables(html).tables
    assert first[0][:4] == ["Rank", "Location", "Owner", "Homes"]
    assert {len(row) for row in first} == {8}


def test_names_are_text(tmp_path: Path) -> None:
    towns, land = municipalities(), parcels()
    towns["naam"] = ["<script>x</script>", "B"]
    land["parcel_id"] = land["parcel_id"].replace({"P09": "<b>P09</b>"})
    html = toy_study(tmp_path, parcels=land, municipalities=towns).rank("A")._repr_html_()
    assert "<script>" not in html
    assert "&lt;b&gt;P09&lt;/b&gt;" in html


@pytest.mark.parametrize(
    ("paper", "ink"),
    [("rgb(255, 255, 255)", "rgb(0, 0, 0)"), ("rgb(17, 17, 17)", "rgb(221, 221, 221)")],
)
def test_in_a_notebook_numbers_are_right_texts_left_and_the_theme_is_kept(
    sample: Ranking, browser: Any, tmp_path: Path, paper: str, ink: str
) -> None:
    html = sample._repr_html_()
    cells = cells_in_jupyterlab(browser, tmp_path / "cell.html", html, paper=paper, ink=ink)
    assert_readable(cells)
    assert len(cells) > 100
    clear = "rgba(0, 0, 0, 0)"
    for cell in cells:
        text = cell["text"]
        number = re.fullmatch(r"[\d.,]+( jaar( of meer)?)?|-", text) and not re.fullmatch(
            r"\d{14}", text
        )
        if cell["tag"] == "TD":
            assert cell["align"] == ("right" if number else "left"), text
        assert cell["colours"] == [ink, clear, clear]


def test_an_explanation_and_a_comparison_are_read_too(
    sample: Ranking, browser: Any, tmp_path: Path
) -> None:
    """Nine columns in the width of a cell: no word lies over the next column, folded rows included."""
    first, second = sample.locations["parcel_id"].head(2)
    explained = sample.explain(first)._repr_html_().replace("<details", "<details open")
    compared = sample.compare(first, second)._repr_html_()
    for html in (explained, compared):
        assert_readable(cells_in_jupyterlab(browser, tmp_path / "cell.html", html))
