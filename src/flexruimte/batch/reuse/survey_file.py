"""A survey, the survey of a block, and layouts as files, in full precision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.findings import LandFinding
from flexruimte.assessment.land_shapes import LandShapes
from flexruimte.assessment.surveyed import BuildablePart, LeftFree, Survey, SurveyBlock
from flexruimte.assessment.term import Term
from flexruimte.batch.reuse.arrow_file import Ragged, Shapes, read_arrow, write_arrow
from flexruimte.evidence.contents import Contents, Tally
from flexruimte.evidence.layers import LayerFacts
from flexruimte.evidence.parcels import Parcels
from flexruimte.kernels.layout import OF_STACKS, LayoutCache, LayoutParameters, Layouts
from flexruimte.vocabulary import Condition

__all__ = [
    "LAYOUTS_FILE",
    "SURVEY_FILE",
    "read_block",
    "read_layouts",
    "read_survey",
    "write_block",
    "write_layouts",
    "write_survey",
]

SURVEY_FILE: Final = ".survey.arrow"
LAYOUTS_FILE: Final = ".layouts.arrow"

_SEPARATOR = "/"
_LEFT_FREE: Final = "left_free"
_LAND_SHAPES: Final = "land_shapes"


def write_survey(found: Survey, key: str, path: Path) -> None:
    """Write a survey.

    Parameters
    ----------
    found
        What the layers say of the parcels.
    key
        A text that changes with what was asked and of which evidence.
    path
        The file to write.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    block = np.empty(len(found.parcels.ids), dtype=np.int64)
    for number, members in enumerate(found.blocks):
        block[members] = number
    columns = {
        "ids": found.parcels.ids,
        "shapes": Shapes.of(found.parcels.geometries),
        "block": block,
        **_prefixed("parcels", found.parcels.table),
        **_columns(found),
    }
    said = {
        "key": key,
        "parcels": _facts_said(found.parcels.facts),
        **_said(found.layers, found.term),
    }
    write_arrow(columns, said, path)


def read_survey(path: Path, key: str) -> Survey | None:
    """Read a survey, without the contents of the layers.

    None where there is no such file, or it was written under another key.
    """
    read = read_arrow(path, key)
    if read is None:
        return None
    said, columns = read
    ids = np.asarray(columns["ids"], dtype=object)
    table = _table(_of("parcels", columns), len(ids))
    parcels = Parcels(ids, np.asarray(columns["shapes"]), table, _facts(said["parcels"]))
    block = columns["block"]
    return Survey(
        parcels=parcels,
        around=parcels,
        **_found(said, columns),
        layers={name: _facts(facts) for name, facts in said["layers"].items()},
        contents={},
        blocks=[np.flatnonzero(block == number) for number in range(block.max() + 1)],
    )


def write_block(block: SurveyBlock, key: str, path: Path) -> None:
    """Write the survey of one block of parcels.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    columns = {
        "members": block.members,
        **_columns(block),
    }
    contents = {name: _contents_said(each) for name, each in block.contents.items()}
    said = {"key": key, "contents": contents, **_said(block.facts, block.term)}
    write_arrow(columns, said, path)


def read_block(path: Path, key: str) -> SurveyBlock | None:
    """Read the survey of one block; None where there is no such file, or one under another key."""
    read = read_arrow(path, key)
    if read is None:
        return None
    said, columns = read
    return SurveyBlock(
        members=columns["members"],
        **_found(said, columns),
        facts={name: _facts(each) for name, each in said["layers"].items()},
        contents=_contents(said["contents"]),
    )


def _columns(found: Survey | SurveyBlock) -> dict[str, Any]:
    term, left_free, land = found.term, found.left_free, found.land_shapes
    columns = {
        "plans": term.plans,
        "regimes": term.regimes,
        **_prefixed("parcel", found.of_parcel),
        **_prefixed("term", term.columns),
        **_prefixed("may_be_lower", term.may_be_lower),
        **_part_columns(found.buildable),
    }
    for rule_id, finding in found.findings.items():
        columns |= _prefixed(f"land{_SEPARATOR}{rule_id}", vars(finding))
    if len(left_free.of):
        counts = np.bincount(left_free.of, minlength=len(found.of_parcel))
        of_rows = {"of": left_free.of, **_part_columns(left_free.part)}
        columns |= _prefixed(
            _LEFT_FREE, {name: Ragged(values, counts) for name, values in of_rows.items()}
        )
    if len(land.of):
        counts = np.bincount(land.of, minlength=len(found.of_parcel))
        of_land = {**vars(land), "shapes": Shapes.of(land.shapes)}
        columns |= _prefixed(
            _LAND_SHAPES, {name: Ragged(values, counts) for name, values in of_land.items()}
        )
    return columns


def _part_columns(part: BuildablePart) -> dict[str, Any]:
    return {
        "buildable": Shapes.of(part.shapes),
        "taken_m2": part.taken_m2,
        **_prefixed("of_buildable", part.measures),
        **_prefixed("taken", part.taken),
        **_prefixed("left", part.left_m2),
        **_prefixed("covered", part.covered_m2),
    }


def _said(facts: Mapping[str, LayerFacts], term: Term) -> dict[str, Any]:
    return {
        "layers": {name: _facts_said(each) for name, each in facts.items()},
        "unread": {what: plans.tolist() for what, plans in term.unread.items()},
    }


def _found(said: Mapping[str, Any], columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return what surveys and their blocks have in common, by the names of its parts."""
    findings: dict[str, dict[str, Any]] = {}
    for name, values in _of("land", columns).items():
        rule_id, each = name.rsplit(_SEPARATOR, 1)
        findings.setdefault(rule_id, {})[each] = values
    buildable, of_rows = _part(columns), _of(_LEFT_FREE, columns)
    count = len(buildable.shapes)
    term = Term(
        columns=_table(_of("term", columns), count),
        may_be_lower=_of("may_be_lower", columns),
        plans=np.asarray(columns["plans"], dtype=object),
        regimes=np.asarray(columns["regimes"], dtype=object),
        unread={what: np.array(plans, dtype=np.uint64) for what, plans in said["unread"].items()},
    )
    return {
        "of_parcel": _table(_of("parcel", columns), count),
        "findings": {rule_id: LandFinding(**parts) for rule_id, parts in findings.items()},
        "term": term,
        "buildable": buildable,
        "left_free": LeftFree(of_rows["of"], _part(of_rows))
        if of_rows
        else LeftFree.none(buildable),
        "land_shapes": _land_shapes(_of(_LAND_SHAPES, columns)),
    }


def _land_shapes(columns: Mapping[str, Any]) -> LandShapes:
    """Return the land that rules take; its shapes are `Shapes`, as few ask for them."""
    if not columns:
        return LandShapes.none()
    rule = np.asarray(columns["rule"], dtype=object)
    return LandShapes(columns["of"], rule, columns["shapes"])


def _part(columns: Mapping[str, Any]) -> BuildablePart:
    shapes = np.asarray(columns["buildable"])
    return BuildablePart(
        taken=_of("taken", columns),
        shapes=shapes,
        taken_m2=columns["taken_m2"],
        left_m2={Condition(name): area for name, area in _of("left", columns).items()},
        covered_m2=_of("covered", columns),
        measures=_table(_of("of_buildable", columns), len(shapes)),
    )


def _contents_said(contents: Contents) -> dict[str, Any]:
    tallies = {"": contents.rows, **contents.repairs}
    return {
        "tallies": {
            what: [tally.keys.tolist(), tally.numbers.tolist()] for what, tally in tallies.items()
        },
        "coverage": None if contents.coverage is None else shapely.to_wkb(contents.coverage, True),
    }


def _contents(said: Mapping[str, Any]) -> dict[str, Contents]:
    contents = {}
    for layer, each in said.items():
        tallies = {
            what: Tally(np.array(keys, dtype=np.uint64), np.array(numbers, dtype=np.int64))
            for what, (keys, numbers) in each["tallies"].items()
        }
        coverage = None if each["coverage"] is None else shapely.from_wkb(each["coverage"])
        contents[layer] = Contents(tallies.pop(""), tallies, coverage)
    return contents


def write_layouts(memory: LayoutCache, key: str, path: Path) -> None:
    """Write layouts that were made; nothing where there are none.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    layouts = memory.layouts
    if layouts is None or memory.parameters is None:
        return
    counts = np.bincount(layouts.part, minlength=len(memory.keys))
    columns: dict[str, Any] = {"keys": [(each.hex(),) for each in memory.keys]}
    for each in fields(layouts):
        values = getattr(layouts, each.name)
        values = (
            Shapes.of(values) if isinstance(values, Shapes) or values.dtype == object else values
        )
        columns[each.name] = Ragged(values, counts) if each.name in OF_STACKS else values
    write_arrow(columns, {"key": key, "parameters": asdict(memory.parameters)}, path)


def read_layouts(path: Path, key: str) -> LayoutCache:
    """Read layouts that were made.

    None where there is no such file, or other software wrote it than the key says.

    The geometries of the layouts are `Shapes`.
    """
    read = read_arrow(path, key)
    if read is None:
        return LayoutCache()
    said, columns = read
    keys = [bytes.fromhex(text) for (text,) in columns.pop("keys")]
    return LayoutCache(LayoutParameters(**said["parameters"]), keys, Layouts(**columns))


def _prefixed(prefix: str, columns: Mapping[Any, Any] | pd.DataFrame) -> dict[str, Any]:
    return {f"{prefix}{_SEPARATOR}{name}": columns[name] for name in columns}


def _of(prefix: str, columns: Mapping[str, Any]) -> dict[str, Any]:
    start = prefix + _SEPARATOR
    return {
        name.removeprefix(start): values
        for name, values in columns.items()
        if name.startswith(start)
    }


def _table(columns: dict[str, Any], count: int) -> pd.DataFrame:
    return pd.DataFrame(
        columns, index=pd.RangeIndex(count), copy=False
    )  # as they were read: to be looked at, not changed


def _facts_said(facts: LayerFacts) -> dict[str, Any]:
    return {
        **asdict(facts),
        "reference_date": facts.reference_date and facts.reference_date.isoformat(),
    }


def _facts(said: Mapping[str, Any]) -> LayerFacts:
    date = said["reference_date"]
    return LayerFacts(**{**said, "reference_date": date and dt.date.fromisoformat(date)})
