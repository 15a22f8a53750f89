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
from flexruimte.assessment.surveyed import BuildablePart, Survey, SurveyBlock
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
        **_columns(found.of_parcel, found.findings, found.term, found.buildable),
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
    of_parcel, findings, term, buildable = _found(said, columns)
    block = columns["block"]
    return Survey(
        parcels=parcels,
        around=parcels,
        of_parcel=of_parcel,
        findings=findings,
        term=term,
        buildable=buildable,
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
        **_columns(block.measures, block.findings, block.term, block.buildable),
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
    measures, findings, term, buildable = _found(said, columns)
    return SurveyBlock(
        members=columns["members"],
        measures=measures,
        findings=findings,
        term=term,
        buildable=buildable,
        facts={name: _facts(each) for name, each in said["layers"].items()},
        contents=_contents(said["contents"]),
    )


def _columns(
    measures: pd.DataFrame,
    findings: Mapping[str, LandFinding],
    term: Term,
    buildable: BuildablePart,
) -> dict[str, Any]:
    columns = {
        "buildable": Shapes.of(buildable.shapes),
        "taken_m2": buildable.taken_m2,
        "plans": term.plans,
        "regimes": term.regimes,
        **_prefixed("parcel", measures),
        **_prefixed("of_buildable", buildable.measures),
        **_prefixed("taken", buildable.taken),
        **_prefixed("left", buildable.left_m2),
        **_prefixed("covered", buildable.covered_m2),
        **_prefixed("term", term.columns),
        **_prefixed("may_be_lower", term.may_be_lower),
    }
    for rule_id, finding in findings.items():
        columns |= _prefixed(f"land{_SEPARATOR}{rule_id}", vars(finding))
    return columns


def _said(facts: Mapping[str, LayerFacts], term: Term) -> dict[str, Any]:
    return {
        "layers": {name: _facts_said(each) for name, each in facts.items()},
        "unread": {what: plans.tolist() for what, plans in term.unread.items()},
    }


def _found(
    said: Mapping[str, Any], columns: Mapping[str, Any]
) -> tuple[pd.DataFrame, dict[str, LandFinding], Term, BuildablePart]:
    findings: dict[str, dict[str, Any]] = {}
    for name, values in _of("land", columns).items():
        rule_id, each = name.rsplit(_SEPARATOR, 1)
        findings.setdefault(rule_id, {})[each] = values
    shapes = np.asarray(columns["buildable"])
    buildable = BuildablePart(
        taken=_of("taken", columns),
        shapes=shapes,
        taken_m2=columns["taken_m2"],
        left_m2={Condition(name): area for name, area in _of("left", columns).items()},
        covered_m2=_of("covered", columns),
        measures=_table(_of("of_buildable", columns), len(shapes)),
    )
    term = Term(
        columns=_table(_of("term", columns), len(shapes)),
        may_be_lower=_of("may_be_lower", columns),
        plans=np.asarray(columns["plans"], dtype=object),
        regimes=np.asarray(columns["regimes"], dtype=object),
        unread={what: np.array(plans, dtype=np.uint64) for what, plans in said["unread"].items()},
    )
    of_parcel = _table(_of("parcel", columns), len(shapes))
    return (
        of_parcel,
        {rule_id: LandFinding(**parts) for rule_id, parts in findings.items()},
        term,
        buildable,
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
