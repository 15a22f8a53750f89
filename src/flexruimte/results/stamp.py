"""What tells that the files of a municipality are of one run: a stamp of what they hold.

The same results have the same stamp, so that the same study gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from flexruimte.vocabulary import PARCEL_ID

__all__ = ["read_stamp", "stamp_of", "stamped"]

_NAME: Final = "flexruimte_results"
_ATTRIBUTES: Final = b"PANDAS_ATTRS"
"""Where pandas keeps what is said of a table in a Parquet file."""


def stamp_of(*tables: pd.DataFrame) -> str:
    """Return a stamp of tables: of their ids, their numbers, and how many rows they have.

    Examples
    --------
    >>> one, other = (pd.DataFrame({"parcel_id": ["P"], "score": [score]}) for score in (1.0, 2.0))
    >>> stamp_of(one) == stamp_of(one.copy()), stamp_of(one) == stamp_of(other)
    (True, False)
    """
    digest = hashlib.sha256()
    for table in tables:
        digest.update("\n".join([str(len(table)), *table[PARCEL_ID].astype(str)]).encode())
        for name in table.columns[[kind == np.float64 for kind in table.dtypes]]:
            digest.update(str(name).encode())
            digest.update((table[name].to_numpy() + 0.0).tobytes())
    return digest.hexdigest()[:32]


def stamped(table: pd.DataFrame, stamp: str | None) -> pd.DataFrame:
    """Return a table that keeps a stamp when it is written as Parquet; None leaves it as it is."""
    if stamp is None:
        return table
    copy = table.copy(deep=False)
    copy.attrs = {_NAME: stamp}
    return copy


def read_stamp(path: Path) -> str | None:
    """Return the stamp in a Parquet file; None where it has none.

    Raises
    ------
    OSError, pyarrow.ArrowException
        When the file cannot be read.
    """
    said = (pq.read_schema(path).metadata or {}).get(_ATTRIBUTES, b"{}")
    stamp = json.loads(said).get(_NAME)
    return None if stamp is None else str(stamp)
