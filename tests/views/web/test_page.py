"""The page of a run in a real browser: what it shows, what it follows, and that it asks nobody."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest

from browser import served
from command_line import run
from flexruimte import Study, batch
from flexruimte.analyses.what_if import read_variant
from flexruimte.batch.map import refresh_map
from flexruimte.study.sample import sample_study_path
from flexruimte.views.web import write_follow_ups, write_page
from flexruimte.views.web.municipality import script
from toy_town import layers, municipalities, parcels, toy_study
from web_page import AXE, Opened, chromium, of_state, told

HOSTILE = {
    "P01": "<script>alert(1)</script>",
    "P02": '"><img src=x onerror=alert(1)>',
    "P03": "\U0001f3e1 &amp; ' \" `${alert(1)}`",
    "P04": "مرحبا P04",
}
NAME = "<b onclick=alert(1)>'s-Gravenzande</b> \u202eneerhcs"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a run of the sample."""
    folder = tmp_path_factory.mktemp("sample_results")
    batch.run(Study.load(sample_study_path()), None, folder)
    return folder


@pytest.fixture(scope="module")
def ranking(out: Path) -> pd.DataFrame:
    rows = pd.read_csv(out / "ranking.csv", sep=None, engine="python", dtype={"parcel_id": str})
    assert {"parcel_id", "rank", "priority", "homes", "buildable_m2", "score"} <= set(rows)
    return rows


@pytest.fixture
def opened(browser: Any, out: Path) -> Iterator[Opened]:
    """The page of the sample, opened from its folder."""
    shown = Opened(browser, (out / "map" / "index.html").as_uri())
    yield shown
    shown.page.context.close()


def numbers(text: str) -> list[float]:
    return [
        float(each.replace(".", "").replace(",", ".")) for each in re.findall(r"\d[\d.,]*", text)
    ]


def totals(rows: pd.DataFrame) -> list[float]:
    return [len(rows), round(rows["buildable_m2"].sum() / 10_000, 1), int(rows["homes"].sum())]


def test_from_a_folder_it_asks_nobody(opened: Opened) -> None:
    page = opened.page
    page.select_option("#municipality", "GM9001")
    for tab in ("filters", "weights", "rules", "next", "about", "list"):
        page.click(f"#for-{tab}")
    page.locator("#list button").first.click()
    page.click("text=Toon op de kaart")
    page.mouse.move(600, 400)
    opened.settle()
    outside = [url for url in opened.asked if not url.startswith(("file:", "data:", "blob:"))]
    assert outside == []
    assert opened.complaints == []


def test_the_totals_are_those_of_the_run(opened: Opened, ranking: pd.DataFrame) -> None:
    assert numbers(opened.count()) == totals(ranking)
    assert "eigen gemeente" in opened.page.inner_text("#by-municipality")  # of ranks
    opened.page.select_option("#municipality", "GM9003")
    opened.page.wait_for_selector("#list .id:has-text('9003')")
    opened.settle()
    assert numbers(opened.count()) == totals(ranking[ranking["gemeente_code"] == "GM9003"])
    assert opened.page.locator("#by-municipality").count() == 0


def test_the_list_is_in_the_order_of_the_run(opened: Opened, ranking: pd.DataFrame) -> None:
    opened.page.select_option("#municipality", "GM9001")
    opened.settle()
    town = ranking[ranking["gemeente_code"] == "GM9001"].sort_values("rank")
    assert opened.listed() == town["parcel_id"].head(100).tolist()
    opened.page.click("#more")
    assert len(opened.listed()) >= len(town)


def test_filters_count_what_they_leave(opened: Opened, ranking: pd.DataFrame) -> None:
    page = opened.page
    page.click("#for-filters")
    talk = ranking[ranking["priority"] == "talk"]
    option = page.locator("label.option", has=page.locator("#filter-priority-talk"))
    assert numbers(option.locator(".remain").inner_text()) == totals(talk)[:2]
    page.check("#filter-priority-talk")
    assert numbers(opened.count()) == [len(talk), len(ranking), *totals(talk)[1:]]
    long = talk[talk["term_years"] >= 20]
    option = page.locator("label.option", has=page.locator("#filter-term-20"))
    assert numbers(option.locator(".remain").inner_text()) == totals(long)[:2]
    page.check("#filter-term-20")
    assert numbers(opened.count())[0] == len(long)
    page.click("#clear-filters")
    assert numbers(opened.count()) == totals(ranking)


def test_a_wish_that_is_not_met_is_no_reason(opened: Opened, ranking: pd.DataFrame) -> None:
    """What keeps out of the class above is told as it was found, not as the rule wishes it."""
    page = opened.page
    town = ranking[ranking["gemeente_code"] == "GM9001"].set_index("parcel_id")
    away = town[town["attention"].fillna("").str.contains("truck_road")]
    kept = away[away["kept_out_by"].fillna("").str.contains("truck_road")].index[0]
    page.select_option("#municipality", "GM9001")
    opened.settle()
    page.fill("#find", kept)
    opened.settle()
    page.locator("#list button").first.click()
    decides = page.inner_text("#panel section:has(> h3:text-is('Wat beslist'))")
    assert "Niet in de klasse erboven, want:" in decides
    assert "De dichtstbijzijnde verharde weg van 4 m of breder ligt op " in decides
    assert "Verharde weg van 4 m of breder binnen 100 m" not in decides
    assert page.inner_text("#panel").count("De dichtstbijzijnde verharde weg van 4 m") == 1


def test_what_cannot_be_judged_says_on_what_it_waits(opened: Opened, out: Path) -> None:
    page = opened.page
    parcels = pd.read_parquet(out / "GM9003" / "parcels.parquet", columns=["parcel_id", "status"])
    findings = pd.read_parquet(out / "GM9003" / "findings.parquet")
    silent = findings[
        (findings["verdict"] == "unknown") & (findings["rule"] == "noise_industry_limit")
    ]
    waits = parcels[
        (parcels["status"] == "unknown") & parcels["parcel_id"].isin(silent["parcel_id"])
    ]
    page.select_option("#municipality", "GM9003")
    page.wait_for_selector("#list .id:has-text('9003')")
    page.fill("#find", waits["parcel_id"].iloc[0])
    opened.settle()
    page.locator("#list button").first.click()
    decides = page.inner_text("#panel section:has(> h3:text-is('Wat beslist'))")
    assert "Niet te beoordelen, want hierover ontbreken gegevens:" in decides
    assert "Industrie boven 55 dB: niet bekend" in decides
    assert "Niets staat in de weg" not in decides


def test_an_owner_has_a_name_and_a_source_a_title(opened: Opened) -> None:
    page = opened.page
    page.click("#for-filters")
    assert "de gemeente" in page.inner_text("#tab-filters")
    page.click("#for-about")
    about = page.inner_text("#tab-about")
    assert "bgt_wegdeel" not in about
    assert "Wegdelen (BGT), 15 nov 2025" in about
    assert "Bestaand stedelijk gebied" in about  # of the layers that could say more


def test_printed_the_map_comes_first(opened: Opened) -> None:
    page = opened.page
    page.locator("#list button").first.click()
    wide, high = (
        page.evaluate(f"document.getElementById('map').offset{of}") for of in ("Width", "Height")
    )
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    paper = page.locator("#map").bounding_box()
    assert max(paper["width"], paper["height"]) == pytest.approx(680, abs=1)  # 18 cm
    assert paper["width"] / paper["height"] == pytest.approx(wide / high, abs=0.01)  # all of it
    legend = page.locator("#legend").bounding_box()
    assert legend["y"] >= paper["y"] + paper["height"] - 1  # beside the map, not over it
    tops = [page.locator(each).bounding_box()["y"] for each in ("#view", "#count", "#panel")]
    assert tops == sorted(tops)


def test_paper_is_as_narrow_as_a_phone_and_no_phone(browser: Any, out: Path) -> None:
    """What is told of a place stands below the list, and covers nothing."""
    shown = Opened(
        browser, (out / "map" / "index.html").as_uri(), viewport={"width": 688, "height": 900}
    )
    page = shown.page
    page.locator("#list button").first.click()
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    parts = [page.locator(each).bounding_box() for each in ("#view", "#side", "#panel")]
    for one, other in pairwise(parts):
        assert one["height"] > 100
        assert other["y"] >= one["y"] + one["height"] - 1
    # the whole of what is told
    inner = page.evaluate("document.getElementById('panel').scrollHeight")
    assert parts[-1]["height"] == pytest.approx(inner, abs=2)
    assert page.locator("#panel button:visible").count() == 0
    page.context.close()


def test_a_panel_says_what_the_run_says(opened: Opened, out: Path, ranking: pd.DataFrame) -> None:
    page, first = (
        opened.page,
        ranking[ranking["gemeente_code"] == "GM9001"].sort_values("rank").iloc[0],
    )
    page.select_option("#municipality", "GM9001")
    opened.settle()
    page.locator("#list button").first.click()
    panel = page.inner_text("#panel")
    assert first["parcel_id"] in panel
    assert f"Plaats 1 van {int((ranking['gemeente_code'] == 'GM9001').sum())}" in panel
    findings = pd.read_parquet(out / "GM9001" / "findings.parquet")
    against = findings[
        (findings["parcel_id"] == first["parcel_id"]) & (findings["verdict"] != "yes")
    ]
    assert len(against)
    for sentence in against["finding"]:
        assert sentence in panel


def test_an_excluded_parcel_says_why(opened: Opened, out: Path) -> None:
    page = opened.page
    rows = pd.read_parquet(
        out / "GM9001" / "parcels.parquet", columns=["parcel_id", "status", "site_id"]
    )
    excluded = rows[(rows["status"] == "excluded") & rows["site_id"].isna()]["parcel_id"].iloc[0]
    page.select_option("#municipality", "GM9001")
    opened.settle()
    page.fill("#find", excluded)
    page.click(f"#list button[data-id='{excluded}']")
    panel = page.inner_text("#panel")
    findings = pd.read_parquet(out / "GM9001" / "findings.parquet")
    told = findings[(findings["parcel_id"] == excluded) & (findings["verdict"] == "no")]["finding"]
    assert "uitgesloten" in panel
    assert len(told)
    assert all(sentence in panel for sentence in told)


def test_a_click_on_the_map_chooses(opened: Opened) -> None:
    page = opened.page
    page.select_option("#municipality", "GM9003")
    opened.settle()
    page.locator("#list button").nth(1).click()
    page.click("text=Toon op de kaart")
    page.wait_for_timeout(1500)
    chosen = page.inner_text("#panel h2")
    page.click("#close")
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert page.inner_text("#panel h2") == chosen


def test_weights_change_ranks_as_a_variant_does(opened: Opened, tmp_path: Path) -> None:
    page = opened.page
    page.select_option("#municipality", "GM9003")
    opened.settle()
    page.click("#for-weights")
    page.locator("#theme-feasibility").fill("5")
    page.locator("#theme-term").fill("60")
    page.click("#for-rules")
    page.uncheck("#rule-flood_depth")
    page.click("#for-weights")
    page.click("#save")
    text = page.inner_text("#variant-text")
    assert tomllib.loads(text)["score"]["weights"]["feasibility"] == 5
    (tmp_path / "kaart.toml").write_text(text, encoding="utf-8")
    variant = read_variant(tmp_path / "kaart.toml")
    locations = Study.load(sample_study_path()).changed(**variant.changes).rank("GM9003").locations
    page.click("#for-list")
    assert opened.listed() == locations["parcel_id"].head(100).tolist()
    shown = page.locator("#list .row .score").all_inner_texts()[:20]
    assert [numbers(each)[0] for each in shown] == pytest.approx(
        locations["score"].head(20).tolist(), abs=0.051
    )
    # and back
    page.click("#for-weights")
    page.click("#reset")
    assert "changed" not in page.inner_html("#tab-weights")


def test_a_link_holds_what_was_chosen(opened: Opened, browser: Any) -> None:
    page = opened.page
    page.select_option("#municipality", "GM9003")
    opened.settle()
    page.click("#for-weights")
    page.locator("#theme-term").fill("90")
    page.click("#for-filters")
    page.check("#filter-priority-shortlist")
    page.click("#for-list")
    page.locator("#list button").nth(2).click()
    again = Opened(browser, page.url)
    again.settle()
    assert again.listed() == opened.listed()
    assert again.count() == opened.count()
    assert again.page.inner_text("#panel h2") == page.inner_text("#panel h2")
    again.page.context.close()


@pytest.mark.parametrize(
    "link",
    [
        "#%7B",
        "#null",
        "#[1]",
        "#%7B%22score%22%3A%22x%22%2C%22filters%22%3A%7B%22a%22%3A1%7D%7D",
        "#%E0%A4%A",
    ],
)
def test_a_damaged_link_opens_the_page_as_it_is(link: str) -> None:
    assert of_state("stateOf", link) == of_state("stateOf", "")


def test_a_link_to_what_is_not_there_says_so(browser: Any, out: Path) -> None:
    link = of_state("linkOf", {"municipality": "GM9001", "chosen": "GM9001 nowhere"})
    shown = Opened(browser, f"{(out / 'map' / 'index.html').as_uri()}{link}")
    assert 'Er is geen locatie of perceel met "nowhere"' in shown.page.inner_text("#message")
    shown.page.context.close()


def test_choices_that_cannot_be_followed_are_taken_back(
    browser: Any, out: Path, ranking: pd.DataFrame
) -> None:
    # a rule that excludes, one that bears on sites, a group that is not there, weights of nothing
    choices = {
        "municipality": "GM9002",
        "off": ["nnn", "no_tenant", "flood_depth"],
        "target": "nobody",
        "score": dict.fromkeys(["suitability", "feasibility", "relocatability", "term"], 0),
        "groups": {"starters": {"nothing": 3}, "nobody": {"jobs": 1}},
    }
    address = f"{(out / 'map' / 'index.html').as_uri()}{of_state('linkOf', choices)}"
    shown = Opened(browser, address)
    assert "kan hier niet gevolgd worden" in shown.page.inner_text("#message")
    kept = json.loads(unquote(shown.page.url.split("#")[1]))
    assert kept == {"municipality": "GM9002", "off": ["flood_depth"]}
    town = ranking[ranking["gemeente_code"] == "GM9002"]
    assert numbers(shown.count()) == totals(town)  # as many as there were, in another order
    shown.page.context.close()


def test_choices_that_may_join_other_parcels_are_asked_of_whatif(
    opened: Opened, ranking: pd.DataFrame
) -> None:
    # for starters alone two parcels suit so little that they are joined: the numbers stay the run's
    page = opened.page
    page.select_option("#municipality", "GM9003")
    opened.settle()
    page.click("#for-weights")
    page.select_option("#target", "starters")
    opened.settle()
    assert "flexruimte whatif" in page.inner_text("#count em")
    assert numbers(opened.count()) == totals(ranking[ranking["gemeente_code"] == "GM9003"])
    page.click("#save")
    variant = tomllib.loads(page.inner_text("#variant-text"))
    assert variant["study"]["target_groups"] == ["starters"]
    page.click("#for-list")
    town = ranking[ranking["gemeente_code"] == "GM9003"].sort_values("rank")
    assert opened.listed() == town["parcel_id"].head(100).tolist()


def test_names_in_a_variant_are_quoted() -> None:
    model = {
        "score": [["term", 1]],
        "groups": [{"id": 'a"\n\\b', "weights": [["x y", 2], ["z", 3]]}],
    }
    state = {"score": {}, "groups": {'a"\n\\b': {"z": 0}}, "target": 'a"\n\\b', "off": ["r.s"]}
    assert tomllib.loads(of_state("variantOf", state, model, 'T "1"')) == {
        "title": 'T "1"',
        "study": {"target_groups": ['a"\n\\b']},
        "groups": {'a"\n\\b': {"weights": {"x y": 2}}},
        "rules": {"r.s": {"enabled": False}},
    }


def test_two_are_put_side_by_side(opened: Opened) -> None:
    page = opened.page
    page.locator("#list button").nth(0).click()
    page.click("#compare")
    page.locator("#list button").nth(3).click()
    ids = opened.listed()
    head = page.locator("#panel thead th").all_inner_texts()
    assert head[1:] == [ids[0], ids[3]]


def test_an_overlay_shows_the_land_that_a_rule_takes(opened: Opened, out: Path) -> None:
    page = opened.page
    page.select_option("#municipality", "GM9003")
    opened.settle()
    page.click("#for-rules")
    assert not [url for url in opened.asked if url.endswith("-land.js")]  # only when asked for
    page.click("#show-nnn")
    opened.settle()
    assert "land dat deze regel wegneemt: Natuurnetwerk" in page.inner_text("#legend")
    # without whatif.csv no number is made up
    assert "flexruimte whatif OUT --rules nnn" in page.inner_text("#rule-told")
    land = told((out / "map" / "data" / "GM9003-land.js").read_text(encoding="utf-8"))["nnn"]
    assert drawn_as_taken(page) == (len(land["shapes"]["shapes"]), len(land["whole"]))
    # a rule on a measure excludes parcels as a whole
    page.click("#show-buildable_area")
    opened.settle()
    assert "perceel dat deze regel uitsluit" in page.inner_text("#legend")
    shapes, whole = drawn_as_taken(page)
    assert (shapes, whole > 0) == (0, True)
    page.click("#tab-rules button[aria-pressed=true]")
    assert drawn_as_taken(page) == (0, 0)


def test_the_panel_shows_what_took_this_land(opened: Opened, out: Path) -> None:
    """Of a field that is out: from the reason to the land, with the keyboard alone."""
    page = opened.page
    page.select_option("#municipality", "GM9003")
    opened.settle()
    others = told((out / "map" / "data" / "GM9003-parcels.js").read_text(encoding="utf-8"))
    land = told((out / "map" / "data" / "GM9003-land.js").read_text(encoding="utf-8"))["nnn"]
    lost = others["id"][land["whole"][0]]
    page.fill("#find", lost)
    page.locator(f"#list button[data-id='{lost}']").press("Enter")
    decides = page.locator("#panel section:has(> h3:text-is('Wat beslist'))")
    button = decides.locator("button[data-rule='nnn']")
    assert button.get_attribute("aria-label") == "Toon: Natuurnetwerk Nederland"
    button.press("Enter")
    opened.settle()
    assert page.evaluate("document.activeElement.dataset.rule") == "nnn"
    assert button.get_attribute("aria-pressed") == "true"
    assert "land dat deze regel wegneemt: Natuurnetwerk" in page.inner_text("#legend")
    assert drawn_as_taken(page) == (len(land["shapes"]["shapes"]), len(land["whole"]))
    page.keyboard.press("Enter")
    opened.settle()
    assert button.get_attribute("aria-pressed") == "false"
    assert drawn_as_taken(page) == (0, 0)
    # a rule on a measure takes no land
    assert page.locator("#panel button[data-rule='buildable_area']").count() == 0


def drawn_as_taken(page: Any) -> tuple[int, int]:
    """How many shapes of land, and how many other parcels, are drawn as taken by the rule."""
    page.wait_for_timeout(400)
    shapes = page.evaluate(
        "flexruimte.map.getSource('taken').getData().then(data => data.features.length)"
    )
    whole = page.evaluate(
        "(async () => { const { features } = await flexruimte.map.getSource('others').getData();"
        " return features.filter(({ id }) => flexruimte.map.getFeatureState({ source: 'others', id }).taken).length; })()"
    )
    return int(shapes), int(whole)


def test_results_without_land_by_rule_say_so(browser: Any, out: Path, tmp_path: Path) -> None:
    """As an earlier version wrote them: the parcels that a rule touches, named as such."""
    folder = tmp_path / "map"
    shutil.copytree(out / "map", folder)
    for code in ("GM9001", "GM9002", "GM9003"):
        (folder / "data" / f"{code}-land.js").unlink()
        path = folder / "data" / f"{code}.js"
        data = told(path.read_text(encoding="utf-8"))
        del data["land"]
        path.write_text(script("municipality", code, data), encoding="utf-8")
    shown = Opened(browser, (folder / "index.html").as_uri())
    page = shown.page
    page.select_option("#municipality", "GM9003")
    shown.settle()
    page.click("#for-rules")
    page.click("#show-nnn")
    shown.settle()
    assert "van een eerdere versie" in page.inner_text("#rule-touched")
    assert "perceel waar deze regel land wegneemt" in page.inner_text("#legend")
    shapes, whole = drawn_as_taken(page)
    assert shapes == 0
    others = told((folder / "data" / "GM9003-parcels.js").read_text(encoding="utf-8"))
    rules = [each["id"] for each in data["rules"]]
    rows = zip(others["findings"]["rule"], others["findings"]["verdict"], strict=True)
    assert whole == sum(rules[rule] == "nnn" and verdict in (0, 2) for rule, verdict in rows) > 0
    assert shown.complaints == []
    page.context.close()


@pytest.mark.parametrize("from_server", [False, True])
def test_the_map_leads_to_the_dossier_and_back(
    browser: Any, out: Path, ranking: pd.DataFrame, *, from_server: bool
) -> None:
    town = ranking[ranking["gemeente_code"] == "GM9001"].sort_values("rank")
    first, last = town["parcel_id"].iloc[0], town["parcel_id"].iloc[-1]
    with served(out) as address:
        start = f"{address}/map/index.html" if from_server else (out / "map/index.html").as_uri()
        shown = Opened(browser, start)
        page = shown.page
        page.select_option("#municipality", "GM9001")
        shown.settle()
        page.fill("#find", last)
        shown.settle()
        page.locator("#list button").first.click()
        page.wait_for_selector("#panel a.button")  # a server is asked whether it is there
        assert page.locator("#panel a.button").all_inner_texts() == ["Rapport van Oudermeer"]
        page.fill("#find", first)
        shown.settle()
        page.locator("#list button").first.click()
        page.click("#panel a.button:text-is('Dossier')")
        page.wait_for_url("**/GM9001/dossiers.html#*")
        # the dossier itself is in sight, not only its page
        top = page.locator(f"article:has(h2:has-text('{first}'))").bounding_box()["y"]
        assert abs(top) < 60
        page.locator(f"article:has(h2:has-text('{first}')) a:text-is('Op de kaart')").click()
        page.wait_for_selector("#panel h2")
        assert page.inner_text("#panel h2") == first
        page.click("#panel a.button:text-is('Rapport van Oudermeer')")
        page.locator("article.site a:text-is('Op de kaart')").nth(1).click()
        page.wait_for_selector("#panel h2")
        assert page.inner_text("#panel h2") == town["parcel_id"].iloc[1]
        assert shown.complaints == []
        page.context.close()


def test_a_map_by_itself_on_a_server_leads_to_no_report(browser: Any, out: Path) -> None:
    with served(out / "map") as address:
        shown = Opened(browser, f"{address}/index.html")
        shown.page.locator("#list button").first.click()
        shown.settle()
        assert shown.page.locator("#panel a.button").count() == 0
        shown.page.context.close()


def test_keys_alone_will_do(opened: Opened) -> None:
    page = opened.page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.inner_text("#panel h2") == opened.listed()[0]
    page.keyboard.press("Escape")
    assert page.is_hidden("#panel")
    page.focus("#for-list")
    page.keyboard.press("ArrowRight")
    assert page.is_visible("#tab-filters")


@pytest.mark.parametrize("width", [390, 1300])
def test_axe_finds_no_serious_fault(browser: Any, out: Path, width: int) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not here; `make test` fetches it where there is npm")
    shown = Opened(
        browser,
        (out / "map" / "index.html").as_uri(),
        viewport={"width": width, "height": 844},
        bypass_csp=True,
    )
    page = shown.page
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for tab in ("list", "filters", "weights", "rules", "next", "about"):
        page.click(f"#for-{tab}")
        if tab == "list":
            page.locator("#list button").first.click()
            look(page)
            page.click("#close")
        look(page)
    page.context.close()


def look(page: Any) -> None:
    found = page.evaluate("axe.run().then(found => found.violations)")
    serious = [
        (each["id"], [node["html"][:120] for node in each["nodes"][:3]])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_on_a_phone_nothing_sticks_out(browser: Any, out: Path) -> None:
    shown = Opened(
        browser, (out / "map" / "index.html").as_uri(), viewport={"width": 360, "height": 740}
    )
    for tab in ("list", "filters", "weights", "rules", "next", "about"):
        shown.page.click(f"#for-{tab}")
        assert shown.page.evaluate("document.documentElement.scrollWidth") <= 360, tab
    shown.page.context.close()


def test_on_a_phone_a_place_and_what_is_told_of_it_are_both_in_sight(
    browser: Any, out: Path
) -> None:
    shown = Opened(
        browser, (out / "map" / "index.html").as_uri(), viewport={"width": 360, "height": 740}
    )
    page = shown.page
    first = shown.listed()[0]
    page.locator("#list button").first.click()
    page.click("text=Toon op de kaart")
    page.wait_for_timeout(1000)
    drawn, panel = page.locator("#map").bounding_box(), page.locator("#panel").bounding_box()
    assert drawn["height"] > 150
    assert drawn["y"] + drawn["height"] <= panel["y"] + 1
    assert panel["y"] + panel["height"] == pytest.approx(740, abs=1)
    # the place lies on the part of the map that is seen
    middle = "(() => { const place = flexruimte.places().find(each => each.id === '%s'); return Object.values(flexruimte.map.project(place.middle)); })()"
    x, y = page.evaluate(middle % first)
    assert 0 < x < 360
    assert 0 < y < drawn["height"]
    page.click("#close")
    assert page.is_visible("#list")
    page.context.close()


def test_a_small_area_is_said_in_square_metres(opened: Opened, out: Path) -> None:
    others = told((out / "map" / "data" / "GM9001-parcels.js").read_text(encoding="utf-8"))
    at = next(at for at, area in enumerate(others["area_m2"]) if 100 < area < 450)
    page = opened.page
    page.select_option("#municipality", "GM9001")
    opened.settle()
    page.fill("#find", others["id"][at])
    page.locator(f"#list button[data-id='{others['id'][at]}']").click()
    assert f"{round(others['area_m2'][at])} m²" in page.inner_text("#panel dl")


def test_there_is_ink_on_the_map(opened: Opened) -> None:
    drawn = opened.page.evaluate(
        """() => { const gl = document.querySelector("canvas").getContext("webgl2"), all = new Uint8Array(4 * gl.drawingBufferWidth * gl.drawingBufferHeight);
        gl.readPixels(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight, gl.RGBA, gl.UNSIGNED_BYTE, all);
        const seen = new Map();
        for (let at = 0; at < all.length; at += 4) { const colour = `${all[at] >> 4} ${all[at + 1] >> 4} ${all[at + 2] >> 4}`; seen.set(colour, (seen.get(colour) || 0) + 1); }
        return [...seen.values()].filter(count => count > 500).length; }"""
    )
    assert drawn >= 5  # paper, land, parcels and the classes of priority


def test_from_a_web_server_it_is_the_same(browser: Any, out: Path, ranking: pd.DataFrame) -> None:
    with served(out / "map") as address:
        shown = Opened(browser, f"{address}/index.html")
        assert numbers(shown.count()) == totals(ranking)
        assert shown.complaints == []
        assert all(url.startswith((address, "data:", "blob:")) for url in shown.asked)
        shown.page.context.close()


def test_half_a_folder_says_what_is_missing(browser: Any, out: Path, tmp_path: Path) -> None:
    shutil.copytree(out / "map", tmp_path / "map")
    (tmp_path / "map" / "data" / "GM9002.js").unlink()
    context = browser.new_context(locale="nl-NL")
    page = context.new_page()
    page.goto((tmp_path / "map" / "index.html").as_uri())
    page.wait_for_selector("#message:has-text('data/GM9002.js')")
    # the others can still be chosen
    page.select_option("#municipality", "GM9001")
    page.wait_for_selector("#list .id:has-text('9001')")
    context.close()


WITHOUT_WEBGL = """
const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return String(kind).startsWith("webgl") ? null : real.call(this, kind, ...more);
};
"""


def test_without_webgl_the_list_and_the_panel_work(
    browser: Any, out: Path, ranking: pd.DataFrame
) -> None:
    context = browser.new_context(locale="nl-NL")
    context.add_init_script(WITHOUT_WEBGL)
    page = context.new_page()
    page.goto((out / "map" / "index.html").as_uri())
    page.wait_for_selector("#no-map:visible")
    page.locator("#list button").first.click()
    assert page.is_visible("#panel h2")
    page.click("#for-weights")
    page.locator("#theme-term").fill("90")
    page.wait_for_selector("#count em")
    assert numbers(page.inner_text("#count strong")) == totals(ranking)
    context.close()


@pytest.fixture(scope="module")
def followed(out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same results with what follows from them: moves, targets, and what one rule takes."""
    folder = tmp_path_factory.mktemp("followed") / "out"
    shutil.copytree(out, folder)
    study = sample_study_path()
    assert run("relocate", folder, "--regions", study.parent / "regions.csv") == 0
    assert run("whatif", folder, "--study", study, "--rules", "nnn") == 0
    sourced = 'source = "of a test"\nbasis = "assumption"\n'
    named = 'name = "of-a-test"\ntitle = { nl = "Doelen", en = "Targets" }\n'
    targets = f'{named}[required_years]\nvalue = 15\nunit = "year"\n{sourced}'
    for name, homes in (("enough", 500), ("much", 5_000)):
        place = f'[targets.{name}]\nmunicipality = "Zandhoven"\nhomes = {homes}\n'
        targets += place + sourced
    (folder / "targets.toml").write_text(targets)
    assert run("targets", folder, folder / "targets.toml") == 0
    refresh_map(folder, "nl")
    return folder


def test_what_follows_is_shown(browser: Any, followed: Path) -> None:
    shown = Opened(browser, (followed / "map" / "index.html").as_uri())
    page = shown.page
    page.click("#for-next")
    moves = pd.read_csv(followed / "relocation" / "municipalities.csv")
    year = int(moves.loc[moves["moved_out"] > 0, "year"].iloc[0])
    page.select_option("#year", str(year))
    then = moves[moves["year"] == year]
    said = [then["moved_out"].sum(), then["stranded"].sum()]
    assert numbers(page.inner_text("#year-told")) == said
    table = pd.read_csv(followed / "targets.csv").set_index("target")
    assert table.loc["much", "status"] == "short"
    short = next(line for line in page.inner_text("#tab-next").splitlines() if "te kort" in line)
    assert table.loc["much", "short_homes"] in numbers(short)
    page.click("#for-rules")
    page.click("#show-nnn")
    table = pd.read_csv(followed / "whatif.csv").set_index(["gemeente_code", "rule"])
    names = ["only_locations", "only_hectares", "only_homes", "only_best_homes"]
    row = table.loc[("*", "nnn"), names]
    softer = table.loc[("*", "nnn"), ["softer_locations", "softer_hectares", "softer_homes"]]
    freed = numbers(page.inner_text("#rule-told"))
    told_of = [(one.iloc[0], round(one.iloc[1], 1), *one.iloc[2:]) for one in (row, softer)]
    # what stays as it is, is said without a number
    assert freed == [abs(number) for numbers_of in told_of for number in numbers_of if number]
    page.context.close()


def test_less_is_told_as_less(browser: Any, followed: Path, tmp_path: Path) -> None:
    """A rule less may leave fewer homes in the best class: neighbours become one location."""
    shutil.copytree(followed / "map", tmp_path / "map")
    rows = told((tmp_path / "map" / "data" / "follow_ups.js").read_text(encoding="utf-8"))
    for row in rows["what_if"]:
        row |= {"locations": -1, "hectares": 2.5, "homes": 1, "best_homes": -12, "softer": None}
    for changed, said in (
        (
            {},
            "1 locatie minder, 2,5 ha meer, 1 woning meer, 12 woningen minder in de hoogste klasse",
        ),
        (
            {"locations": 0, "best_homes": 0},
            "2,5 ha meer, 1 woning meer, in de hoogste klasse evenveel",
        ),
        ({"hectares": 0.04, "homes": 0, "best_homes": None}, "er verandert niets"),
    ):
        for row in rows["what_if"]:
            row |= changed
        write_follow_ups(tmp_path / "map", rows)
        shown = Opened(browser, (tmp_path / "map" / "index.html").as_uri())
        shown.page.click("#for-rules")
        shown.page.click("#show-nnn")
        assert shown.page.inner_text("#rule-told") == f"Zonder deze regel: {said}."
        shown.page.context.close()


def test_a_target_shows_the_locations_that_fill_it(browser: Any, followed: Path) -> None:
    shown = Opened(browser, (followed / "map" / "index.html").as_uri())
    page = shown.page
    page.select_option("#municipality", "GM9003")
    page.wait_for_selector("#list .id:has-text('9003')")
    page.click("#for-next")
    page.click("#fill-enough")
    filling = pd.read_csv(followed / "targets_filling.csv", dtype={"parcel_id": "string"})
    wanted = filling.loc[filling["target"] == "enough"]
    assert 1 < len(wanted) < filling["target"].eq("much").sum()
    page.wait_for_selector("#tab-list:visible")
    listed = page.locator("#list button").evaluate_all("all => all.map(each => each.dataset.id)")
    assert listed == wanted["parcel_id"].tolist()
    assert numbers(shown.count())[0] == len(wanted)
    page.click("#for-filters")
    assert page.is_checked("#filter-target-enough")
    remaining = page.locator("label:has(#filter-target-much) .remain").inner_text()
    assert numbers(remaining)[0] == filling["target"].eq("much").sum()
    page.context.close()


def test_a_country_is_shown_by_municipality(browser: Any, out: Path, tmp_path: Path) -> None:
    shutil.copytree(out / "map", tmp_path / "map")
    run_script = (out / "map" / "data" / "run.js").read_text(encoding="utf-8")
    one = told(run_script)["municipalities"][2]
    heads = [{**one, "code": f"GM{at:04}", "name": f"Gemeente {at}"} for at in range(341)]
    write_page(tmp_path / "map", "Nederland", "nl", [*heads, one])
    shown = Opened(browser, (tmp_path / "map" / "index.html").as_uri())
    page = shown.page
    assert numbers(shown.count())[:2] == [342, 342 * one["priorities"][0]["locations"]]
    assert not [url for url in shown.asked if url.endswith("GM9003.js")]  # only when asked for
    page.fill("#find", "Zandhoven")
    page.click("#list button[data-id='GM9003']")
    page.wait_for_selector("#list .id:has-text('9003')")
    shown.settle()
    assert numbers(shown.count())[0] == one["ranked"]
    page.context.close()


def test_on_paper_there_is_the_list_and_no_buttons(opened: Opened) -> None:
    page = opened.page
    page.locator("#list button").first.click()
    page.emulate_media(media="print")
    assert page.is_hidden("#tabs")
    assert page.is_hidden("#share")
    assert page.is_visible("#list")
    assert page.is_visible("#panel h2")
    assert page.pdf(prefer_css_page_size=True)[:5] == b"%PDF-"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a toy town with names that want to be more than a name."""
    folder = tmp_path_factory.mktemp("hostile")

    def renamed(frame: Any) -> Any:
        if not isinstance(frame, pd.DataFrame) or "parcel_id" not in frame:
            return frame
        return frame.assign(parcel_id=frame["parcel_id"].replace(HOSTILE))

    study = toy_study(
        folder,
        parcels=renamed(parcels()),
        municipalities=municipalities().assign(naam=NAME),
        layers={key: renamed(data) for key, data in layers(folder).items()},
        name="<img src=x onerror=alert(1)>",
    )
    batch.run(study, None, folder / "out")
    return folder / "out"


def test_names_are_never_markup(browser: Any, hostile: Path) -> None:
    shown = Opened(browser, (hostile / "map" / "index.html").as_uri())
    page, said = shown.page, []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    assert page.inner_text("#title") == "<img src=x onerror=alert(1)>"
    rows = page.locator("#list button")
    seen = ""
    for number in range(rows.count()):
        rows.nth(number).click()
        seen += page.inner_text("#panel")
        rows.nth(number).hover()
    for tab in ("filters", "weights", "rules", "about"):
        page.click(f"#for-{tab}")
    shown.settle()
    assert "<script>alert(1)</script>" in seen
    assert said == []
    assert shown.complaints == []
    assert page.locator("main script, main img[src=x], [onclick], [onerror]").count() == 0
    assert all(url.startswith(("file:", "data:", "blob:")) for url in shown.asked)
    page.context.close()


def test_a_town_without_a_ranked_location_says_why(browser: Any, tmp_path: Path) -> None:
    study = toy_study(tmp_path).changed(placement={"min_buildable_m2": 1e6})
    batch.run(study, None, tmp_path / "out")
    shown = Opened(browser, (tmp_path / "out" / "map" / "index.html").as_uri())
    told = shown.page.inner_text("#count")
    assert "Er is hier geen enkele locatie met een plaats op de ranglijst." in told
    # the rule on what is left, which excludes all twelve
    assert "(12 percelen)" in told
    shown.page.context.close()


def test_no_municipality_is_done(browser: Any, out: Path, tmp_path: Path) -> None:
    write_page(tmp_path, "Niets", "nl", [])
    write_follow_ups(tmp_path, {})
    context = browser.new_context(locale="nl-NL")
    page = context.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    page.wait_for_selector("#message:has-text('run.json')")
    context.close()


def test_the_data_can_be_read_by_others(out: Path) -> None:
    # a script of data is one call with JSON
    text = (out / "map" / "data" / "GM9001.js").read_text(encoding="utf-8")
    code, data = json.loads("[" + text.split("(", 1)[1].rstrip().removesuffix(");") + "]")
    assert code == "GM9001"
    assert len(data["locations"]["id"]) == len(data["findings"]["count"])
