"""Inputs that change between two runs, and a run whose results must be those of a run from nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd

from flexruimte import Study, batch
from written_files import contents


def rewritten(towns: Path, key: str, data: gpd.GeoDataFrame) -> None:
    (towns.parent / f"{key}.gpkg").unlink()
    data.to_file(towns.parent / f"{key}.gpkg")


def ran(towns: Path, out: Path, **choices: Any) -> list[str]:
    """Run, and hold the results against those of a new folder."""
    report = batch.run(Study.load(towns), None, out, **choices)
    fresh = out.with_name("fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    batch.run(Study.load(towns), None, fresh)
    assert contents(out) == contents(fresh)
    return report.computed
