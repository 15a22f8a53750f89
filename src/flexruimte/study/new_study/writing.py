"""A new study on disk: its file, and the tables that people fill in."""

from __future__ import annotations

from pathlib import Path

from flexruimte.errors import OutputError, StudyError
from flexruimte.results.atomic_write import atomic_write
from flexruimte.rules.study_file import read_study_file
from flexruimte.study.new_study.draft import StudyDraft, study_text
from flexruimte.study.new_study.from_catalogue import TO_FILL_FOLDER

__all__ = ["STUDY_FILE", "write_study"]

STUDY_FILE = "study.toml"


def write_study(draft: StudyDraft, folder: Path) -> list[Path]:
    """Write a study file to a folder, which is made, and return the files that were written.

    The tables to fill in come first and the study last, so that a study that is there is whole. A
    table that is there already, in which somebody may have worked, stays as it is.

    Raises
    ------
    OutputError
        When there is a study already, or the folder cannot be written to.
    """
    path = folder / STUDY_FILE
    if path.exists():
        raise OutputError(f"{path} is there already{_of_what(path)}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if draft.to_fill:
            (folder / TO_FILL_FOLDER).mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be made a folder: {error.strerror or error}; choose another one"
        ) from None
    tables = {
        folder / TO_FILL_FOLDER / f"{key}.csv": ";".join(columns) + "\n"
        for key, columns in draft.to_fill.items()
    }
    texts = {table: text for table, text in tables.items() if not table.exists()}
    texts[path] = study_text(draft)
    for file, text in texts.items():
        with atomic_write(file) as partial:
            partial.write_text(text, encoding="utf-8")
    return list(texts)


def _of_what(path: Path) -> str:
    """Return whose study is there, and what to do."""
    remedy = "choose another folder, or remove it first"
    try:
        named = read_study_file(path).study.gemeenten
    except StudyError:
        return f"; {remedy}"
    if not named:
        return f"; {remedy}"
    return f", of {', '.join(named)}, with its data beside it; {remedy}"
