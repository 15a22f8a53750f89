"""The folder of the page: all that it needs, and no more than it may weigh."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import shapely

from flexruimte.errors import OutputError
from flexruimte.views.web import run_page
from flexruimte.views.web.run_page import heads_of, write_follow_ups, write_page
from web_page import told

HEAD = {
    "code": "A", "name": "Aadorp", "file": "A", "language": "en", "bounds": None, "ranked": 0,
    "parcels": 0, "hectares": {}, "priorities": [],
    "boundary": {"x": [], "y": [], "rings": [], "polygons": [], "shapes": [0]},
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_page(tmp_path, "A <b>study</b>", "en", [HEAD])
    write_follow_ups(tmp_path, {})
    return tmp_path


def test_all_that_the_page_asks_for_is_there(folder: Path) -> None:
    page = (folder / "index.html").read_text(encoding="utf-8")
    asked = re.findall(r'(?:src|href)="([^"#]+)"', page)
    assert len(asked) > 10
    assert [
        name for name in asked if not name.startswith("data:") and not (folder / name).is_file()
    ] == []


def test_without_data_it_weighs_little(folder: Path) -> None:
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 1_500_000


def test_it_may_ask_nobody_but_the_backgrounds(folder: Path) -> None:
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert set(re.findall(r"https?:[^\s;\"]*", page)) == {"https://service.pdok.nl"}
    assert "unsafe-eval" not in page
    assert "'unsafe-inline'" not in page.split("style-src")[0]


def test_the_run_is_described(folder: Path) -> None:
    run = told((folder / "data" / "run.js").read_text(encoding="utf-8"))
    assert (run["study"], run["language"], run["municipalities"]) == (
        "A <b>study</b>",
        "en",
        [HEAD],
    )
    assert {each["title"] for each in run["backgrounds"]} == {
        "BRT background map (PDOK)",
        "Aerial photograph (PDOK)",
    }
    assert run["texts"]["tab-list"] == "Locations"


def test_what_followed_stays_until_it_is_written_anew(folder: Path) -> None:
    write_follow_ups(folder, {"said": ["42 homes"]})
    write_page(folder, "A study", "en", [HEAD])
    assert told((folder / "data" / "follow_ups.js").read_text(encoding="utf-8"))["said"] == [
        "42 homes"
    ]


def test_municipalities_of_an_earlier_version_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "A.json").write_text('{"code": "A"}', encoding="utf-8")
    square = shapely.box(155_000, 463_000, 156_000, 464_000)
    [head] = heads_of(tmp_path, ["A", "B"], {"A": square})
    assert head["code"] == "A"
    assert head["boundary"]["rings"] == [5]
    # the tower of Amersfoort is the corner in the southwest
    assert head["bounds"][:2] == pytest.approx([5.38720, 52.15517], abs=2e-5)


def test_without_the_package_with_maplibre_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_page.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(OutputError, match=r"pip install 'maplibre>=0.3.6'"):
        write_page(tmp_path, "A study", "en", [])
