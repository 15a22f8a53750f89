"""Named TOML documents: found by a built-in name or by path, extended, and checked by a model.

Rulesets, cost figures and targets are such documents, each kind with a `Library` of its own. Every
error is one line that names the file, what is wrong in it (with the line, or with the table and the
key), and what to do.
"""

from __future__ import annotations

import re
import textwrap
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import ValidationError

from flexruimte.errors import FlexruimteError, RulesetError, did_you_mean
from flexruimte.rules.parts import Model
from flexruimte.rules.rules import RULE_KINDS

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Library", "describe_validation_error", "read_toml", "validate"]

_Checked = TypeVar("_Checked", bound=Model)
_LONGEST_NAME = 4096
"""Longest path that an operating system takes. [character]"""
_LONGEST_SHOWN = 60
"""What is shown of a value that does not do. [character]"""
_BOUNDS: Final = {
    "greater_than": "a number above",
    "greater_than_equal": "a number of at least",
    "less_than": "a number below",
    "less_than_equal": "a number of at most",
}
"""What a number must be, by what pydantic calls the problem; the bound itself comes behind."""
_KINDS: Final = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "a text, in quotes",
    "list": "a list, as in [1, 2]",
    "tuple": "a list, as in [1, 2]",
    "dict": "a table",
    "model": "a table",
    "date": "a date without quotes, as in 2026-01-01",
}
"""What a value must be, by the first word of what pydantic calls the problem."""


@dataclass(frozen=True)
class Library:
    """The documents of one kind: those that come with flexruimte, and the user's files."""

    kind: str
    """What errors call such a document, such as "ruleset"."""
    folder: Traversable
    """Where the built-in documents lie, each as NAME.toml."""
    override: Callable[[Mapping[str, Any], Mapping[str, Any], str], dict[str, Any]]
    """Lays a document over the one that it extends; the text is how errors call the former."""
    prefix: str = ""
    """What the names of the built-in documents of this kind start with."""

    def names(self) -> list[str]:
        """Return the names of the built-in documents, sorted."""
        files = [entry.name for entry in self.folder.iterdir()]
        return sorted(
            name.removesuffix(".toml")
            for name in files
            if name.startswith(self.prefix) and name.endswith(".toml")
        )

    def read(self, name: str | Path, folder: Path | None = None) -> dict[str, Any]:
        """Return a document, laid over all that it extends.

        Parameters
        ----------
        name
            A built-in name, or the path of a TOML file.
        folder
            What a relative path is relative to; None is the working directory. What a file extends
            is relative to that file.

        Raises
        ------
        RulesetError
            When a file cannot be read, is not valid TOML, or extends itself.
        """
        return self._read(str(name), folder or Path.cwd(), ())

    def load(self, model: type[_Checked], name: str | Path, folder: Path | None) -> _Checked:
        """Return a document as a model; parameters and errors as those of `read`."""
        return validate(model, self.read(name, folder), f"{self.kind} '{name}'")

    def _read(self, name: str, folder: Path, extended_by: tuple[str, ...]) -> dict[str, Any]:
        names = self.names()
        if "\0" in name or len(name) > _LONGEST_NAME:
            raise RulesetError(f"{self.kind} '{name[:40]}...' is no name of a file; correct it")
        path = None if name in names else folder / name
        identity = name if path is None else str(path.resolve())
        if identity in extended_by:
            chain = " -> ".join([*extended_by, identity])
            raise RulesetError(
                f"{self.kind} '{name}' extends itself: {chain}; take one 'extends' out"
            )
        remedy = f"give the path of a TOML file or a built-in name: {', '.join(names)}"
        source = self.folder / f"{name}.toml" if path is None else path
        document = read_toml(source, f"{self.kind} '{name}'", remedy, RulesetError)
        parent = document.pop("extends", None)
        if parent is None:
            if "keeps" in document:
                raise RulesetError(
                    f"{self.kind} '{name}': keeps says what of another {self.kind} is inherited; "
                    "say which one with extends = ..., or take keeps out"
                )
            return document
        inherited = self._read(
            str(parent), path.parent if path else folder, (*extended_by, identity)
        )
        return self.override(inherited, document, f"{self.kind} '{name}'")


def read_toml(
    source: Traversable, where: str, remedy: str, error: type[FlexruimteError]
) -> dict[str, Any]:
    """Return the tables of a TOML file.

    Parameters
    ----------
    source
        The file: a path, or a file of a package.
    where
        How errors call it.
    remedy
        What to do where it cannot be read.
    error
        The class of errors.

    Raises
    ------
    FlexruimteError
        Of the class `error`, when the file cannot be read or is not valid TOML; then with the line.
    """
    text = ""
    try:
        # A pipe or a device would keep a reader waiting.
        if isinstance(source, Path) and source.exists() and not source.is_file():
            kind = "a folder" if source.is_dir() else "no regular file"
            raise error(f"{where} cannot be read (it is {kind}); {remedy}")
        text = source.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except OSError as problem:
        reason = problem.strerror or problem
        raise error(f"{where} cannot be read ({reason}); {remedy}") from None
    except UnicodeDecodeError as problem:
        raise error(
            f"{where} is not valid TOML: it is no text in UTF-8 (byte {problem.start} does not "
            f"decode); {remedy}"
        ) from None
    except tomllib.TOMLDecodeError as problem:
        raise error(f"{where} is not valid TOML: {problem}{_line_of(problem, text)}") from None
    except ValueError as problem:  # a path that no operating system takes
        raise error(f"{where} cannot be read ({problem}); {remedy}") from None
    except RecursionError:
        raise error(f"{where} is nested too deeply; {remedy}") from None
    key = _key_with_control(document)
    if key is not None:
        raise error(f"{where}: [{key}] holds a control character; take it out")
    return document


def _key_with_control(document: object, key: str = "") -> str | None:
    """Return the first key whose value holds a NUL, at which other programs stop reading."""
    if isinstance(document, str):
        return key if "\0" in document else None
    inside: list[tuple[object, object]] = []
    if isinstance(document, dict):
        inside = [*document.items()]
    elif isinstance(document, list):
        inside = [*enumerate(document)]
    found = (_key_with_control(value, f"{key}.{name}".lstrip(".")) for name, value in inside)
    return next((each for each in found if each is not None), None)


def _line_of(problem: tomllib.TOMLDecodeError, text: str) -> str:
    """Return the line that an error is about, and what is often meant there."""
    found, lines = re.search(r"at line (\d+)", str(problem)), text.splitlines()
    if found is None or int(found[1]) > len(lines):
        return ""
    line = lines[int(found[1]) - 1].strip()
    key = re.match(r"[\w.\"-]+\s*(?==)", line)
    if "overwrite" in str(problem) and key is not None:
        return f"; {key[0].strip()} stands there for the second time: keep one"
    hint = "; write a date as 2026-01-01" if re.search(r"\d+-\d+-\d", line) else ""
    return f"; the line is: {textwrap.shorten(line, 100)}{hint}"


def validate(
    model: type[_Checked],
    document: Mapping[str, Any],
    where: str,
    error: type[FlexruimteError] = RulesetError,
) -> _Checked:
    """Return a document as a model; what does not hold is one line with file, key and remedy.

    Examples
    --------
    >>> from flexruimte.rules.parts import Text
    >>> validate(Text, {"nl": "lawaai", "em": "noise"}, "texts.toml")
    Traceback (most recent call last):
        ...
    flexruimte.errors.RulesetError: texts.toml: [em] unknown key; known are: en, nl (and 1 more)
    """
    try:
        return model.model_validate(document)
    except ValidationError as problem:
        raise error(f"{where}: {describe_validation_error(problem, model)}") from None


def describe_validation_error(error: ValidationError, model: type[Model] | None = None) -> str:
    """Return one problem of a validation error in one line.

    The first misspelt key comes before all others: it often is the one that is said to be missing.

    Parameters
    ----------
    error
        As pydantic raises it.
    model
        What was validated; for a misspelt key its nearest key is then named.
    """
    problems = error.errors()
    misspelt = [problem for problem in problems if problem["type"] == "extra_forbidden"]
    first = [*misspelt, *problems][0]
    key = ".".join(str(part) for part in first["loc"] if part not in RULE_KINDS)
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    if first["type"] == "missing":
        return f"[{key}] is missing; add it{more}"
    if first["type"] == "extra_forbidden":
        return f"[{key}] unknown key{_nearest_key(model, first['loc'])}{more}"
    return f"[{key}] {_in_plain_words(first)}{more}"


def _in_plain_words(problem: ErrorDetails) -> str:
    """Return what is there and what to write, in other words than those of the library."""
    kind, about = problem["type"], problem.get("ctx", {})
    if kind in ("literal_error", "enum"):
        wanted = about["expected"]
    elif kind in _BOUNDS:
        wanted = f"{_BOUNDS[kind]} {next(iter(about.values())):g}"
    elif kind.partition("_")[0] in _KINDS:
        wanted = _KINDS[kind.partition("_")[0]]
    else:
        return problem["msg"].removeprefix("Value error, ")
    given = textwrap.shorten(repr(problem["input"]), _LONGEST_SHOWN, placeholder="...")
    return f"is {given}; write {wanted}"


def _nearest_key(model: type[Model] | None, location: tuple[int | str, ...]) -> str:
    """Return what a misspelt key may have meant, if the models along its path can be followed."""
    for part in location[:-1]:
        if part in RULE_KINDS:
            model = RULE_KINDS[str(part)]
            continue
        field = model.model_fields.get(str(part)) if model else None
        annotation = field.annotation if field else None
        inner = [annotation, *getattr(annotation, "__args__", ())]
        models = [each for each in inner if isinstance(each, type) and issubclass(each, Model)]
        model = models[0] if models else model
    return f"; {did_you_mean(str(location[-1]), model.model_fields)}" if model else ""
