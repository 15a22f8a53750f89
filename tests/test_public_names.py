"""What the package shows, what it costs to import, and that its errors survive the way between processes."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys

import pytest

import flexruimte
from flexruimte import errors

ERRORS = [
    thing
    for _, thing in inspect.getmembers(errors, inspect.isclass)
    if issubclass(thing, errors.FlexruimteError)
]


def test_all_is_what_is_public() -> None:
    modules = {name for name, thing in vars(flexruimte).items() if inspect.ismodule(thing)}
    public = (
        {name for name in vars(flexruimte) if not name.startswith("_")}
        - modules
        - {"PackageNotFoundError", "version"}
    )
    assert set(flexruimte.__all__) == public


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_errors_survive_pickling(kind: type[errors.FlexruimteError]) -> None:
    again = pickle.loads(pickle.dumps(kind("what, where, what to do")))
    assert type(again) is kind
    assert str(again) == "what, where, what to do"


def test_import_is_quick_and_takes_no_optional_library_along() -> None:
    code = (
        "import sys, time; import geopandas; start = time.process_time(); import flexruimte; took = time.process_time() - start; "
        "print(took, [name for name in ('matplotlib', 'folium', 'exactextract', 'dask', 'scipy.optimize', 'IPython') if name in sys.modules])"
    )
    tries = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(3)
    ]
    seconds = min(float(said.split(" ", 1)[0]) for said in tries)
    assert tries[0].split(" ", 1)[1].strip() == "[]"
    assert seconds < 1.0
