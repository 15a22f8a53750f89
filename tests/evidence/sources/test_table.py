"""Tables in files."""

from __future__ import annotations

from pathlib import Path

import pytest

from flexruimte import SourceError
from flexruimte.evidence.sources import open_source
from flexruimte.rules.study_file import LayerSettings


def test_a_table_in_an_archive_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK")
    settings = LayerSettings(source="/vsizip/a.zip/a.csv")
    with pytest.raises(SourceError, match=r"x \(/vsizip/a.zip/a.csv\) cannot be read.*unpack it"):
        _ = open_source("x", settings, tmp_path, geometry="table").columns
