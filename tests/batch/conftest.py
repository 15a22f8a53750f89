"""Two towns as files, one file per layer, so that one can change without the others."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from batch.two_towns import TWO_TOWNS
from toy_files import write_toy_study
from toy_town import layers


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    """The study file of two towns side by side, A in the west and B in the east, with one national file per layer; bus stops far in the east too."""
    path = write_toy_study(tmp_path / "study")
    TWO_TOWNS.to_file(path.parent / "kaart.gpkg", layer="gemeente")
    text = path.read_text()
    for key, data in layers(tmp_path).items():
        if isinstance(data, gpd.GeoDataFrame):
            data.to_file(path.parent / f"{key}.gpkg")
            text = text.replace(f'source = "kaart.gpkg"\nlayer = "{key}"', f'source = "{key}.gpkg"')
    path.write_text(text)
    return path
