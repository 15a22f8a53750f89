"""The toy town, divided into two municipalities that both have parcels."""

from __future__ import annotations

from toy_town import box, frame

TWO_TOWNS = frame(
    [box(-50, -50, 200, 350), box(200, -50, 450, 350)], code=["A", "B"], naam=["Aadorp", "Beedorp"]
)
