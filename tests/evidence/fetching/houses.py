"""Features to serve: squares on a grid, so that what lies in a window can be counted on paper."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely


@cache
def houses() -> gpd.GeoDataFrame:
    """2,500 squares of 10 m, of which every tenth is demolished."""
    number = np.arange(2500)
    x, y = number % 50 * 20 + 1, number // 50 * 20 + 1
    table = pd.DataFrame(
        {
            "identificatie": [f"p{at:04d}" for at in number],
            "status": np.where(number % 10 == 3, "Pand gesloopt", "Pand in gebruik"),
            "jaar": number,
        }
    )
    return gpd.GeoDataFrame(table, geometry=shapely.box(x, y, x + 10, y + 10), crs="EPSG:28992")
