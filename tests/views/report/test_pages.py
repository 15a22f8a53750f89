"""The report and the dossiers as pages: on paper, read aloud, on a phone, and with hostile names."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pypdf import PdfReader

from flexruimte import OutputError, Ranking, Study
from flexruimte.results.outputs import OutputContent
from flexruimte.study.sample import sample_study_path
from flexruimte.views.links import map_link
from flexruimte.views.report import FollowUps, write_report, write_report_alone
from flexruimte.views.report.dossier import dossiers_of
from flexruimte.views.report.follow_ups import Freed, Variant
from flexruimte.views.report.sites import shortlist_of, sites_of
from toy_town import layers, municipalities, parcels, toy_study
from web_page import AXE, chromium

PAGES = ("report.html", "dossiers.html")
HOSTILE = {
    "P01": "<script>alert(1)</script>",
    "P03": "\"><img src=x onerror=alert(1)>'{{ 7 * 7 }}",
    "P12": "\U0001f3e1 &amp; مرحبا `${alert(1)}`",
}
FOLLOW_UPS = FollowUps(
    freed=[
        Freed(f"Regel {number}", 9.5 - number, number, 10 * number, -number) for number in range(8)
    ],
    variants=[Variant("De studie zoals die is", 463.0, 147, 14990, 6, 654)] * 5,
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def content() -> OutputContent:
    """The town of the sample with the longest shortlist."""
    return Study.load(sample_study_path()).rank("GM9003").content()


def written(content: OutputContent, folder: Path, **more: Any) -> Path:
    folder.mkdir(exist_ok=True)
    write_report(content, folder, **more)
    return folder


def with_shortlist(content: OutputContent, number: int) -> OutputContent:
    """The same, with so many of the best ranked in the best class."""
    listed = content.locations
    first = listed["rank"].fillna(10_000) <= number
    priority = listed["priority"].where(~first, "shortlist").where(first, "later")
    return replace(content, locations=listed.assign(priority=priority))


def on_paper(browser: Any, page: Path) -> list[str]:
    """The text of each printed page, without blanks."""
    context = browser.new_context()
    shown = context.new_page()
    shown.goto(page.as_uri())
    pdf = PdfReader(io.BytesIO(shown.pdf(prefer_css_page_size=True)))
    context.close()
    width, height = pdf.pages[0].mediabox[2:]
    assert (float(width), float(height)) == pytest.approx((595, 842), abs=1)  # A4
    return [re.sub(r"\s+", "", page.extract_text()) for page in pdf.pages]


def plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize(("number", "most"), [(1, 3), (5, 4), (6, 4), (12, 4), (13, 4), (25, 4)])
def test_two_to_four_pages_and_no_location_is_cut(
    browser: Any, content: OutputContent, tmp_path: Path, number: int, most: int
) -> None:
    some = with_shortlist(content, number)
    folder = written(some, tmp_path, follow_ups=FOLLOW_UPS)
    paper = on_paper(browser, folder / "report.html")
    assert 2 <= len(paper) <= most
    sites = sites_of(some, shortlist_of(some), "nl")
    assert len(sites) == number
    for site in sites:
        pages = [at for at, text in enumerate(paper) if plain(site.title) in text]
        assert len(pages) == 1
        for part in (site.facts[0], site.why, site.open, site.next):
            assert plain(part) in paper[pages[0]]
    assert plain(content.summary.versions["flexruimte"]) in paper[-1]


def test_a_dossier_is_a_page(browser: Any, content: OutputContent, tmp_path: Path) -> None:
    paper = on_paper(browser, written(content, tmp_path) / "dossiers.html")
    titles = [
        plain(f"{site.rank}{site.title}") for site in sites_of(content, shortlist_of(content), "nl")
    ]
    starts = [at for at, text in enumerate(paper) for title in titles if text.startswith(title)]
    assert len(starts) == len(set(starts)) == len(titles) > 8
    # whoever has more to tell goes on to the next page, and that is the exception
    assert len(paper) <= 1 + len(titles) + 3


def test_what_does_not_fit_on_a_page_goes_on_under_its_heading(
    browser: Any, content: OutputContent, tmp_path: Path
) -> None:
    """What decides stays where the dossier begins."""
    longer = content.findings.copy()
    longer["finding"] = longer["finding"] + " Dat is nader bekeken, door wie er over gaat." * 3
    folder = written(replace(content, findings=longer), tmp_path)
    paper = on_paper(browser, folder / "dossiers.html")
    shown = replace(content, findings=longer)
    sites = sites_of(shown, shortlist_of(shown), "nl")
    first = [plain(f"{site.rank}{site.title}") for site in sites]
    onwards = [plain(f"Vervolg van {site.rank}, {site.title}") for site in sites]
    began, went_on = 0, 0
    for text in paper[1:]:
        begins = [title for title in first if text.startswith(title)]
        goes_on = [title for title in onwards if text.startswith(title)]
        assert len(begins) + len(goes_on) == 1, text[:200]
        began, went_on = began + len(begins), went_on + len(goes_on)
    assert (began, went_on > 0) == (len(sites), True)
    for dossier in dossiers_of(sites, shown.summary, FOLLOW_UPS, "nl"):
        page = next(
            text
            for text in paper[1:]
            if text.startswith(plain(f"{dossier.site.rank}{dossier.site.title}"))
        )
        for passage in dossier.decisive:
            assert all(plain(sentence) in page for sentence in passage.findings)


def test_what_if_is_there_where_it_was_worked_out(content: OutputContent, tmp_path: Path) -> None:
    without = (written(content, tmp_path / "a") / "report.html").read_text(encoding="utf-8")
    having = written(content, tmp_path / "b", follow_ups=FOLLOW_UPS) / "report.html"
    assert "Wat als" not in without
    said = having.read_text(encoding="utf-8")
    assert "Meer (+) of minder (-) als alleen deze regel niet gold" in said
    assert re.search(
        r"Regel 4</th>(<td class=.n.>[^<]*</td>){2}<td class=.n.>\+40</td><td class=.n.>-4<", said
    )
    assert "Regel 4" in said
    assert "Regel 5" not in said  # five rows
    assert "14.990" in said


def test_pages_of_a_run_lead_to_each_other_and_to_the_map(
    content: OutputContent, tmp_path: Path
) -> None:
    folder = written(content, tmp_path)
    report, dossiers = ((folder / name).read_text(encoding="utf-8") for name in PAGES)
    anchors = re.findall(r'<article class="dossier" id="([^"]+)"', dossiers)
    assert len(anchors) == len(set(anchors)) > 2
    assert re.findall(r'href="dossiers\.html#([^"]+)"', report) == anchors
    on_map = re.findall(r'href="(\.\./map/index\.html#[^"]+)"', dossiers)
    shortlist = content.locations["parcel_id"].head(len(anchors))
    code = content.summary.municipality.code
    assert on_map == [map_link(code, each) for each in shortlist]
    assert set(re.findall(r'href="(\.\./map/[^"]+)"', report)) == {*on_map, map_link(code)}


def test_a_report_by_itself_leads_nowhere(content: OutputContent, tmp_path: Path) -> None:
    path = tmp_path / "a report.html"
    write_report_alone(content, path)
    page = path.read_text(encoding="utf-8")
    assert not re.findall(r'href="(?!https?://|#)[^"]*"', page)
    assert "dossiers" not in page.split("<body", 1)[1]
    assert content.locations["parcel_id"].iloc[0] in page
    with pytest.raises(OutputError, match="nowhere"):
        write_report_alone(content, tmp_path / "nowhere" / "report.html")


def test_the_same_results_give_the_same_bytes(content: OutputContent, tmp_path: Path) -> None:
    one, other = (written(content, tmp_path / name) for name in "ab")
    for name in PAGES:
        assert (one / name).read_bytes() == (other / name).read_bytes()
    assert not [path for path in one.iterdir() if path.name not in PAGES]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_it_can_be_read_aloud_and_asks_nobody(
    browser: Any, tmp_path: Path, name: str, language: str
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not here; `make test` fetches it where there is npm")
    study = Study.load(sample_study_path()).changed(language=language)
    page = written(study.rank("GM9002").content(), tmp_path, follow_ups=FOLLOW_UPS) / name
    context = browser.new_context(bypass_csp=True, viewport={"width": 1000, "height": 900})
    shown, asked = context.new_page(), []
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto(page.as_uri())
    assert shown.locator("html").get_attribute("lang") == language
    assert asked == [page.as_uri()]
    shown.evaluate(AXE.read_text(encoding="utf-8"))
    found = shown.evaluate("axe.run().then(found => found.violations)")
    assert [(each["id"], each["nodes"][0]["html"][:100]) for each in found] == []
    levels = [
        int(tag[1])
        for tag in shown.eval_on_selector_all("h1,h2,h3,h4", "all => all.map(h => h.tagName)")
    ]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    # every drawing has a name, or is only beside a number
    drawings = shown.eval_on_selector_all(
        "svg",
        "all => all.map(s => s.getAttribute('aria-hidden') || s.querySelector('title').textContent)",
    )
    assert all(drawings)
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone_nothing_sticks_out(
    browser: Any, content: OutputContent, tmp_path: Path, name: str
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    shown = context.new_page()
    shown.goto((written(content, tmp_path) / name).as_uri())
    assert shown.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_no_english_and_no_ids_of_rules_in_dutch(
    content: OutputContent, tmp_path: Path, name: str
) -> None:
    page = (written(content, tmp_path) / name).read_text(encoding="utf-8")
    shown = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.S)
    words = set(re.findall(r"[\w]+", shown))
    ids = {facts.id for facts in content.summary.rules if "_" in facts.id}
    ids |= {facts.id for facts in content.summary.criteria if "_" in facts.id}
    ids |= {facts.test.measure for facts in content.summary.rules if hasattr(facts, "test")}
    assert words & ids == set()
    english = {"the", "and", "unknown", "none", "None", "nan", "NaN", "parcel", "homes"}
    assert words & english == set()
    assert "{" not in shown


def test_names_are_never_markup(browser: Any, tmp_path: Path) -> None:
    def renamed(frame: Any) -> Any:
        if not isinstance(frame, pd.DataFrame) or "parcel_id" not in frame:
            return frame
        return frame.assign(parcel_id=frame["parcel_id"].replace(HOSTILE))

    name = "<b onclick=alert(1)>'s-Gravenzande</b> \u202eneerhcs"
    study = toy_study(
        tmp_path,
        parcels=renamed(parcels()),
        municipalities=municipalities().assign(naam=[name, "B"]),
        layers={key: renamed(data) for key, data in layers(tmp_path).items()},
        name="</title><img src=x onerror=alert(1)>",
    )
    content = with_shortlist(study.rank("A").content(), 6)
    folder = written(content, tmp_path / "out")
    for page in PAGES:
        context = browser.new_context()
        shown, said = context.new_page(), []
        shown.on("dialog", lambda dialog, said=said: (said.append(dialog), dialog.dismiss()))
        shown.goto((folder / page).as_uri())
        text = shown.inner_text("body")
        assert name[:20] in shown.title()
        assert all(each in text for each in HOSTILE.values())
        assert "</title><img src=x onerror=alert(1)>" in text
        assert shown.locator("script, img, [onclick], [onerror]").count() == 0
        assert said == []
        context.close()


def test_a_town_without_a_ranked_location_says_why(browser: Any, tmp_path: Path) -> None:
    ranking: Ranking = toy_study(tmp_path, placement={"min_buildable_m2": 1e6}).rank("A")
    folder = written(ranking.content(), tmp_path / "out")
    paper = on_paper(browser, folder / "report.html")
    assert len(paper) == 2
    assert plain("Er is hier geen enkele locatie met een plaats op de ranglijst.") in paper[0]
    dossiers = on_paper(browser, folder / "dossiers.html")
    assert len(dossiers) == 1
    assert plain("Er is hier geen enkele locatie met een plaats op de ranglijst.") in dossiers[0]
