"""The documentation as a site: it builds without a warning, every link leads somewhere, and no page asks anything of the internet."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml

import flexruimte
from code_blocks import PAGES, ROOT
from flexruimte.rules.files import load_ruleset
from reference_pages.commands import commands
from reference_pages.gathering import gather, made_pages
from web_page import chromium

CONFIGURATION = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
needs_builder = pytest.mark.skipif(
    importlib.util.find_spec("zensical") is None
    or importlib.util.find_spec("mkdocstrings_handlers") is None,
    reason='the site is built with what `pip install "flexruimte[docs]"` gives',
)

# The theme's search stands in a closed part of the page, which a test cannot look into.
OPEN_SHADOWS = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) { return attach.call(this, { ...options, mode: "open" }); };
"""


class Page(HTMLParser):
    """The places of a page that a link can lead to, its links, and what it loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" and given.get("rel") not in ("prev", "next", "canonical"):
            self.loaded.append(given.get("href", ""))
        elif "src" in given:
            self.loaded.append(given["src"])


def pages_in(nav: Any) -> list[str]:
    """The files that a navigation lists, in its order."""
    if isinstance(nav, str):
        return [nav]
    parts = nav.values() if isinstance(nav, dict) else nav
    return [page for part in parts for page in pages_in(part)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site, as `make docs` builds it, in a folder of this test."""
    folder = tmp_path_factory.mktemp("site")
    gather(folder / "pages")
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    text = text.replace("build/docs/pages", "pages").replace("build/docs/site", "site")
    text = text.replace("paths: [src]", f"paths: [{Path(flexruimte.__file__).parents[1]}]")
    (folder / "mkdocs.yml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", "mkdocs.yml"]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said = built.stdout + built.stderr
    assert built.returncode == 0, said
    assert "arning" not in said, said
    return folder / "site"


@pytest.fixture(scope="module")
def built(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in site.rglob("*.html") if path.name != "404.html"}


@needs_builder
def test_every_link_and_picture_leads_to_what_is_there(site: Path, built: dict[Path, Page]) -> None:
    assert len(built) > 35
    lost = []
    for page in built.values():
        for address in [*page.links, *page.loaded]:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            path = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
            path = path / "index.html" if path.is_dir() else path
            anchors = built[path].ids if path in built else {""}
            if not path.exists() or (parts.fragment and unquote(parts.fragment) not in anchors):
                lost.append(f"{page.path.relative_to(site)}: {address}")
    assert lost == []


@needs_builder
def test_no_page_loads_anything_from_elsewhere(site: Path, built: dict[Path, Page]) -> None:
    loaded = {address for page in built.values() for address in page.loaded}
    assert [each for each in loaded if urlsplit(each).scheme or urlsplit(each).netloc] == []
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"(?:url\(|@import)\s*[\"']?https?:", styles) == []


@needs_builder
def test_every_public_name_is_on_the_page_of_python(site: Path) -> None:
    ids = Page(site / "reference" / "python.html").ids
    missing = [name for name in flexruimte.__all__ if f"flexruimte.{name}" not in ids]
    assert missing == []
    assert {"flexruimte.Study.rank", "flexruimte.Ranking.explain"} <= ids


def test_every_page_is_in_the_navigation_once() -> None:
    listed = pages_in(CONFIGURATION["nav"])
    there = [path.name for path in PAGES if path.parent.name == "docs"]
    there += [f"reference/{name}" for name in made_pages()]
    there += ["contributing.md", "changelog.md"]
    assert sorted(listed) == sorted(there)


def test_what_the_reference_has_is_what_there_is() -> None:
    pages, ruleset = made_pages(), load_ruleset("flexwonen-nl")
    for page, ids in {
        "layers.md": ruleset.layers,
        "measures.md": ruleset.measures,
        "scores.md": {**ruleset.criteria, **ruleset.groups, **ruleset.themes},
    }.items():
        assert [each for each in ids if f"| `{each}` |" not in pages[page]] == []
    of_parameters = re.findall(r"^## `(.+)`$", pages["parameters.md"], re.M)
    assert of_parameters == list(ruleset.placement)
    for words in commands():
        assert f"\nUsage: flexruimte {' '.join(words)}".rstrip() in pages["command-line.md"]


def test_links_of_pages_outside_the_site_lead_to_files() -> None:
    lost = [
        f"{path.name}: {address}"
        for path in PAGES
        if path.parent == ROOT
        for address in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
        if not re.match(r"[a-z]+:", address) and not (ROOT / address).exists()
    ]
    assert lost == []


@needs_builder
def test_at_1280_pixels_no_table_has_to_be_moved_sideways(
    site: Path, built: dict[Path, Page]
) -> None:
    """The scroll bar of a long table is rows below what a reader looks for."""
    hidden = """[...document.querySelectorAll(".md-content table")].map(table => {
      const frame = table.closest(".md-typeset__scrollwrap") || table;
      return [table.rows[0].innerText, frame.scrollWidth - frame.clientWidth];
    }).filter(([, more]) => more > 1)"""
    found = {}
    with chromium() as browser:
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        for path in built:
            page.goto(path.as_uri())
            if wider := page.evaluate(hidden):
                found[path.name] = wider
    assert found == {}


@needs_builder
def test_a_page_opened_from_the_folder_searches_and_asks_nothing_elsewhere(site: Path) -> None:
    with chromium() as browser:
        page = browser.new_page()
        page.add_init_script(OPEN_SHADOWS)
        asked: list[str] = []
        failed: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: failed.append(request.url))
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.goto((site / "reference" / "measures.html").as_uri())
        page.keyboard.press("Control+k")
        page.get_by_role("combobox", name="Search").press_sequentially("spreadsheet", delay=50)
        found = page.get_by_role("listbox", name="Search results")
        found.get_by_text("In a spreadsheet").first.wait_for(timeout=20_000)
    assert failed == []
    assert [address for address in asked if not address.startswith("file:")] == []
