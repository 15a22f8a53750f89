"""Tables that are joined on the parcel id: a file is read again when it has changed, and only then."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flexruimte.errors import LayerError, SourceError
from flexruimte.evidence import parcel_tables
from flexruimte.evidence.parcel_tables import load_table
from flexruimte.evidence.sources import open_source, parquet
from flexruimte.rules.parts import LayerSpec
from flexruimte.rules.study_file import LayerSettings

SPEC = LayerSpec.model_validate(
    {
        "title": {"nl": "Eigendom", "en": "Ownership"},
        "geometry": "table",
        "source": "toy",
        "basis": "assumption",
    }
)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcel_tables, "_kept", {})


def table_of(
    folder: Path,
    fields: tuple[str, ...] = ("owner",),
    data: pd.DataFrame | None = None,
    **settings: Any,
) -> pd.DataFrame:
    source = open_source(
        "owners",
        LayerSettings(source="owners.csv", id="id", **settings),
        folder,
        data,
        geometry="table",
    )
    return load_table("owners", SPEC, source, fields).rows


def test_a_file_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "owners.csv").write_text("id,owner,rent\nP,town,1\nQ,,2\n,lost,3\n")
    found = table_of(tmp_path)
    assert found["owner"].dropna().to_dict() == {"P": "town"}
    assert list(found.index) == ["P", "Q"]
    assert table_of(tmp_path) is found


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "owners.csv"
    file.write_text("id,owner\nP,town\n")
    before = file.stat()
    assert table_of(tmp_path).loc["P", "owner"] == "town"
    # of the same size, in the same place, and said to be as old
    file.write_text("id,owner\nP,farm\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert table_of(tmp_path).loc["P", "owner"] == "farm"
    # another file under the same name
    (tmp_path / "new.csv").write_text("id,owner\nP,duke\n")
    (tmp_path / "new.csv").replace(file)
    assert table_of(tmp_path).loc["P", "owner"] == "duke"


def test_what_is_asked_otherwise_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "owners.csv").write_text("id,owner,rent\nP,town,1\n")
    assert list(table_of(tmp_path)) == ["owner"]
    assert list(table_of(tmp_path, ("owner", "rent"))) == ["owner", "rent"]
    assert table_of(tmp_path, constants={"owner": "crown"}).loc["P", "owner"] == "crown"
    assert table_of(tmp_path).loc["P", "owner"] == "town"


def test_a_table_in_memory_is_taken_as_it_is_now(tmp_path: Path) -> None:
    # even where a file has the name that describes it
    (tmp_path / "owners.csv").write_text("id,owner\nP,town\n")
    table_of(tmp_path)
    data = pd.DataFrame({"id": ["P"], "owner": ["farm"]})
    assert table_of(tmp_path, data=data).loc["P", "owner"] == "farm"
    data["owner"] = "duke"
    assert table_of(tmp_path, data=data).loc["P", "owner"] == "duke"


def test_a_table_that_was_refused_is_refused_again(tmp_path: Path) -> None:
    (tmp_path / "owners.csv").write_text("id,owner\nP,town\nP,farm\n")
    for _ in range(2):
        with pytest.raises(LayerError, match="more than one row for parcel"):
            table_of(tmp_path)


def test_a_table_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million equal values are a few kB in the file, and 8 MB in memory."""
    path = tmp_path / "a.parquet"
    pd.DataFrame({"parcel_id": np.zeros(1_000_000)}).to_parquet(path)
    assert path.stat().st_size < 100_000
    source = open_source("eigendom", LayerSettings(source="a.parquet"), tmp_path, geometry="table")
    assert len(source.read_table(["parcel_id"])) == 1_000_000
    monkeypatch.setattr(parquet, "_MOST_BYTES", 7_900_000)
    with pytest.raises(SourceError, match=r"eigendom \(a.parquet\) unpacks to 0.0 GB"):
        source.read_table(["parcel_id"])


@pytest.mark.parametrize(
    ("rows", "said", "speaks"),
    [
        (1, {}, True),
        (0, {}, False),
        (0, {"silence": "nothing"}, True),
        (0, {"unknown_ids": "ignore"}, True),
        (1, {"silence": "unknown"}, False),
        (0, {"silence": "unknown", "unknown_ids": "ignore"}, False),
    ],
)
def test_a_table_without_rows_says_nothing(
    tmp_path: Path, rows: int, said: dict[str, Any], speaks: bool
) -> None:
    (tmp_path / "owners.csv").write_text("id,owner\n" + "P,town\n" * rows)
    settings = LayerSettings(source="owners.csv", id="id", **said)
    source = open_source("owners", settings, tmp_path, geometry="table")
    table = load_table("owners", SPEC, source, ("owner",))
    assert table.speaks_of_unlisted is speaks
    assert table.everything.speaks_of_unlisted is speaks
