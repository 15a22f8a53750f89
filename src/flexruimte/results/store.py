"""Where results are: a folder, or a prefix on object storage. Only this module knows which.

Results are always written to a local folder, and read from one. Where the store is a folder, that
is the store itself. On object storage it is a temporary folder: what is asked for is fetched into
it, and what is new in it is put when all went well, each file in one step.
"""

from __future__ import annotations

import re
import secrets
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from flexruimte.errors import FlexruimteError, OutputError, is_unicode
from flexruimte.evidence import storage
from flexruimte.results.atomic_write import is_partial, remove_leftovers
from flexruimte.results.lock import lock_file, refuse_link, this_run

if TYPE_CHECKING:
    from pyarrow.fs import FileInfo

__all__ = ["LOCK", "Store", "store_of"]

LOCK: Final = ".run.lock"

_SECONDS_BETWEEN_SIGNS: Final = 20.0
_SECONDS_WITHOUT_SIGN: Final = 180.0
"""A run that holds a lock on storage and has given no sign of life for so long has ended. [s]"""
_REQUESTS_AT_ONCE: Final = 8


class Store(ABC):
    """Where the results of a run, or of one municipality, are."""

    is_folder: ClassVar[bool]
    """Whether that is a folder, to which many files can be written at little cost."""

    @abstractmethod
    def __str__(self) -> str:
        """Return how people call it: a path or an address."""

    def named(self, name: str) -> str:
        """Return how people call a file in it."""
        return f"{str(self).rstrip('/')}/{name}"

    @abstractmethod
    def has(self, name: str) -> bool:
        """Return whether there is a file, such as ``GM0363/summary.json``."""

    @abstractmethod
    def read_text(self, name: str) -> str | None:
        """Return the content of a file; None when it is not there."""

    @abstractmethod
    def append(self, name: str, text: str) -> None:
        """Write a text at the end of a file, which is made when it is not there.

        Raises
        ------
        OutputError
            When it cannot be written.
        """

    @abstractmethod
    def rename(self, name: str, new_name: str) -> None:
        """Give a file another name, in place of what has that; one that is not there stays away."""

    @abstractmethod
    def writing(self, inner: str = "", names: Collection[str] = ()) -> AbstractContextManager[Path]:
        """Give a folder to write to; after the `with` block its files are in the store, each whole.

        Parameters
        ----------
        inner
            Folder in the store; it is made when it is not there. Empty is the store itself.
        names
            Of files in it that are read too. Those that are not there are left out.
        """

    @abstractmethod
    def reading(self, names: Collection[str], inner: str = "") -> AbstractContextManager[Path]:
        """Give a folder to read files from, and to write what follows from them.

        Parameters
        ----------
        names
            Of the files that are read, such as ``summary.json``: in the store and one folder down.
            Those that are not there are left out.
        inner
            Folder in the store; empty is the store itself.
        """

    @abstractmethod
    def remove(self, names: Collection[str], inner: str) -> None:
        """Remove files from a folder of the store; those that are not there are passed over."""

    @abstractmethod
    def locked(self) -> AbstractContextManager[None]:
        """Keep other runs out, and make the store when it is not there.

        Raises
        ------
        OutputError
            When another run is in it, or it cannot be written to.
        """

    @abstractmethod
    def tidy(self, inner: str) -> None:
        """Remove what processes that were killed left half-written in a folder of the store."""

    @abstractmethod
    def check(self) -> None:
        """Write something and remove it.

        Raises
        ------
        OutputError
            When this process cannot write there.
        """


def store_of(out: str | Path) -> Store:
    """Return the store that a path or an address names.

    Raises
    ------
    OutputError
        For an address of another kind than ``s3://bucket/prefix``, or a folder whose name is not
        UTF-8.

    Examples
    --------
    >>> str(store_of("out")), str(store_of("s3://bucket/out/"))
    ('out', 's3://bucket/out')
    >>> store_of("s3://bucket").named("run.json")
    's3://bucket/run.json'
    """
    text = str(out)
    address = re.match(r"s3:/+([^/].*)", text)  # a Path makes one stroke of two
    if address:
        return _Storage(address[1].strip("/"))
    if re.match(r"\w{2,}:/", text):
        raise OutputError(
            f"results go to a folder or to s3://bucket/prefix, and {text} is neither; "
            "choose one of these with --out"
        )
    if not is_unicode(Path(text)):
        raise OutputError(
            f"the path {text} holds a name that is not UTF-8, and files in it cannot be written; "
            "rename that folder, or give another one"
        )
    return _Folder(Path(text))


class _Folder(Store):
    """A folder on a disk; files appear whole there because `atomic_write` renames them."""

    is_folder = True

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        self._called = str(path)

    def __str__(self) -> str:
        return self._called

    def has(self, name: str) -> bool:
        return (self._path / name).is_file()

    def read_text(self, name: str) -> str | None:
        try:
            return (self._path / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except NotADirectoryError:
            raise OutputError(
                f"{self} is a file and no folder; choose another with --out"
            ) from None

    def append(self, name: str, text: str) -> None:
        with self.writing() as folder:
            refuse_link(folder / name)
            try:
                with (folder / name).open("a", encoding="utf-8") as file:
                    file.write(text)
            except OSError as error:
                raise OutputError(
                    f"{self.named(name)} cannot be written: {error.strerror or error}; "
                    "check the disk and your rights on the folder"
                ) from None

    def rename(self, name: str, new_name: str) -> None:
        with suppress(FileNotFoundError):
            (self._path / name).replace(self._path / new_name)

    @contextmanager
    def writing(self, inner: str = "", names: Collection[str] = ()) -> Iterator[Path]:
        folder = self._path / inner
        if inner:
            refuse_link(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"folder {folder} cannot be made: {error.strerror or error}; "
                "choose another with --out"
            ) from None
        try:
            yield folder
        finally:
            if inner:
                with suppress(OSError):  # only an empty one is removed: nothing came of it
                    folder.rmdir()

    @contextmanager
    def reading(self, names: Collection[str], inner: str = "") -> Iterator[Path]:
        yield Path(self._called) / inner

    def remove(self, names: Collection[str], inner: str) -> None:
        for name in names:
            (self._path / inner / name).unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        with self.writing() as folder, lock_file(folder / LOCK):
            yield

    def tidy(self, inner: str) -> None:
        remove_leftovers(self._path / inner)

    def check(self) -> None:
        if not self._path.is_dir():
            raise OutputError(
                f"there is no folder {self._path}; mount it here, under the same path"
            )
        try:
            with tempfile.TemporaryFile(dir=self._path):
                pass
        except OSError as error:
            raise OutputError(
                f"folder {self._path} cannot be written: {error.strerror or error}; "
                "check the disk and your rights"
            ) from None


class _Storage(Store):
    """Objects with a prefix.

    An object appears whole or not at all: that is what storage promises of a put.
    """

    is_folder = False

    def __init__(self, root: str) -> None:
        self._root = root
        self._seen: set[str] = set()

    def __str__(self) -> str:
        return f"s3://{self._root}"

    def has(self, name: str) -> bool:
        # One request tells of all files; again only for what was not there before.
        if name not in self._seen:
            self._seen = {self._name_of(info) for info in self._listed("", recursive=True)}
        return name in self._seen

    def read_text(self, name: str) -> str | None:
        with self._saying("read"):
            try:
                return storage.read_bytes(f"/vsis3/{self._root}/{name}").decode("utf-8")
            except FileNotFoundError:
                return None

    def append(self, name: str, text: str) -> None:
        """Put the whole file again: an object does not grow."""
        before = self.read_text(name) or ""
        self._put_bytes((before + text).encode(), name)

    def rename(self, name: str, new_name: str) -> None:
        content = self.read_text(name)
        if content is not None:
            self._put_bytes(content.encode(), new_name)
            self.remove((name,), "")

    def writing(self, inner: str = "", names: Collection[str] = ()) -> AbstractContextManager[Path]:
        return self.reading(names, inner)

    @contextmanager
    def reading(self, names: Collection[str], inner: str = "") -> Iterator[Path]:
        with tempfile.TemporaryDirectory(
            prefix="flexruimte-", ignore_cleanup_errors=True
        ) as temporary:
            folder = Path(temporary)
            try:
                if names:
                    self._fetch(folder, names, inner)
                before = _state(folder)
                yield folder
            except FlexruimteError as error:  # people know the address, not the temporary folder
                raise type(error)(
                    str(error).replace(temporary, self.named(inner).rstrip("/"))
                ) from None
            changed = [file for file, state in _state(folder).items() if before.get(file) != state]
            self._at_once(
                lambda file: self._put(folder / file, f"{inner}/{file}".lstrip("/")), changed
            )

    def _fetch(self, folder: Path, names: Collection[str], inner: str) -> None:
        wanted = [self._name_of(info) for info in self._listed(inner, recursive=True)]
        within = [name.removeprefix(f"{inner}/") if inner else name for name in wanted]
        chosen = [
            name for name in within if name.rsplit("/", 1)[-1] in names and name.count("/") <= 1
        ]
        for parent in {(folder / name).parent for name in chosen}:
            parent.mkdir(exist_ok=True)
        self._at_once(lambda name: self._get(f"{inner}/{name}".lstrip("/"), folder / name), chosen)

    def remove(self, names: Collection[str], inner: str) -> None:
        def delete(name: str) -> None:
            with self._saying("written"):
                storage.filesystem().delete_file(f"{self._root}/{name}")

        self._at_once(
            delete,
            [
                name
                for name in map(self._name_of, self._listed(inner))
                if name.rsplit("/", 1)[-1] in names
            ],
        )

    def _get(self, name: str, file: Path) -> None:
        import pyarrow.fs

        with self._saying("read"):
            pyarrow.fs.copy_files(
                f"{self._root}/{name}",
                str(file),
                source_filesystem=storage.filesystem(),
                destination_filesystem=pyarrow.fs.LocalFileSystem(),
            )

    def _put(self, file: Path, name: str) -> None:
        """Put a file; in one call, as Arrow would complete an object also after a part of it."""
        import pyarrow as pa

        if not file.stat().st_size:  # there is nothing to map
            self._put_bytes(b"", name)
            return
        with pa.memory_map(str(file)) as content:
            self._put_bytes(content.read_buffer(), name)

    def _put_bytes(self, content: object, name: str) -> None:
        with (
            self._saying("written"),
            storage.filesystem().open_output_stream(f"{self._root}/{name}") as stream,
        ):
            stream.write(content)

    def _at_once(self, function: Callable[[str], None], names: list[str]) -> None:
        with ThreadPoolExecutor(_REQUESTS_AT_ONCE) as pool:
            list(pool.map(function, names))

    def _listed(self, inner: str, *, recursive: bool = False) -> list[FileInfo]:
        import pyarrow.fs

        folder = f"{self._root}/{inner}".rstrip("/")
        with self._saying("read"):
            selector = pyarrow.fs.FileSelector(folder, recursive=recursive, allow_not_found=True)
            return [info for info in storage.filesystem().get_file_info(selector) if info.is_file]

    def _name_of(self, info: FileInfo) -> str:
        return str(info.path).removeprefix(f"{self._root}/")

    @contextmanager
    def _saying(self, done: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            raise OutputError(
                f"{self} cannot be {done}: {storage.explained(error, f'/vsis3/{self._root}')}"
            ) from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Put a sign, look for signs of others, and go on if there are none.

        The sign is renewed meanwhile, and removed in the end. A conditional put would not spare
        the renewal: without it, nobody could tell a run that was killed from one that takes long.

        As storage shows an object to everybody as soon as it is put, two runs are never both
        without sight of the other: of two that begin in the same moment at least one refuses,
        perhaps both.

        A run that is killed leaves its sign; it counts until it is
        `_SECONDS_WITHOUT_SIGN` old by the clock of the storage. A run that is cut off from the
        storage for longer does not know that another may begin; then both write the same files,
        each whole.
        """
        own = f"{LOCK}-{secrets.token_hex(8)}"
        who = this_run().encode()
        ended = threading.Event()

        def give_signs() -> None:
            while not ended.wait(_SECONDS_BETWEEN_SIGNS):
                with suppress(OutputError):  # the next may come through
                    self._put_bytes(who, own)

        signs = threading.Thread(target=give_signs, daemon=True)
        self._put_bytes(who, own)
        try:
            self._refuse_beside_others(own)
            signs.start()
            yield
        finally:
            ended.set()
            if signs.ident is not None:
                signs.join()
            with suppress(OSError):
                storage.filesystem().delete_file(f"{self._root}/{own}")

    def _refuse_beside_others(self, own: str) -> None:
        signs = {
            self._name_of(info): info.mtime
            for info in self._listed("")
            if info.base_name.startswith(f"{LOCK}-")
        }
        if own not in signs:
            raise OutputError(
                f"{self} does not show what was just put there; "
                "give storage that does, or another --out"
            )
        for other, moment in signs.items():
            if other == own:
                continue
            silent = (signs[own] - moment).total_seconds()
            if silent < _SECONDS_WITHOUT_SIGN:
                raise OutputError(
                    f"another run writes to {self}: {self._holder(other)}, last sign of life "
                    f"{silent:.0f} s ago; wait until it has ended (one that was killed counts for "
                    f"{_SECONDS_WITHOUT_SIGN:.0f} s), or choose another --out"
                )
            with suppress(OSError):
                storage.filesystem().delete_file(f"{self._root}/{other}")

    def _holder(self, sign: str) -> str:
        with suppress(OutputError):  # it may end at this very moment
            return self.read_text(sign) or "somebody"
        return "somebody"

    def tidy(self, inner: str) -> None:
        """Do nothing: what is put in part is never seen."""

    def check(self) -> None:
        name = f".probe-{secrets.token_hex(8)}"
        self._put_bytes(b"can this process write here?", name)
        with self._saying("written"):
            storage.filesystem().delete_file(f"{self._root}/{name}")


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of change of the files in a folder, except half-written ones."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and not is_partial(file))
    return {
        file.relative_to(folder).as_posix(): (file.stat().st_size, file.stat().st_mtime_ns)
        for file in files
    }
