"""Options of GDAL are in force while something is read, and not after."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pyogrio
import pytest

from flexruimte.evidence.sources.gdal_options import gdal_options

NAME = "AWS_S3_ENDPOINT"


def in_force() -> object:
    return pyogrio.get_gdal_config_option(NAME)


def test_they_are_taken_back() -> None:
    before = in_force()
    with gdal_options({NAME: "here"}):
        assert in_force() == "here"
    assert in_force() == before
    with pytest.raises(KeyError), gdal_options({NAME: "here"}):
        raise KeyError
    assert in_force() == before


def test_what_the_user_set_comes_back() -> None:
    pyogrio.set_gdal_config_options({NAME: "mine"})
    try:
        with gdal_options({NAME: "here"}):
            assert in_force() == "here"
        assert in_force() == "mine"
    finally:
        pyogrio.set_gdal_config_options({NAME: None})


def test_the_environment_is_not_made_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "environment")
    with gdal_options({NAME: "here"}):
        pass
    monkeypatch.setenv(NAME, "changed")
    assert in_force() == "changed"


def test_readers_that_ask_for_the_same_read_at_the_same_time() -> None:
    together = threading.Barrier(4, timeout=20)

    def read(_number: int) -> object:
        with gdal_options({NAME: "here"}):
            together.wait()
            return in_force()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, range(4))) == ["here"] * 4
    assert in_force() is None


def test_no_reader_reads_with_the_options_of_another() -> None:
    def read(number: int) -> bool:
        wanted = f"place {number % 3}"
        with gdal_options({NAME: wanted}):
            time.sleep(0.001)
            return in_force() == wanted

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(60)))
    assert in_force() is None


def test_without_options_nobody_waits() -> None:
    with gdal_options({NAME: "here"}), gdal_options({}):
        assert in_force() == "here"


SECRET = "https://host/a.gpkg?token=GEHEIM&year=2030"


@pytest.mark.parametrize("name", ["rasterio", "rasterio._env", "rasterio._err", "pyogrio._io"])
def test_no_log_of_gdal_holds_a_key(name: str, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger(name).warning("File %s has %s", SECRET, "\x1b[31m")
    assert caplog.messages == [
        "File https://host/a.gpkg?token=***&year=2030 has \\x1b[31m",
    ]


def test_no_warning_of_gdal_holds_a_key() -> None:
    # In a process of its own, as pytest changes what becomes of warnings.
    program = f"""
import warnings, flexruimte.evidence.sources
for module in ("pyogrio.raw", "pyogrio._io"):
    for text in (
        "File /vsicurl/{SECRET} has GPKG application_id",
        "Measured (M) geometry types are not supported.",
        "a ring is not closed",
    ):
        warnings.warn_explicit(text, RuntimeWarning, "raw.py", 1, module=module)
"""
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stderr
    assert "GEHEIM" not in said
    assert "Measured" not in said  # nobody can do anything about it, nor has to
    assert said.count("a ring is not closed") == 2
