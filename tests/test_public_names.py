"""What the package shows, and what it costs to import."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from importlib.metadata import version

import pytest

import flexruimte
from flexruimte.study.sample import sample_study_path


def test_all_is_what_is_public() -> None:
    things = {name: getattr(flexruimte, name) for name in dir(flexruimte)}
    modules = {name for name, thing in things.items() if inspect.ismodule(thing)}
    public = {name for name in things if not name.startswith("_")} - modules
    assert set(flexruimte.__all__) == public - {"TYPE_CHECKING", "import_module"}
    assert flexruimte.__version__ == version("flexruimte")


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'flexruimte' has no attribute 'Studie'"):
        _ = flexruimte.Studie
    with pytest.raises(ImportError, match="cannot import name 'Studie' from 'flexruimte'"):
        exec("from flexruimte import Studie")


def modules_after(*statements: str) -> list[set[str]]:
    """Return the names of the modules that are loaded after each statement, in a new process."""
    code = ["import json, sys"]
    for statement in statements:
        code += [statement, "print(json.dumps(list(sys.modules)))"]
    command = [sys.executable, "-W", "error", "-c", "\n".join(code)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return [set(json.loads(line)) for line in ended.stdout.splitlines()]


def test_import_loads_nothing_but_the_errors() -> None:
    before, after = modules_after("import geopandas", "import flexruimte")
    new = {name for name in after - before if name.split(".")[0] not in sys.stdlib_module_names}
    assert new == {"flexruimte", "flexruimte.errors"}


def test_loading_a_study_loads_nothing_that_only_others_need() -> None:
    (loaded,) = modules_after(
        f"import flexruimte; flexruimte.Study.load({str(sample_study_path())!r})"
    )
    assert "flexruimte.assessment.pipeline" in loaded
    command_line = {"typer", "click", "rich", "flexruimte.cli", "flexruimte.batch"}
    drawing = {"matplotlib", "IPython"}
    # for rasters, walking routes and relocation plans, and clusters
    computing = {"rasterio", "boto3", "scipy", "distributed", "dask"}
    wording = {"fluent.runtime", "fluent.syntax", "babel", "jinja2"}
    assert loaded & (command_line | drawing | computing | wording) == set()
