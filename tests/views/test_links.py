"""Where pages of a run lead to each other, against what the page of the map makes of a link."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from flexruimte.views.links import dossier_anchor, map_link
from web_page import of_state

IDS = ["90010034570000+11", "a b", "a.20b", "<script>", '"', "é€", "\U0001f3e1", "a#b?c=%20"]


@pytest.mark.parametrize("location", [*IDS, None])
def test_a_link_chooses_the_location(location: str | None) -> None:
    link = map_link("GM1", location)
    address, state = link.split("#")
    assert address == "../map/index.html"
    found = of_state("stateOf", f"#{state}")
    assert found["municipality"] == "GM1"
    assert found["chosen"] == (None if location is None else f"GM1 {location}")
    # nothing that ends an attribute, or starts an element
    assert not set(link) & set("\"'<>& ")
    assert location is None or location in unquote(link) or location == '"'


def test_each_location_has_an_anchor_of_its_own() -> None:
    anchors = [dossier_anchor(each) for each in IDS]
    assert len(set(anchors)) == len(IDS)
    for anchor in anchors:
        assert anchor.isascii()
        assert not set(anchor) & set("\"'<>& %#")
