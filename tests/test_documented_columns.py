"""Every column of every file that a run and what follows from it write is described, with its type and unit where that is told."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest

from command_line import run
from flexruimte import Study
from flexruimte.vocabulary import THEMES

DOCS = Path(__file__).parents[1] / "docs"
OF_RUN, OF_FOLLOW_UPS = DOCS / "outputs.md", DOCS / "follow-up-files.md"
OF_LOCATIONS = ("parcels.parquet", "sites.parquet", "locations.geojson")
SECTIONS: dict[str, tuple[str, ...]] = {
    "parcels.parquet": ("parcels.parquet",),
    "sites.parquet": ("parcels.parquet", "sites.parquet"),
    "findings.parquet": ("findings.parquet",),
    "locations.geojson": OF_LOCATIONS,
    "locations.gpkg:locations": OF_LOCATIONS,
    "locations.gpkg:buildable": OF_LOCATIONS,
    "locations.gpkg:layout": ("layout.geojson",),
    "locations.gpkg:other_parcels": OF_LOCATIONS,
    "ranking.csv": (*OF_LOCATIONS, "ranking.csv"),
}
"""Files that have the columns of several sections; of any other the section is its own."""
OF_OTHERS = ("layer_styles",)
"""Tables that are not ours: QGIS has its styles there."""


def documented() -> dict[str, dict[str, tuple[str, ...]]]:
    """What the pages say of each column, by section: all cells but the name."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for page in (OF_RUN, OF_FOLLOW_UPS):
        for part in page.read_text(encoding="utf-8").split("\n## ")[1:]:
            section, _, text = part.partition("\n")
            rows = re.findall(r"^\| ((?:`[^`]+`(?:, )?)+) \| (.*) \|$", text, re.MULTILINE)
            for named, cells in rows:
                values = tuple(cell.strip() for cell in cells.split(" | "))
                for column in re.findall(r"`([^`]+)`", named):
                    found.setdefault(section, {})[column] = values
    return found


DOCUMENTED = documented()


@pytest.fixture(scope="module")
def columns(
    four_towns_results: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[str]]:
    """The columns of all tables of a run of four towns, and of what follows from it."""
    out = tmp_path_factory.mktemp("all") / "out"
    shutil.copytree(four_towns_results, out)
    variant = out.parent / "ten.toml"
    variant.write_text("[placement]\nrequired_years = 10\n", encoding="utf-8")
    study = json.loads((out / "run.json").read_text())["study_file"]
    study = str((four_towns_results / study).resolve())
    for words in (
        ("relocate", out, "--all"),
        ("targets", out),
        ("costs", out),
        ("layout", out),
        ("whatif", out, "--study", study, "--rules", "nature", "--variant", variant),
    ):
        assert run(*words) in (0, 1), words
    return {key: names for path in sorted(out.rglob("*")) for key, names in of_file(path, out)}


def of_file(path: Path, out: Path) -> list[tuple[str, list[str]]]:
    """The columns of a file, by its place in the folder without that of the municipality."""
    if path.name.startswith(".") or "map" in path.relative_to(out).parts or path.is_dir():
        return []
    inside = path.relative_to(out).as_posix()
    name = path.name if inside.startswith(("A/", "B/", "C/", "D/")) else inside
    match path.suffix:
        case ".csv":
            return [(name, list(pd.read_csv(path, nrows=0).columns))]
        case ".parquet":
            return [(name, pq.read_schema(path).names)]
        case ".geojson":
            first = json.loads(path.read_text(encoding="utf-8"))["features"][:1]
            return [(name, list(each["properties"])) for each in first]
        case ".gpkg":
            layers = [str(layer) for layer in pyogrio.list_layers(path)[:, 0]]
            return [
                (f"{name}:{layer}", list(pyogrio.read_info(path, layer=layer)["fields"]))
                for layer in layers
                if layer not in OF_OTHERS
            ]
    return []


def matches(documented: str, column: str) -> bool:
    """Whether a column is the one that is described, or one of a family such as `criterion_<id>`."""
    parts = map(re.escape, re.split(r"<[a-z]+>", documented))
    return re.fullmatch("(.+)".join(parts), column) is not None


def sections_of(file: str) -> dict[str, tuple[str, ...]]:
    names = SECTIONS.get(file, (file,))
    return {key: said for name in names for key, said in DOCUMENTED.get(name, {}).items()}


def test_every_column_is_described(columns: dict[str, list[str]], four_towns: Path) -> None:
    assert len(columns) > 20
    measures = set(Study.load(four_towns).question.ruleset.measures)
    missing = []
    for file, names in columns.items():
        described = sections_of(file)
        told = measures if described.pop("<measure>", None) else set()
        missing += [
            f"{file}: {column}"
            for column in names
            if column not in told and not any(matches(each, column) for each in described)
        ]
    assert missing == []


def test_every_description_is_of_a_column_that_there_is(columns: dict[str, list[str]]) -> None:
    there: dict[str, set[str]] = {}
    for file, names in columns.items():
        for section in SECTIONS.get(file, (file,)):
            there.setdefault(section, set()).update(names)
    stale = [
        f"{section}: {column}"
        for section, described in DOCUMENTED.items()
        for column in described
        if column not in THEMES  # a theme has a column where the ruleset has the theme
        and not any(matches(column, each) for each in there.get(section, set()))
    ]
    assert stale == []
    assert all(said[-1] for described in DOCUMENTED.values() for said in described.values())
