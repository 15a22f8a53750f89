"""The map for a notebook in a real browser: what is shown of a location is text, whatever it is called."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from browser import LEAFLET, headless, served
from flexruimte import OutputError, Ranking
from toy_town import municipalities, parcels, toy_study

MARKUP = "<img src=x onerror=\"window.ran = 'it ran'\">"
SCRIPT = "</script><script>window.ran = 'it ran'</script>"

LOOK = """
const done = arguments[arguments.length - 1];
const shown = [];
try {
  const locations = Object.values(window).find(thing => thing instanceof L.GeoJSON);
  locations.eachLayer(layer => {
    const latlng = layer.getBounds().getCenter();
    layer.fire("mouseover", { latlng }, true);
    shown.push(locations.getTooltip().getElement().textContent);
    layer.fire("click", { latlng }, true);
    shown.push(locations.getPopup().getElement().textContent);
  });
  // Images of the popups fail before one that is asked for later.
  const last = new Image();
  last.onerror = () => setTimeout(() => done({ shown, ran: window.ran || null }), 100);
  last.src = "no-such-image";
} catch (error) { done({ shown, ran: error.stack }); }
"""


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    """The toy town, with markup for the name of the municipality and the ids of parcels."""
    towns = municipalities()
    towns["naam"] = [MARKUP, *towns["naam"].iloc[1:]]
    land = parcels()
    land["parcel_id"] = land["parcel_id"].replace({"P12": f"P12{MARKUP}", "P01": f"P01{SCRIPT}"})
    folder = tmp_path_factory.mktemp("toy")
    return toy_study(folder, parcels=land, municipalities=towns).rank("A")


def look_at(ranking: Ranking, folder: Path) -> dict[str, Any]:
    """Open everything that the map says, in a page that asks for nothing from elsewhere."""
    pytest.importorskip("folium")
    with headless(folder / "profile") as chrome:
        html = ranking.explore().get_root().render()
        html = re.sub(r'<script src="[^"]*/leaflet\.js">', '<script src="leaflet.js">', html)
        html = re.sub(r'(?<!\\)"https?://[^"\\]*"', '""', html)
        beside = ranking._repr_html_() + ranking.explain(f"P12{MARKUP}")._repr_html_()
        html = html.replace("</body>", f"{beside}</body>")
        (folder / "index.html").write_text(html, encoding="utf-8")
        shutil.copy(LEAFLET, folder / "leaflet.js")
        with served(folder) as address:
            chrome.get(f"{address}/index.html")
            said: dict[str, Any] = chrome.execute_async_script(LOOK)
    return said


def test_names_are_shown_and_never_run(ranking: Ranking, tmp_path: Path) -> None:
    said = look_at(ranking, tmp_path)
    assert said["ran"] is None
    assert len(said["shown"]) == 2 * len(ranking.locations)
    assert any(f"P12{MARKUP}" in text for text in said["shown"])
    popups = said["shown"][1::2]
    assert all(MARKUP in text for text in popups)  # the explanation names the municipality


def test_markup_that_is_not_escaped_would_be_noticed(
    ranking: Ranking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unescaped(_template: str, rows: list[tuple[str, object]]) -> str:
        return " ".join(str(text) for _, text in rows)

    monkeypatch.setattr("flexruimte.views.explore.render", unescaped)
    assert look_at(ranking, tmp_path)["ran"] == "it ran"


@pytest.mark.parametrize("draw", ["plot", "plot_funnel", "explore"])
def test_without_matplotlib_one_line_says_what_to_install(
    ranking: Ranking, monkeypatch: pytest.MonkeyPatch, draw: str
) -> None:
    for name in [*filter(lambda each: each.split(".")[0] == "matplotlib", sys.modules)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(OutputError, match=r"pip install 'flexruimte\[notebook\]'"):
        getattr(ranking, draw)()
