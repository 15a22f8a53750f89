"""What all tests share: the versions that matter in the header, and hypothesis without deadlines or surprises."""

from __future__ import annotations

import os

import exactextract
import hypothesis
import matplotlib
import pyogrio
import pyproj
import shapely

matplotlib.use("Agg")

hypothesis.settings.register_profile("here", deadline=None, max_examples=50)
hypothesis.settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_report_header() -> str:
    gdal = ".".join(map(str, pyogrio.__gdal_version__))
    return (
        f"shapely {shapely.__version__}, GEOS {shapely.geos_version_string}, GDAL {gdal}, PROJ {pyproj.proj_version_str}, "
        f"exactextract {exactextract.__version__}"
    )
