"""Tables in files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexruimte import LayerError, SourceError
from flexruimte.evidence.sources import Source, open_source
from flexruimte.rules.study_file import LayerSettings

USUAL = [["P1", "gemeente", "1.5"], ["0002", "Súdwest", "2"], ["P3", None, None]]


COLUMNS = ["id", "naam", "share"]


def source(folder: Path, content: bytes | str, name: str = "t.csv", **settings: Any) -> Source:
    raw = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(raw)
    return open_source("owners", LayerSettings(source=name, **settings), folder, geometry="table")


def rows(table: Source, columns: list[str] = COLUMNS) -> list[list[Any]]:
    frame = table.read_table(columns).astype(object)
    return frame.where(frame.notna(), None).to_numpy().tolist()


PLAIN = "id,naam,share\nP1,gemeente,1.5\n0002,Súdwest,2\nP3,,\n"


DUTCH = "id;naam;share\nP1;gemeente;1,5\n0002;Súdwest;2\nP3;;\n"


AS_MEANT: dict[str, tuple[bytes, dict[str, Any]]] = {
    "plain": (PLAIN.encode(), {}),
    "byte order mark": (b"\xef\xbb\xbf" + PLAIN.encode(), {}),
    "lines of Windows": (PLAIN.replace("\n", "\r\n").encode(), {}),
    "lines of an old Mac": (PLAIN.replace("\n", "\r").encode(), {}),
    "no end of the last line": (PLAIN.rstrip("\n").encode(), {}),
    "semicolons and decimal commas": (DUTCH.encode(), {}),
    "tabs": (DUTCH.replace(";", "\t").encode(), {}),
    "bars": (DUTCH.replace(";", "|").encode(), {}),
    "what a spreadsheet puts first": (b"sep=;\n" + DUTCH.encode(), {}),
    "empty lines": (PLAIN.replace("\nP3", "\n\n\nP3").encode() + b"\n\n", {}),
    "empty lines before": (b"\n\n" + PLAIN.encode(), {}),
    "everything in quotes": (
        b'"id","naam","share"\n"P1","gemeente","1.5"\n"0002","S\xc3\xbadwest","2"\n"P3","",""\n', {},
    ),
    "a decimal comma in quotes": (PLAIN.replace("1.5", '"1,5"').encode(), {}),
    "cp1252": (PLAIN.encode("cp1252"), {"encoding": "cp1252"}),
    "utf-16 with a mark": (PLAIN.encode("utf-16"), {}),
    "utf-16 without a mark": (PLAIN.encode("utf-16-le"), {"encoding": "utf-16-le"}),
    "blanks in the header": (PLAIN.replace("id,naam,share", "id, naam ,share ").encode(), {}),
    "a separator too many everywhere": (
        "".join(f"{line},\n" for line in PLAIN.splitlines()).encode(), {},
    ),
    "columns in another order": (b"share,x,id,naam\n1.5,,P1,gemeente\n2,,0002,S\xc3\xbadwest\n,,P3,\n", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", AS_MEANT)
def test_read_as_it_is_meant(tmp_path: Path, name: str) -> None:
    content, settings = AS_MEANT[name]
    assert rows(source(tmp_path, content, **settings)) == USUAL


@pytest.mark.parametrize("name", ["t.CSV", "t.tsv", "t.txt"])
def test_endings(tmp_path: Path, name: str) -> None:
    assert rows(source(tmp_path, PLAIN, name)) == USUAL


def test_quotes_hold_separators_lines_and_quotes(tmp_path: Path) -> None:
    table = source(tmp_path, 'id,"na\nam"\nP1,"a,b\nc ""d"""\nP2,e\n')
    assert table.columns == ["id", "na\nam"]
    assert rows(table, ["na\nam", "id"]) == [['a,b\nc "d"', "P1"], ["e", "P2"]]


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    for content in ("id,naam,share", "id,naam,share\n"):
        assert rows(source(tmp_path, content)) == []


REFUSED: dict[str, tuple[str | bytes, dict[str, Any], str]] = {
    "a separator too many": (
        PLAIN.replace("2\n", "2,\n"),
        {},
        r"line 3 has 4 values, and the header 3 columns: a separator too many",
    ),
    "and on every row": ("id,naam,share\nP1,a,1,\nP2,b,2,\n", {}, "line 2 has 4 values"),
    "a separator too few": (
        PLAIN.replace("gemeente,1.5", "gemeente"),
        {},
        r"line 2 has 2 values.*a separator too few",
    ),
    "lines before it count": (
        'id,naam,share\nP1,"a\nb",1\nP2,c\nP3,d,2\n',
        {},
        "line 4 has 2 values",
    ),
    "the last row is cut off": ("id,naam,share\nP1,a,1\nP2,b", {}, "ends in the middle of a row"),
    "quotes that do not end": (
        'id,naam,share\nP1,"a,1\nP2,b,2\n',
        {},
        "in the row of line 2 a quoted text does not end",
    ),
    "cp1252 unsaid": (
        PLAIN.encode("cp1252"),
        {},
        r'line 3 is not text in utf-8; .* encoding = "cp1252"',
    ),
    "utf-8 that is none": (PLAIN.encode("cp1252"), {"encoding": "utf8"}, 'encoding = "cp1252"'),
    "an encoding that is none": (
        PLAIN,
        {"encoding": "cp1225"},
        "there is no encoding 'cp1225'; did you mean 'cp1252'",
    ),
    "utf-16 unsaid": (PLAIN.encode("utf-16-le"), {}, 'say encoding = "utf-16"'),
    "two columns of one name": (
        "id,share,naam,share\nP1,1,a,2\n",
        {},
        "has 2 columns 'share'; rename",
    ),
    "thousands or decimals": (
        'id,naam,share\nP1,a,"1,234"\n',
        {},
        r'whether the comma of \'1,234\'.* say decimal = ","',
    ),
    "only blanks": (" \n \n", {}, "is empty"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_line_and_remedy(tmp_path: Path, name: str) -> None:
    content, settings, said = REFUSED[name]
    with pytest.raises(SourceError, match=rf"^owners \(t.csv\).*{said}"):
        rows(source(tmp_path, content, **settings))


@pytest.mark.parametrize(
    ("decimal", "written", "read"),
    [
        (",", "1,234", "1.234"),
        (",", "1.234,5", "1234.5"),
        (".", "1,234", "1,234"),
        (None, "0,5", "0.5"),
        (None, "12,5", "12.5"),
        (None, "a 12,5", "a 12,5"),
    ],
)
def test_decimal_commas(tmp_path: Path, decimal: str | None, written: str, read: str) -> None:
    table = source(tmp_path, f'id,share\nP1,"{written}"\nP2,\n', decimal=decimal)
    assert rows(table, ["share"]) == [[read], [None]]


def test_words_keep_their_comma_where_commas_separate(tmp_path: Path) -> None:
    table = source(tmp_path, 'id,share\nP1,"0,5"\nP2,n.v.t.\n')
    assert rows(table, ["share"]) == [["0,5"], ["n.v.t."]]  # no column of numbers
    assert rows(source(tmp_path, "id;share\nP1;0,5\nP2;n.v.t.\n"), ["share"]) == [
        ["0.5"],
        ["n.v.t."],
    ]


def test_a_filter_keeps_rows(tmp_path: Path) -> None:
    table = source(tmp_path, PLAIN, where="share > 1.6 OR naam IS NULL")
    assert rows(table, ["id"]) == [["0002"], ["P3"]]


@pytest.mark.parametrize(
    "setting", [{"layer": "t"}, {"crs": "EPSG:28992"}, {"band": 2}, {"nodata": 0.0}]
)
def test_settings_of_other_kinds_are_refused(tmp_path: Path, setting: dict[str, Any]) -> None:
    (name,) = setting
    with pytest.raises(LayerError, match=rf"owners .*: '{name}' means nothing here"):
        source(tmp_path, PLAIN, **setting).check_settings()


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from(',;|\t"\n '),
    max_size=8,
)


@given(values=st.lists(st.tuples(TEXT, TEXT), max_size=6), separator=st.sampled_from(",;\t|"))
def test_what_pandas_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, values: list[tuple[str, str]], separator: str
) -> None:
    """pandas writes, another library reads: whatever the separator, the same text or null."""
    frame = pd.DataFrame(values, columns=["a", "b"], dtype="string")
    folder = tmp_path_factory.mktemp("table")
    frame.to_csv(folder / "w.csv", sep=separator, index=False, quoting=1, lineterminator="\n")
    read = rows(source(folder, (folder / "w.csv").read_bytes(), decimal="."), ["a", "b"])
    assert read == [[value or None for value in row] for row in values]
