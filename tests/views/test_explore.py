"""The map for a notebook in a real browser: whole, offline, and what is shown is text, whatever it is called."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from browser import served
from flexruimte import OutputError, Ranking, Study
from flexruimte.study.sample import sample_study_path
from toy_town import municipalities, parcels, toy_study
from web_page import chromium

MARKUP = "<img src=x onerror=\"window.ran = 'it ran'\">"
SCRIPT = "</script><script>window.ran = 'it ran'</script>"


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    """The toy town, with markup for the name of the municipality and the ids of parcels."""
    towns = municipalities()
    towns["naam"] = [MARKUP, *towns["naam"].iloc[1:]]
    land = parcels()
    land["parcel_id"] = land["parcel_id"].replace({"P12": f"P12{MARKUP}", "P01": f"P01{SCRIPT}"})
    folder = tmp_path_factory.mktemp("toy")
    return toy_study(folder, parcels=land, municipalities=towns).rank("A")


@pytest.fixture(scope="module")
def sample() -> Ranking:
    return Study.load(sample_study_path()).rank("GM9003")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


class Notebook:
    """A page with what a cell shows, and what it asked for and complained of.

    From a file, as a notebook that was exported is, or from a server at an address, as JupyterLab.
    """

    def __init__(self, browser: Any, path: Path, html: str, address: str = "") -> None:
        path.write_text(f"<!doctype html><meta charset='utf-8'>{html}", encoding="utf-8")
        self.page = browser.new_context(viewport={"width": 1200, "height": 800}).new_page()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda said: (
                self.complaints.append(said.text) if said.type in ("error", "warning") else None
            ),
        )
        self.page.goto(f"{address}/{path.name}" if address else path.as_uri())
        self.frame = self.page.frame_locator("iframe")

    def ids(self) -> list[str]:
        self.frame.locator("html[data-ready]").wait_for(state="attached", timeout=60_000)
        found: list[str] = self.frame.locator("#list .id").all_inner_texts()
        return found

    def ran(self) -> Any:
        return [frame.evaluate("window.ran || null") for frame in self.page.frames]


def test_a_cell_shows_the_page_of_a_run(sample: Ranking, browser: Any, tmp_path: Path) -> None:
    shown = Notebook(browser, tmp_path / "cell.html", sample.explore()._repr_html_())
    ranked = sample.locations[sample.locations["rank"].notna()]
    assert shown.ids()[: len(ranked)] == ranked["parcel_id"].head(100).tolist()
    assert shown.frame.locator("#map canvas").count() == 1
    assert shown.frame.locator("#share").is_hidden()
    excluded = sample.parcels.query("status == 'excluded'")["parcel_id"].iloc[0]
    shown.frame.locator("#find").fill(excluded)
    shown.frame.locator(f"#list [data-id='{excluded}']").click()
    shown.frame.locator("#panel", has_text=excluded).wait_for()
    assert shown.complaints == []
    outside = [
        url for url in shown.asked if not url.startswith(("file:", "data:", "blob:", "about:"))
    ]
    assert outside == []
    assert [url for url in shown.asked if url.startswith("file:")] == [
        (tmp_path / "cell.html").as_uri()
    ]


@pytest.mark.parametrize("by", ["file", "server"])
def test_the_map_is_drawn(sample: Ranking, browser: Any, tmp_path: Path, by: str) -> None:
    """Of a server, the frame's origin and that of the map's worker are not the same by themselves."""
    with served(tmp_path) if by == "server" else nullcontext("") as address:
        (tmp_path / "favicon.ico").touch()
        shown = Notebook(browser, tmp_path / "cell.html", sample.explore()._repr_html_(), address)
        _looks_like_a_map(shown, tmp_path)
        assert shown.complaints == []
        assert shown.frame.locator("#share").is_hidden()
        assert shown.frame.locator("#municipality option").all_inner_texts() == ["Zandhoven"]
    outside = [
        url for url in shown.asked if not url.startswith(("file:", "data:", "blob:", "about:"))
    ]
    assert [url for url in outside if not url.startswith(address or "file:")] == []


def _looks_like_a_map(shown: Notebook, tmp_path: Path) -> None:
    shown.ids()
    shown.page.wait_for_timeout(500)
    picture = shown.frame.locator("#map").screenshot()
    (tmp_path / "map.png").write_bytes(picture)
    colours = Image.open(tmp_path / "map.png").convert("RGB").getcolors(1_000_000) or []
    amounts = {colour: count for count, colour in colours}
    for wanted in ((0x0A, 0x4F, 0x8F), (0xE6, 0x9A, 0x1C)):
        near = sum(
            count
            for colour, count in amounts.items()
            if max(abs(one - other) for one, other in zip(colour, wanted, strict=True)) < 30
        )
        assert near > 500


def test_it_takes_little_of_a_notebook(sample: Ranking) -> None:
    page = sample.explore()
    with_all, without = (
        len(each._repr_html_()) for each in (page, sample.explore(every_parcel=False))
    )
    assert without < with_all < 1_000_000  # 1,535 parcels, and MapLibre's 0.9 MB
    assert page._repr_html_() == page._repr_html_()
    assert "900300" not in page._repr_html_()  # packed
    assert "height: 300px" in sample.explore(height=300)._repr_html_()
    assert repr(page).startswith("<Zandhoven: Voorbeeldgemeenten: 2.")


def test_names_are_shown_and_never_run(ranking: Ranking, browser: Any, tmp_path: Path) -> None:
    beside = ranking._repr_html_() + ranking.explain(f"P12{MARKUP}")._repr_html_()
    shown = Notebook(browser, tmp_path / "cell.html", ranking.explore()._repr_html_() + beside)
    ids = shown.ids()
    assert f"P12{MARKUP}" in ids
    assert f"P01{SCRIPT}" in ids
    shown.page.wait_for_timeout(300)
    assert shown.ran() == [None, None]


def test_a_script_that_the_page_does_not_know_does_not_run(
    ranking: Ranking, browser: Any, tmp_path: Path
) -> None:
    """Were a name markup after all, its script would have no digest in the page's policy."""
    path = tmp_path / "page.html"
    ranking.explore().save(path)
    text = path.read_text(encoding="utf-8")
    hole = text.replace("<body>", "<body><script>window.ran = 'it ran'</script>", 1)
    path.write_text(hole, encoding="utf-8")
    page = browser.new_context().new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)
    assert page.evaluate("window.ran || null") is None


def test_a_browser_that_cannot_unpack_says_what_to_do(
    ranking: Ranking, browser: Any, tmp_path: Path
) -> None:
    context = browser.new_context()
    context.add_init_script("delete globalThis.DecompressionStream")
    path = tmp_path / "cell.html"
    path.write_text(f"<!doctype html>{ranking.explore()._repr_html_()}", encoding="utf-8")
    page = context.new_page()
    page.goto(path.as_uri())
    page.frame_locator("iframe").get_by_text('.explore().save("map.html")').wait_for()


def test_nobody_ranked_is_a_page_that_says_why(browser: Any, tmp_path: Path) -> None:
    study = toy_study(tmp_path).changed(placement={"required_years": 50})
    shown = Notebook(browser, tmp_path / "cell.html", study.rank("A").explore()._repr_html_())
    shown.frame.locator("html[data-ready]").wait_for(state="attached", timeout=60_000)
    assert (
        "geen enkele locatie met een plaats op de ranglijst"
        in shown.frame.locator("#count").inner_text()
    )
    assert shown.complaints == []


@pytest.mark.parametrize(
    ("draw", "ids"),
    [
        ("plot", ()),
        ("plot_score", ("P03",)),
        ("plot_comparison", ("P03", "P05")),
        ("plot_terms", ()),
        ("plot_rules", ()),
        ("plot_funnel", ()),
    ],
)
def test_without_matplotlib_one_line_says_what_to_install(
    ranking: Ranking, monkeypatch: pytest.MonkeyPatch, draw: str, ids: tuple[str, ...]
) -> None:
    for name in [*filter(lambda each: each.split(".")[0] == "matplotlib", sys.modules)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(OutputError, match=r"pip install 'flexruimte\[notebook\]'"):
        getattr(ranking, draw)(*ids)
    assert "iframe" in ranking.explore()._repr_html_()  # which needs none
