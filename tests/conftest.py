"""What all tests share: versions in the header, hypothesis without deadlines or surprises, four towns, object storage."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import exactextract
import hypothesis
import matplotlib
import pyogrio
import pyproj
import pytest
import shapely

from flexruimte import Study, batch
from flexruimte.study.sample import sample_study_path
from object_storage import BUCKET, Server, serving
from toy_files import write_toy_study
from toy_town import box, frame

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


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """A test that leaves the program's logging other than it was fails itself, not the next one."""
    log = logging.getLogger("flexruimte")
    before = log.level, [*log.handlers]
    yield
    after = log.level, [*log.handlers]
    log.setLevel(before[0])
    log.handlers[:] = before[1]
    assert after == before


@pytest.fixture(scope="session")
def sample_geojson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The locations.geojson of the first municipality of the sample study."""
    path = tmp_path_factory.mktemp("sample") / "locations.geojson"
    Study.load(sample_study_path()).rank("GM9001").to_geojson(path)
    return path


@pytest.fixture(scope="session")
def four_towns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study file of the toy town, divided into four municipalities."""
    path = write_toy_study(tmp_path_factory.mktemp("four_towns"))
    quarters = [
        box(left, bottom, left + 250, bottom + 200) for bottom in (-50, 150) for left in (-50, 200)
    ]
    towns = frame(
        quarters, code=["A", "B", "C", "D"], naam=["Aadorp", "Beedorp", "Ceedorp", "Deedorp"]
    )
    towns.to_file(path.parent / "kaart.gpkg", layer="gemeente")
    return path


@pytest.fixture(scope="session")
def four_towns_results(four_towns: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run of them writes, one after the other in one process."""
    out = tmp_path_factory.mktemp("four_towns_results")
    batch.run(Study.load(four_towns), None, out)
    return out


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of object storage with an empty bucket."""
    with serving() as running:
        yield running


@pytest.fixture
def within_reach(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process can reach the server of object storage."""
    server.reach(monkeypatch)


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> str:
    """A place of the test's own in the bucket."""
    return f"{BUCKET}/{request.node.name.replace('[', '-').replace(']', '')}"
