"""The test of a module is found by its path: src/flexruimte/room/module.py, tests/room/test_module.py."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import flexruimte

TESTS = Path(__file__).parent
SOURCE = Path(flexruimte.__file__).parent

NEED_NO_TEST = {
    "cli/__main__": "calls the command line",
    "evidence/sources/protocol": "says what a source answers, and answers nothing",
    "evidence/fetching/feature_service": "says what a service of features answers, and answers nothing",
    "batch/municipality_run": "an entry of run.json, without logic",
    "cli/arguments": "options that several commands take, without logic",
    "assessment/findings": "what a rule finds, without logic but for an absent layer, which the test of `land` has",
}
"""Modules without logic of their own, and why."""

TESTED_IN = {
    # the root
    "__init__": "test_public_names",
    "ranking": "results/test_files",
    # what lays homes out is held against the land as a whole, and against brute force
    "kernels/layout/candidates": "kernels/layout/test_bound",
    "kernels/layout/drawing": "kernels/layout/test_search",
    "kernels/layout/roads": "kernels/layout/test_search",
    "kernels/layout/segments": "kernels/layout/test_search_exhaustive",
    "kernels/layout/street_search": "kernels/layout/test_search",
    "kernels/layout/streets": "kernels/layout/test_search_exhaustive",
    # assessment
    "assessment/measures/__init__": "assessment/measures/test_reads",
    "assessment/measures/inputs": "assessment/measures/test_access",
    "assessment/pipeline": "test_toy_town",
    "assessment/judgement": "assessment/test_left_free",
    "assessment/site_rules": "assessment/test_sites",
    "assessment/surveyed": "assessment/test_survey",
    # each reader is held against damaged files of its kind
    "evidence/sources/layered": "evidence/sources/test_vector",
    "evidence/sources/archives": "evidence/sources/test_opening",
    # rasters are put together of what their services give
    "evidence/fetching/geotiff": "evidence/fetching/test_wcs",
    "evidence/fetching/rasters": "evidence/fetching/test_wcs",
    # rules: a ruleset is its tables, checked
    "rules/ruleset": "rules/test_consistency",
    # batch
    "batch/executors/__init__": "batch/executors/test_protocol",
    "batch/executors/serial": "batch/test_run",
    # study
    "study/new_study/recognition/candidate": "study/new_study/recognition/test_weighing",
    "study/new_study/recognition/cells": "study/new_study/recognition/test_weighing",
    "study/new_study/recognition/rows": "study/new_study/recognition/test_weighing",
    "study/layer_report": "study/test_layer_checks",
    "study/placement": "test_bad_input",
    "study/reading": "study/test_checks",
    "study/sample": "test_sample",
    # analyses: a plan, its costs and its files are one computation, held against brute force
    "analyses/tables": "analyses/test_analyses",
    "analyses/what_if/scenarios": "analyses/what_if/test_rules",
    "analyses/relocation/files": "analyses/relocation/test_run",
    "analyses/relocation/network": "analyses/relocation/test_values",
    "analyses/relocation/program": "analyses/relocation/test_values",
    "analyses/relocation/routes": "analyses/relocation/test_values",
    "analyses/relocation/search": "analyses/relocation/test_plans",
    # a report: its texts are held against the locations that they are about
    "views/titles_in_sentences": "views/report/test_sites",
    # results
    "results/geojson": "results/test_geojson_standard",
    "results/geopackage": "results/test_files",
    "results/json_text": "results/test_files",
    "results/layouts": "results/test_files",
    "results/parquet": "results/test_files",
    "results/qgis_style": "results/test_files",
    "results/ranked_rows": "results/test_files",
    "results/ranking_table": "results/test_files",
    "results/rule_facts": "results/test_findings",
    "results/rule_text": "results/test_findings",
    "results/sentences": "results/test_files",
    "results/summary_model": "results/test_summary",
    "results/summary_rules": "results/test_summary",
    "results/tables": "results/test_files",
    "results/versions": "results/test_summary",
    "results/wgs84": "results/test_geojson_standard",
    # views
    "views/explanation/explain": "views/test_explanation",
    "views/explanation/table": "views/test_explanation",
    "views/layer_table": "study/test_layer_checks",
    "views/regime_table": "rules/test_built_in",
    "views/rule_table": "rules/test_built_in",
    "views/spread_table": "cli/test_rules",
    # the command line
    "cli/__init__": "cli/test_app",
    "cli/analyses": "results/test_store",
    "cli/terminal": "cli/test_run",
    "cli/what_if_report": "cli/test_what_if",
}
"""Modules that are tested through others, and the tests that do it."""

OF_A_WHOLE_ROOM = {
    "analyses/test_analyses": "what all analyses have in common",
    "assessment/measures/test_reads": "every family reads as far as it says",
    "evidence/catalogue/test_built_in": "every entry of the catalogue that ships, and its list of municipalities",
    "evidence/test_datasets": "what real deliveries hold beside what they are about, by dataset",
    "evidence/test_shapes_left_out": "shapes that cannot be meant, by all that a file can hold",
    "fuzz/test_fuzz": "the toy town, corrupted in every way that the driver knows",
    "kernels/layout/test_search_exhaustive": "the search against all there is, which takes minutes",
    "qgis/test_qgis": "the files for QGIS, as QGIS itself opens them, which `make test-qgis` installs",
    "services/test_services": "the sample behind real servers, which `make test-services` installs",
    "results/test_files": "all files of a municipality, as their readers find them",
    "results/test_geojson_standard": "locations.geojson against the standard and other readers",
    "rules/test_built_in": "the rulesets that ship",
    "views/test_explanation": "the explanation of a parcel, in words and as a table",
    "views/test_viewer": "pages as a browser shows them",
    "views/web/test_page": "the page of a run as a browser shows it",
}
"""Tests in a room that are not of one module, and what they are about."""


def has_code(path: Path) -> bool:
    """Whether a module defines anything, and is not only a door to others."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, kinds) for node in ast.walk(tree))


def named(path: Path, root: Path) -> str:
    return path.relative_to(root).with_suffix("").as_posix()


def path_of_test(module: str) -> str:
    room, _, name = f"/{module}".rpartition("/")
    return f"{room}/test_{name}".lstrip("/")


MODULES = sorted(
    named(path, SOURCE)
    for path in SOURCE.rglob("*.py")
    if path.name != "__init__.py" or has_code(path)
)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_its_test(module: str) -> None:
    listed = module in NEED_NO_TEST or module in TESTED_IN
    if (TESTS / f"{path_of_test(module)}.py").exists():
        assert not listed, f"{module} has a test of its own: take it from the list"
    else:
        assert listed, f"{module} has no test: write tests/{path_of_test(module)}.py"


def test_what_is_listed_is_there() -> None:
    assert {*NEED_NO_TEST, *TESTED_IN} <= set(MODULES)
    assert not set(NEED_NO_TEST) & set(TESTED_IN)
    missing = [name for name in TESTED_IN.values() if not (TESTS / f"{name}.py").exists()]
    assert missing == []


def test_every_test_in_a_room_is_of_a_module() -> None:
    tests = {named(path, TESTS) for path in TESTS.rglob("test_*.py") if path.parent != TESTS}
    of_modules = {path_of_test(module) for module in MODULES}
    assert tests - of_modules <= set(OF_A_WHOLE_ROOM)
