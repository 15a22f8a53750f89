"""The layers around the parcels of a municipality, kept beside its results as a survey read them.

Where another rule takes its land, the buildable parts are measured again from these, and no source
is opened. One Arrow file per layer and block of parcels.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.survey import LayersNear
from flexruimte.batch.reuse.arrow_file import Shapes, read_arrow, write_arrow
from flexruimte.evidence.contents import Contents, Tally
from flexruimte.evidence.layers import Features, Layer, LayerFacts, Raster, Table
from flexruimte.kernels.raster import Grid
from flexruimte.results.lock import refuse_link
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import Integers

__all__ = ["LAYERS_FOLDER", "KeptLayers", "RecordedLayers", "remove_other_blocks"]

LAYERS_FOLDER: Final = ".layers"
_FIELD: Final = "field "
_NO_FACTS: Final = LayerFacts("", None, None, "")
_NO_CONTENTS: Final = Contents(Tally(np.empty(0, np.uint64), np.empty(0, np.int64)))


class RecordedLayers:
    """Layers that are read, and kept as they were read.

    Parameters
    ----------
    layers
        Reads the layers.
    folder
        Where they are kept; made where it is not there.
    key
        A text that changes with what is asked of the layers, and with the layers.
    """

    def __init__(self, layers: LayersNear, folder: Path, key: str) -> None:
        self._layers, self._folder, self._key = layers, folder, key

    def near(self, members: Integers) -> dict[str, Layer]:
        """Return the layers around some of the parcels, by key. (k,) int"""
        layers = self._layers.near(members)
        folder = self._folder / _name(members)
        refuse_link(self._folder)
        refuse_link(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for key, layer in layers.items():
            _write_layer(layer, self._key, folder / f"{key}.arrow")
        return layers


class KeptLayers:
    """Layers that were kept; what is read of a layer's facts and contents was told before.

    Parameters
    ----------
    ruleset
        Describes the layers.
    keys
        Which layers there are.
    folder
        Where they are kept.
    key
        What they are kept under; others, which a survey that was broken off may have left, count as
        not there.
    """

    def __init__(self, ruleset: Ruleset, keys: Collection[str], folder: Path, key: str) -> None:
        self._ruleset, self._keys, self._folder = ruleset, sorted(keys), folder
        self._key = key

    def near(self, members: Integers) -> dict[str, Layer]:
        """Return the layers around the parcels of a block that was surveyed, by key. (k,) int

        Raises
        ------
        FileNotFoundError
            When a layer was not kept for this block.
        """
        folder = self._folder / _name(members)
        return {
            key: _read_layer(key, self._key, self._ruleset, folder / f"{key}.arrow")
            for key in self._keys
        }


def remove_other_blocks(folder: Path, blocks: Collection[Integers]) -> None:
    """Remove layers that were kept for other blocks of parcels than these."""
    names = {_name(members) for members in blocks}
    for other in folder.glob("*"):
        if other.name not in names:
            shutil.rmtree(other, ignore_errors=True)


def _name(members: Integers) -> str:
    """Return what the folder of a block is called."""
    return hashlib.sha256(np.asarray(members, dtype=np.int64).tobytes()).hexdigest()[:16]


def _write_layer(layer: Layer, key: str, path: Path) -> None:
    said: dict[str, Any] = {"key": key}
    if isinstance(layer, Features):
        columns: dict[str, Any] = {
            "shapes": Shapes.of(layer.geometries),
            "ids": layer.ids,
            "certainty": layer.certainty,
            "row_keys": layer.row_keys,
            **{f"{_FIELD}{name}": layer.table[name] for name in layer.table},
        }
        said["precision_m"] = layer.precision_m
        said["speaks_where_it_lies"] = layer.speaks_where_it_lies
        said["coverage"] = None if layer.coverage is None else layer.coverage.wkb_hex
    elif isinstance(layer, Raster):
        columns = {"cells": layer.grid.cells.ravel()}
        said["shape"] = layer.grid.cells.shape
        said["grid"] = {
            each.name: getattr(layer.grid, each.name)
            for each in fields(layer.grid)
            if each.name != "cells"
        }
    else:
        said["speaks_of_unlisted"] = layer.speaks_of_unlisted
        columns = {
            "ids": layer.rows.index.to_numpy(dtype=object),
            **{f"{_FIELD}{name}": layer.rows[name] for name in layer.rows},
        }
    write_arrow(columns, said, path)


def _read_layer(key: str, kept_under: str, ruleset: Ruleset, path: Path) -> Layer:
    read = read_arrow(path, kept_under)
    if read is None:
        raise FileNotFoundError(path)
    (said, columns), spec = read, ruleset.layers[key]
    if spec.geometry == "raster":
        grid = {**said["grid"], "cell_m": tuple(said["grid"]["cell_m"])}
        cells = np.array(columns["cells"]).reshape(said["shape"])
        return Raster(key, spec, Grid(cells, **grid), _NO_FACTS, _NO_CONTENTS)
    ids = np.asarray(columns["ids"], dtype=object)
    table = pd.DataFrame(
        {
            name.removeprefix(_FIELD): values
            for name, values in columns.items()
            if name.startswith(_FIELD)
        },
        index=range(len(ids)),
    )
    if spec.geometry == "table":
        rows = table.set_axis(pd.Index(ids, dtype=object), axis=0)
        return Table(key, spec, rows, said["speaks_of_unlisted"], _NO_FACTS)
    coverage = said["coverage"] and shapely.from_wkb(said["coverage"])
    return Features(
        key=key,
        spec=spec,
        precision_m=said["precision_m"],
        geometries=np.array(columns["shapes"], dtype=object),
        ids=ids,
        table=table,
        certainty=columns["certainty"],
        coverage=coverage,
        speaks_where_it_lies=said["speaks_where_it_lies"],
        row_keys=columns["row_keys"],
        facts=_NO_FACTS,
        contents=_NO_CONTENTS,
    )
