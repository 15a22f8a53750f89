"""Tables in text files: separated values, read strictly, text as it stands there.

Arrow reads them. A row with more or fewer values than the header has columns is refused with its
line, as its values would move to other columns.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Final, NoReturn

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from flexruimte.errors import SourceError, did_you_mean
from flexruimte.evidence.sources.base import BaseSource
from flexruimte.evidence.sources.errors import reading
from flexruimte.evidence.sources.filtering import columns_of_filter, rows_that_pass

__all__ = ["TEXT_ENDINGS", "TableSource"]

TEXT_ENDINGS: Final = (".csv", ".tsv", ".txt")
_SEPARATORS: Final = (",", ";", "\t", "|")
_BYTE_ORDER_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_USUAL_ENCODINGS: Final = ("utf-8", "cp1252", "latin-1", "utf-16")
_OF_A_SPREADSHEET: Final = re.compile(r"sep=(.)", re.IGNORECASE)
_COMMA_NUMBER: Final = r"\s*[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+\s*"
_NUMBER: Final = r"\s*[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?\s*"
_THOUSANDS: Final = r"\s*[+-]?[1-9]\d{0,2}(?:,\d{3})+\s*"


@dataclass(frozen=True)
class _Text:
    """A text file, taken apart as far as its header."""

    content: bytes
    """In UTF-8."""
    separator: str
    header: list[str]
    lines_before: int
    """Lines up to and with the header."""


@dataclass(frozen=True)
class TableSource(BaseSource):
    """A table in one text file; all other tables are read by GDAL or Arrow."""

    holds = "a table without shapes"
    ignores: ClassVar[tuple[str, ...]] = (
        "query",
        "layer",
        "crs",
        "band",
        "nodata",
        "valid",
        "precision_m",
        "open_options",
    )

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
        return self._text().header

    def read_table(self, columns: Sequence[str], most: int | None = None) -> pd.DataFrame:
        """Read some columns, as text; only what is empty is null.

        A number with a decimal comma gets a decimal point.
        """
        where = self.settings.where
        text = self._text()
        wanted = list(dict.fromkeys([*columns, *columns_of_filter(where, text.header)]))
        self._refuse_double_columns(text.header, wanted)
        with reading(self.label, self.address):
            frame = self._parsed(text, wanted)
        for name in wanted:
            frame[name] = self._with_points(frame[name], text.separator)
        if where is not None:
            frame = frame[rows_that_pass(frame, where, self.label)].reset_index(drop=True)
        return frame[list(columns)]

    def _text(self) -> _Text:
        """Return the file, decoded, with its header."""
        self.check_presence()
        with reading(self.label, self.address):
            content = self.address.read_bytes()
            text = self._decoded(content)
            if not text.strip():
                raise SourceError(f"{self.label} is empty; {self.address.remedy('ogrinfo')}")
            given = _OF_A_SPREADSHEET.match(text)
            separator = given[1] if given else _separator(text)
            rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
            if given:
                next(rows)
            header = [name.strip() for name in next(row for row in rows if any(row))]
            return _Text(text.encode(), separator, header, rows.line_num)

    def _decoded(self, content: bytes) -> str:
        """Return the content as text.

        Raises
        ------
        SourceError
            Names the line and the setting, when it is not in the encoding that it should be.
        """
        named = self.settings.encoding or next(
            (name for mark, name in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), "utf-8"
        )
        wide = named.lower().replace("-", "").startswith(("utf16", "utf32"))
        if b"\0" in content and not wide:
            raise SourceError(
                f"{self.label} is not text, as it holds empty bytes; if it was saved as UTF-16, "
                f'say encoding = "utf-16"; else {self.address.remedy("ogrinfo")}'
            )
        try:
            text = content.decode(named).removeprefix("\ufeff")
        except LookupError:
            hint = did_you_mean(named, _USUAL_ENCODINGS)
            raise SourceError(f"{self.label}: there is no encoding '{named}'; {hint}") from None
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            other = "cp1252" if named.lower().replace("-", "") in ("utf8", "ascii") else "utf-8"
            raise SourceError(
                f"{self.label} line {line} is not text in {named}; say how it was saved, "
                f'as in encoding = "{other}"'
            ) from None
        return text

    def _parsed(self, text: _Text, wanted: Sequence[str]) -> pd.DataFrame:
        """Return the wanted columns as text."""
        names = [f"{position}" for position in range(len(text.header))]
        read = [names[text.header.index(column)] for column in wanted] or names[:1]
        ended = text.content if text.content.endswith((b"\n", b"\r")) else text.content + b"\n"
        if ended.count(b'"') % 2:
            self._refuse_row(text)
        try:
            table = pa_csv.read_csv(
                pa.BufferReader(ended),
                read_options=pa_csv.ReadOptions(column_names=names, skip_rows=text.lines_before),
                parse_options=pa_csv.ParseOptions(
                    delimiter=text.separator, newlines_in_values=b'"' in ended
                ),
                convert_options=pa_csv.ConvertOptions(
                    include_columns=read,
                    column_types=dict.fromkeys(read, pa.string()),
                    strings_can_be_null=True,
                    null_values=[""],
                ),
            )
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):  # a header and no rows
                return pd.DataFrame({name: pd.array([], dtype="string") for name in wanted})
            self._refuse_row(text)
            raise
        frame: pd.DataFrame = table.to_pandas(types_mapper={pa.string(): pd.StringDtype()}.get)
        return frame[read].set_axis(list(wanted) or read, axis=1)

    def _refuse_row(self, text: _Text) -> None:
        """Refuse the first row that has not as many values as the header, with its line.

        Raises
        ------
        SourceError
            When there is such a row, or a quoted text that does not end.
        """
        whole = text.content.decode()
        rows = csv.reader(io.StringIO(whole, newline=""), delimiter=text.separator, strict=True)
        begun = 1
        try:
            for row in rows:
                if row and len(row) != len(text.header) and rows.line_num > text.lines_before:
                    self._refuse_length(begun, len(row), len(text.header), whole)
                begun = rows.line_num + 1
        except csv.Error:
            raise SourceError(
                f"{self.label}: in the row of line {begun} a quoted text does not end as it "
                "should; correct the quotes there, or make the file again"
            ) from None

    def _refuse_length(self, line: int, found: int, expected: int, whole: str) -> NoReturn:
        last = whole.count("\n") + 1 if not whole.endswith("\n") else 0
        if found < expected and line == last:
            raise SourceError(
                f"{self.label} ends in the middle of a row; {self.address.remedy('ogrinfo')}"
            )
        cause = "a separator too many, or a text with one that has no quotes"
        if found < expected:
            cause = "a separator too few, or a text over two lines that has no quotes"
        raise SourceError(
            f"{self.label} line {line} has {found} values, and the header {expected} columns: "
            f"{cause}; correct the file, so that no value moves to another column"
        )

    def _refuse_double_columns(self, header: Sequence[str], wanted: Sequence[str]) -> None:
        double = [name for name in wanted if header.count(name) > 1]
        if double:
            raise SourceError(
                f"{self.label} has {header.count(double[0])} columns '{double[0]}'; "
                "rename all but the one that is meant"
            )

    def _with_points(self, values: pd.Series[Any], separator: str) -> pd.Series[Any]:
        """Return a column with a point before decimals, where a comma is taken as such.

        That is where the study says so; else where commas do not separate values; else where the
        whole column holds numbers and they cannot be thousands.
        """
        decimal = self.settings.decimal
        commas = values.str.fullmatch(_COMMA_NUMBER).fillna(False).astype(bool)
        if decimal == "." or not commas.any():
            return values
        if decimal is None and separator == ",":
            known = values.dropna()
            if not known.str.fullmatch(_NUMBER).all():
                return values
            if known[commas.loc[known.index]].str.fullmatch(_THOUSANDS).all():
                raise SourceError(
                    f"{self.label}: in '{values.name}' it is not clear whether the comma of "
                    f"{values[commas].iloc[0]!r} stands before decimals; "
                    'say decimal = "," or decimal = "."'
                )
        points = values[commas].str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
        return points.str.strip().reindex(values.index).fillna(values)


def _separator(text: str) -> str:
    """Return what stands between the columns: what gives the header the most of them.

    A comma where there is one column.
    """
    first = next(line for line in io.StringIO(text, newline="") if line.strip()).rstrip("\r\n")

    def columns(separator: str) -> int:
        return len(next(csv.reader([first], delimiter=separator)))

    return max(_SEPARATORS, key=columns)
