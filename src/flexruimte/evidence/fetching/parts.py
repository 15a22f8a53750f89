"""What of a dataset is fetched already: parts in files, each whole or not there.

A fetch that is ended at any moment leaves the parts that were whole, and goes on with the others.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyarrow as pa

from flexruimte.errors import OutputError

__all__ = ["Parts", "move", "writing"]

_QUESTION: Final = "question.json"
_DIVIDED: Final = ".divided"
_BUILDING: Final = ".building-"


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a file is written into an OutputError that names it."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}; "
            "check the disk and your rights on the folder"
        ) from error


class Parts:
    """The parts of one dataset, in a folder of their own.

    Parameters
    ----------
    folder
        Is made; what answers another question in it is removed.
    question
        What the parts answer.
    """

    def __init__(self, folder: Path, question: str) -> None:
        self.folder = folder
        with writing(folder):
            note = folder / _QUESTION
            if not note.is_file() or json.loads(note.read_text("utf-8")) != question:
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(parents=True)
                with self._whole(note) as building:
                    building.write_text(json.dumps(question), encoding="utf-8")
            for left in folder.glob(f"{_BUILDING}*"):
                _remove(left)

    def has(self, name: str) -> bool:
        """Return whether a part is there, which then is whole."""
        return (self.folder / name).exists()

    def is_divided(self, name: str) -> bool:
        """Return whether a tile was found to be too large, so that its parts are asked for."""
        return self.has(f"{name}{_DIVIDED}")

    def note_divided(self, name: str) -> None:
        """Note that a tile is too large."""
        with writing(self.folder):
            (self.folder / f"{name}{_DIVIDED}").touch()

    def keep(self, name: str, batches: Iterable[pa.RecordBatch]) -> None:
        """Keep a part, as soon as its last rows are there.

        What raises while they are made leaves no part. Rows of one type follow each other in a
        file; those of the next type, as of a column that was empty so far, begin another.
        """
        with writing(self.folder), self._whole(self.folder / name) as building:
            building.mkdir()
            schema: pa.Schema | None = None
            writer: pa.RecordBatchFileWriter | None = None
            try:
                for number, batch in enumerate(batches):
                    if writer is None or batch.schema != schema:
                        if writer is not None:
                            writer.close()
                        schema = batch.schema
                        writer = pa.ipc.new_file(str(building / f"{number:06d}.arrow"), schema)
                    writer.write_batch(batch)
            finally:
                if writer is not None:
                    writer.close()

    def forget(self) -> None:
        """Remove all parts, so that all of it is asked for again."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def tables(self, name: str) -> Iterator[pa.Table]:
        """Yield the rows of a part as they lie on disk."""
        for file in sorted((self.folder / name).iterdir()):
            with pa.memory_map(str(file)) as content:
                yield pa.ipc.open_file(content).read_all()

    @contextmanager
    def file(self, name: str) -> Iterator[Path]:
        """Give a path to write a part to that is a file."""
        with writing(self.folder / name), self._whole(self.folder / name) as building:
            yield building

    @contextmanager
    def _whole(self, path: Path) -> Iterator[Path]:
        """Give another path, which takes the real name when all went well, else is removed."""
        building = path.with_name(f"{_BUILDING}{path.name}")
        _remove(building)
        try:
            yield building
            os.replace(building, path)  # noqa: PTH105 - says what it does: in one step
        finally:
            _remove(building)


def move(path: Path, target: Path) -> None:
    """Put a file in its place in one step, once the disk has all of it.

    Raises
    ------
    OutputError
        When it cannot be put there.
    """
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(path, target)  # noqa: PTH105 - says what it does: in one step


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
