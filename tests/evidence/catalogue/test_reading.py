"""A user's file adds to the built-in catalogue, or replaces what it names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flexruimte.errors import CatalogueError
from flexruimte.evidence.catalogue.reading import catalogue_schema, read_catalogue

ADDRESS = "http://127.0.0.1:8000/bgt"
NEW = """
[datasets.mijn_laag]
title = { nl = "Mijn laag", en = "My layer" }
silence = { nl = "niets", en = "nothing" }

[[datasets.mijn_laag.services]]
server = "mijn_server"
layer = "kaart"
confidence = "medium"

[servers.mijn_server]
protocol = "wfs"
address = "http://127.0.0.1/wfs"
licence = "eigen"
confirmed = "zelf gezien"
confirmed_on = 2026-11-30
confidence = "high"

[municipalities]
GM9001 = { name = "Waterdorp", province = "Nergensland" }
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_adds_datasets_and_municipalities(tmp_path: Path) -> None:
    catalogue = read_catalogue(written(tmp_path, NEW))
    assert set(catalogue.datasets) - set(read_catalogue().datasets) == {"mijn_laag"}
    (service,) = catalogue.datasets["mijn_laag"].services
    assert (service.protocol, service.layer, service.licence) == ("wfs", "kaart", "eigen")
    assert service.confidence == "medium", "what a service says goes before what its server says"
    assert catalogue.municipalities["GM9001"].name == "Waterdorp"


def test_a_server_that_moved_takes_its_datasets_along(tmp_path: Path) -> None:
    before = read_catalogue()
    after = read_catalogue(written(tmp_path, f'[servers.pdok_bgt]\naddress = "{ADDRESS}"\n'))
    moved = {key for key in after.datasets if after.datasets[key] != before.datasets[key]}
    assert moved == {key for key in before.datasets if key.startswith("bgt_")}
    for key in moved:
        (service,), (old,) = after.datasets[key].services, before.datasets[key].services
        assert service == old.model_copy(update={"address": ADDRESS})


def test_a_dataset_that_is_there_gets_the_keys_that_are_given(tmp_path: Path) -> None:
    text = '[datasets.bag_pand]\nservices = []\nask = { nl = "Vraag mij", en = "Ask me" }\n'
    changed = read_catalogue(written(tmp_path, text)).datasets["bag_pand"]
    assert changed.services == []
    assert changed.title == read_catalogue().datasets["bag_pand"].title


def test_the_last_file_counts_most(tmp_path: Path) -> None:
    first = written(tmp_path, NEW)
    second = tmp_path / "second.toml"
    second.write_text('[municipalities]\nGM9001 = { name = "Anders" }\n', encoding="utf-8")
    found = read_catalogue(first, second).municipalities["GM9001"]
    assert (found.name, found.province) == ("Anders", "Nergensland")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[dataset.x]", r"mine.toml: there is no table 'dataset'; did you mean 'datasets'\?"),
        ("datasets = 3", r"mine.toml: \[datasets\] is no table; write \[datasets.KEY\]"),
        ("[municipalities]\nGM0001 = 3", r"\[municipalities\] GM0001 is no table"),
        ("[datasets.x", r"mine.toml is not valid TOML: Expected ']'"),
        ('[datasets.x]\nservices = [{ server = "pdok_bgd" }]', r"did you mean 'pdok_bgt'\?"),
        ("[datasets.bag_pand]\nlicense = 'x'", r"mine.toml.*license"),
        ("[datasets.bag_pand]\nservices = 3", r"mine.toml.*services"),
        ("[datasets.bag_pand]\nservices = [3]", r"mine.toml.*services"),
    ],
)
def test_a_mistake_is_told_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CatalogueError, match=said) as told:
        read_catalogue(written(tmp_path, text))
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"nowhere.toml cannot be read .*give the path"):
        read_catalogue(tmp_path / "nowhere.toml")


def test_the_schema_knows_servers_and_requires_nothing() -> None:
    schema = catalogue_schema()
    assert "server" in schema["$defs"]["Service"]["properties"]
    assert "address" in schema["$defs"]["Server"]["properties"]
    assert '"required"' not in json.dumps(schema)
