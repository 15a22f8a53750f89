"""The catalogue for the terminal: what a dataset is, how it is had, and what is not known without it."""

from __future__ import annotations

from typing import Any

from flexruimte.evidence.catalogue.model import Catalogue
from flexruimte.evidence.catalogue.reading import read_catalogue
from flexruimte.rules.files import load_ruleset
from flexruimte.views.catalogue_table import catalogue_rows, dataset_lines, not_known_without

RULESET = load_ruleset("flexwonen-nl")
SERVICE: dict[str, Any] = {
    "protocol": "wfs",
    "address": "https://example.org/wfs",
    "layer": "a",
    "also_layers": ["b"],
    "fields": {"nr": "nr", "naam_n2k": "NAAM"},
    "licence": "CC0",
    "cycle": "yearly",
    "attribution": "RVO",
    "confirmed": "by a test",
    "confirmed_on": "2026-11-30",
    "confidence": "high",
}
SILENCE = {"nl": "niets", "en": "nothing there"}
CATALOGUE = Catalogue.model_validate(
    {
        "datasets": {
            "extra": {
                "title": {"nl": "Extra", "en": "Extra"},
                "silence": SILENCE,
                "services": [{**SERVICE, "may_be_fetched": False}],
                "ask": {"nl": "Vraag het", "en": "Ask for it"},
            },
            "natura2000": {
                "title": {"nl": "Natuur", "en": "Nature"},
                "silence": SILENCE,
                "services": [SERVICE, {**SERVICE, "protocol": "download", "confidence": "low"}],
            },
            "percelen": {
                "serves": "parcels",
                "title": {"nl": "Percelen", "en": "Parcels"},
                "silence": SILENCE,
                "ask": {"nl": "Vraag het", "en": "Ask the cadastre"},
                "template": ["id", "x"],
            },
        }
    }
)


def test_a_row_says_how_a_dataset_is_had() -> None:
    head, rows = catalogue_rows(CATALOGUE, RULESET, "en")
    assert head == ["dataset", "what it is", "how", "licence, renewed"]
    assert rows == [
        ["percelen", "Parcels", "Ask the cadastre", ""],
        ["natura2000", "Nature", "wfs, download", "CC0, yearly"],
        ["extra", "Extra", "Ask for it", ""],
    ]


def test_layers_stand_in_the_order_of_the_ruleset() -> None:
    keys = [row[0] for row in catalogue_rows(read_catalogue(), RULESET, "nl")[1]]
    assert keys == ["brk_perceel", "gemeentegebied", *RULESET.layers]


def test_a_dataset_that_is_not_confirmed_says_so() -> None:
    rows = {row[0]: row for row in catalogue_rows(read_catalogue(), RULESET, "en")[1]}
    assert rows["liwo_maxdiepte"][2].startswith("wcs (not confirmed); Get Maximale")
    assert (
        rows["dubbelbestemmingen"][2]
        == "download (not confirmed); Ask the municipality for its plan map"
    )


def test_a_dataset_in_full() -> None:
    lines = list(dataset_lines(CATALOGUE, RULESET, "natura2000", "en"))
    assert lines[:7] == [
        "natura2000: Nature",
        "1. wfs, confirmed: https://example.org/wfs",
        "   layer a, b",
        "   fields: nr, naam_n2k = NAAM",
        "   licence CC0, renewed yearly, by RVO",
        "   confirmed on 30 November 2026: by a test",
        "2. download, not confirmed: https://example.org/wfs",
    ]
    assert lines[-2] == "nothing at a place means: nothing there"
    assert lines[-1].startswith("without it is not known: ")


def test_a_dataset_to_ask_for_in_full() -> None:
    assert list(dataset_lines(CATALOGUE, RULESET, "percelen", "nl")) == [
        "percelen: Percelen",
        "de percelen van een studie",
        "Vraag het",
        "tabel om in te vullen: id, x",
        "niets op een plek betekent: niets",
    ]
    lines = list(dataset_lines(CATALOGUE, RULESET, "extra", "en"))
    assert "   may not be fetched automatically" in lines
    assert "or: Ask for it" in lines


def test_what_is_not_known_is_what_needs_the_layer() -> None:
    """The rules and criteria of the ruleset that ask for owners, looked up by hand."""
    assert not_known_without(RULESET, "lib_luchtvaart", "nl") == [
        "Luchthavenindelingbesluit, sloopzones (1 en 2)",
        "Luchthavenindelingbesluit, zones 3 en 4",
        "Luchthavenindelingbesluit, zone 5 (afwegingsgebied)",
    ]
