"""The toy town as files: a study as a user has it, for tests of reading, of the command line and of bad input."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from flexruimte.evidence.sources import Source, open_source
from flexruimte.rules.study_file import LayerSettings
from toy_town import RULESET, layers, municipalities, parcels


def write_toy_study(folder: Path) -> Path:
    """Write the toy town to a folder and return the path of its study.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    parcels().to_file(folder / "kaart.gpkg", layer="perceel")
    municipalities().to_file(folder / "kaart.gpkg", layer="gemeente")
    shutil.copy(RULESET, folder / "rules.toml")
    text = [
        '[study]\nname = "Toy town"\nas_of = 2026-01-01\nruleset = "rules.toml"\nlanguage = "en"\n',
        'target_groups = ["students", "starters"]\n',
        '[parcels]\nsource = "kaart.gpkg"\nlayer = "perceel"\nid = "parcel_id"\n',
        '[municipalities]\nsource = "kaart.gpkg"\nlayer = "gemeente"\ncode = "code"\nname = "naam"\n',
    ]
    for key, data in layers(folder).items():
        if isinstance(data, gpd.GeoDataFrame):
            data.to_file(folder / "kaart.gpkg", layer=key)
            where = f'source = "kaart.gpkg"\nlayer = "{key}"'
        elif isinstance(data, pd.DataFrame):
            data.to_csv(folder / f"{key}.csv", index=False)
            where = f'source = "{key}.csv"\nid = "parcel_id"'
        else:
            where = f'source = "{data.name}"'
        text.append(f'[layers.{key}]\n{where}\nreference_date = 2025-07-01\nlicence = "CC0"\n')
    path = folder / "study.toml"
    path.write_text("\n".join(text), encoding="utf-8")
    return path


def in_memory(key: str, rows: pd.DataFrame, **settings: Any) -> Source:
    """A layer whose rows are at hand, as a study of tables has it."""
    return open_source(key, LayerSettings(source="in memory", **settings), Path(), rows)
