"""The record beside a file, and what a study reads from it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from flexruimte.evidence.fetching.provenance import (
    Provenance,
    path_of_record,
    read_provenance,
    sha256_of,
    with_provenance,
)
from flexruimte.rules.study_file import LayerSettings


def record(file: Path, **changes: object) -> Provenance:
    facts = {
        "dataset": "nnn", "protocol": "wfs", "address": "https://example.org/wfs?apikey=geheim", "query": "https://me:geheim@example.org/wfs?token=geheim&x=1",
        "question": "0", "windows": [(0.0, 0.0, 1.0, 1.0)], "municipalities": ["GM0363"], "moment": dt.datetime(2026, 11, 30, tzinfo=dt.UTC), "features": 2,
        "sha256": sha256_of(file), "bytes": file.stat().st_size, "licence": "CC0", "attribution": "Provincies", "reference_date": dt.date(2025, 1, 1),
        "schema_confirmed": True, "silence": {"nl": "niets", "en": "nothing"}, "software": "flexruimte 1",
    }  # fmt: skip
    return Provenance.model_validate({**facts, **changes})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "nnn.gpkg"
    path.write_bytes(b"abc")
    record(path).write(path_of_record(path))
    return path


def test_what_is_written_is_read_without_keys(file: Path) -> None:
    text = path_of_record(file).read_text()
    assert "geheim" not in text
    found = read_provenance(file)
    assert found is not None
    assert found.query == "https://***@example.org/wfs?token=***&x=1"
    # echo -n abc | sha256sum
    assert found.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("damage", ["gone", "other file", "no JSON", "no record"])
def test_what_is_no_record_of_the_file_is_none(file: Path, damage: str) -> None:
    note = path_of_record(file)
    match damage:
        case "gone":
            note.unlink()
        case "other file":
            file.write_bytes(b"abcd")
        case "no JSON":
            note.write_text("{")
        case _:
            note.write_text(json.dumps({"dataset": "nnn"}))
    assert read_provenance(file) is None


def test_a_study_has_date_and_licence_from_it_where_it_says_nothing(file: Path) -> None:
    asked = LayerSettings(source=file.name, dataset="nnn")
    found = with_provenance(asked, file.parent)
    assert (found.reference_date, found.licence) == (dt.date(2025, 1, 1), "CC0")
    said = LayerSettings(source=file.name, dataset="nnn", licence="of our own")
    found = with_provenance(said, file.parent)
    assert (found.reference_date, found.licence) == (dt.date(2025, 1, 1), "of our own")
    # What was not fetched has no record that counts.
    assert with_provenance(LayerSettings(source=file.name), file.parent).licence is None
    assert (
        with_provenance(LayerSettings(source="other.gpkg", dataset="nnn"), file.parent).licence
        is None
    )
