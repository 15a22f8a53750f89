"""Tables in text files and in parquet, read by pandas: whole columns, text as it stands there."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from flexruimte.errors import SourceError
from flexruimte.evidence.sources.base import BaseSource
from flexruimte.evidence.sources.errors import reading

__all__ = ["TABLE_ENDINGS", "TableSource"]

TABLE_ENDINGS: Final = (".csv", ".parquet")


@dataclass(frozen=True)
class TableSource(BaseSource):
    """A table in one file; all other tables are read by GDAL."""

    holds = "a table without shapes"

    def file_version(self) -> tuple[Any, ...] | None:
        """Return what tells this version of the file from others; None where it is not local."""
        path = Path(self.address.path)
        if not path.is_file():
            return None
        stat = path.stat()
        return (str(path), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)

    @cached_property
    def columns(self) -> list[str]:
        """The columns, as the file calls them."""
        return [str(column) for column in self._read(None)]

    def read_table(self, columns: Sequence[str]) -> pd.DataFrame:
        """Read some columns; text as it stands in the file, and nothing is null."""
        return self._read(list(columns))[list(columns)]

    def _read(self, columns: list[str] | None) -> pd.DataFrame:
        """Return some columns; for None the names of all columns, and of a text file no rows."""
        self.check_presence()
        with reading(self.label, self.address):
            content = self.address.read_bytes()
            file = io.BytesIO(content)
            if self.address.path.endswith(".parquet"):
                return _with_valid_text(pd.read_parquet(file, columns=columns))
            separator = _separator(file)
            if _ends_within_row(content, separator):
                raise SourceError(
                    f"{self.label} ends in the middle of a row; {self.address.remedy('ogrinfo')}"
                )
            return pd.read_csv(
                file,
                dtype="string",
                keep_default_na=False,
                na_values=[""],
                sep=separator,
                usecols=columns,
                nrows=0 if columns is None else None,
            )


def _with_valid_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of which every text can be decoded; Arrow itself looks only when it is used.

    Raises
    ------
    pyarrow.ArrowInvalid
        When a text is damaged.
    """
    for name in frame.columns:
        if pd.api.types.is_string_dtype(frame[name].dtype):
            pa.array(frame[name]).validate(full=True)
    return frame


def _separator(file: io.BytesIO) -> str:
    """Return what stands between the columns of a text file, by its first line.

    A comma where there is one column.
    """
    first_line = file.readline().decode("utf-8")
    file.seek(0)
    try:
        return csv.Sniffer().sniff(first_line, ",;\t|").delimiter
    except csv.Error:
        return ","


def _ends_within_row(content: bytes, separator: str) -> bool:
    """Return whether a text file stops before the last column: pandas would take that as null.

    A file that ends with a line break is whole, as far as can be seen. So is one of which the last
    line may belong to a quoted text that began before it.
    """
    last = content[content.rfind(b"\n") + 1 :]
    if not last or last.count(b'"') % 2:
        return False
    first = content.partition(b"\n")[0]
    columns, found = (
        len(next(csv.reader([line.decode("utf-8")], delimiter=separator))) for line in (first, last)
    )
    return found < columns
