"""A changed study keeps what was found of its sources, unless they are read in another way."""

from __future__ import annotations

from pathlib import Path

from flexruimte import Study
from flexruimte.evidence.sources.raster import RasterSource
from flexruimte.evidence.sources.table import TableSource
from flexruimte.evidence.sources.vector import VectorSource
from toy_files import write_toy_study


def test_sources_are_opened_as_the_ruleset_wants(tmp_path: Path) -> None:
    study = Study.load(write_toy_study(tmp_path))
    kinds = {key: type(source) for key, source in study.question.sources.items()}
    assert kinds["natuur"] is kinds["leiding"] is kinds["haltes"] is VectorSource
    assert kinds["lden"] is kinds["hoogte"] is RasterSource
    assert kinds["eigendom"] is kinds["afspraken"] is TableSource
    assert isinstance(study.question.parcels, VectorSource)


def test_a_changed_study_shares_its_sources(tmp_path: Path) -> None:
    study = Study.load(write_toy_study(tmp_path))
    changed = study.changed(name="Another")
    assert changed.question.sources["natuur"] is study.question.sources["natuur"]
    assert changed.question.parcels is study.question.parcels


def test_a_layer_of_another_kind_is_opened_anew(tmp_path: Path) -> None:
    path = write_toy_study(tmp_path)
    path.write_text(
        path.read_text().replace('layer = "natuur"\n', "")
    )  # means nothing for a raster
    study = Study.load(path)
    ruleset = study.question.ruleset
    nature = ruleset.layers["natuur"].model_copy(update={"geometry": "raster"})
    layers = {**ruleset.layers, "natuur": nature}
    changed = study.changed(ruleset=ruleset.model_copy(update={"layers": layers}))
    assert isinstance(changed.question.sources["natuur"], RasterSource)
    assert isinstance(changed.changed(ruleset=ruleset).question.sources["natuur"], VectorSource)
