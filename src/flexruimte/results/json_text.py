"""JSON of whole columns: each distinct value is encoded once."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from flexruimte.results.tables import listed_ids

__all__ = ["json_lists", "json_values", "to_json"]

to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def json_values(values: pd.Series[Any]) -> list[str]:
    """Return the JSON of each text, number or date; null is what is not known.

    Examples
    --------
    >>> json_values(pd.Series(["a", None])), json_values(pd.Series([0.5, float("nan")]))
    (['"a"', 'null'], ['0.5', 'null'])
    >>> json_values(pd.Series([3, None], dtype="Int64"))
    ['3', 'null']
    >>> json_values(pd.to_datetime(pd.Series(["2026-03-01", None])))
    ['"2026-03-01"', 'null']
    """
    codes, distinct = pd.factorize(values)
    if pd.api.types.is_numeric_dtype(values.dtype):
        return _spread(to_json(distinct.tolist())[1:-1].split(","), "null", codes)
    texts = distinct.strftime("%Y-%m-%d") if isinstance(distinct, pd.DatetimeIndex) else distinct
    return _spread(list(map(to_json, texts.tolist())), "null", codes)


def json_lists(texts: pd.Series[Any]) -> list[str]:
    """Return the JSON of each list that is written as "a;b"; an empty list where there is none.

    Examples
    --------
    >>> json_lists(pd.Series(["a;b", "", None]))
    ['["a","b"]', '[]', '[]']
    """
    codes, distinct = pd.factorize(texts)
    return _spread(
        [f"[{','.join(map(to_json, listed_ids(text)))}]" for text in distinct.tolist()], "[]", codes
    )


def _spread(encoded: list[str], unknown: str, codes: np.ndarray[Any, Any]) -> list[str]:
    """Return what is encoded by its position; -1, the last, is what is not known."""
    result: list[str] = np.array([*encoded, unknown], dtype=object)[codes].tolist()
    return result
