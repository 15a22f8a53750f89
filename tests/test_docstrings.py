"""Every public name says what it takes, gives and raises: its docstring has the parameters that it has, and no others."""

from __future__ import annotations

import builtins
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel

import flexruimte


def public() -> Iterator[tuple[str, Any]]:
    """Every public class, function, method and property, by its full name."""
    for name in flexruimte.__all__:
        thing = getattr(flexruimte, name)
        yield name, thing
        if inspect.isclass(thing):
            for key, member in vars(thing).items():
                if not key.startswith("_") and not ignored(thing, key):
                    yield f"{name}.{key}", member


def ignored(owner: type, key: str) -> bool:
    """Fields, and what pydantic puts into a model, are not ours to describe here."""
    member = inspect.getattr_static(owner, key)
    if isinstance(member, classmethod | staticmethod):
        member = member.__func__
    ours = inspect.isfunction(member) or hasattr(member, "fget") or hasattr(member, "func")
    return not ours or (issubclass(owner, BaseModel) and hasattr(BaseModel, key))


def sections(text: str) -> dict[str, str]:
    """The parts of a numpydoc text, by their heading; the first has none."""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}$", text, flags=re.M)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def described(text: str) -> list[str]:
    """The names that stand at the left in a section, as in `a, b`."""
    lines = re.findall(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: : .*)?$", text, re.M)
    return [name.lstrip("*") for line in lines for name in line.split(", ")]


THINGS = dict(public())
FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(thing, "__func__", thing)
    for name, thing in THINGS.items()
    if inspect.isfunction(getattr(thing, "__func__", thing))
}


@pytest.mark.parametrize("name", THINGS)
def test_it_has_a_first_line_that_ends(name: str) -> None:
    first = (inspect.getdoc(THINGS[name]) or "").partition("\n")[0]
    assert re.search(r"[.\])]$", first), f"{name}: {first!r}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_its_parameters_are_the_ones_that_it_has(name: str) -> None:
    parts = sections(inspect.getdoc(FUNCTIONS[name]) or "")
    taken = [
        each
        for each in inspect.signature(FUNCTIONS[name]).parameters
        if each not in ("self", "cls")
    ]
    if taken == ["path"] and parts[""].startswith("Write "):
        return  # where it writes to
    assert described(parts.get("Parameters", "")) == taken, name


def test_a_class_says_what_it_is_made_of() -> None:
    for name, thing in THINGS.items():
        if (
            inspect.isclass(thing)
            and "__init__" in vars(thing)
            and not issubclass(thing, Exception | BaseModel)
        ):
            parts = sections(inspect.getdoc(thing) or "")
            taken = [each for each in inspect.signature(thing).parameters if each != "self"]
            fields = getattr(thing, "__dataclass_fields__", {})
            told = described(parts.get("Parameters", ""))
            assert told == taken or (fields and not told), name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_it_raises_is_an_error_of_flexruimte_or_of_python(name: str) -> None:
    raised = described(sections(inspect.getdoc(FUNCTIONS[name]) or "").get("Raises", ""))
    for error in raised:
        known = getattr(flexruimte, error, None) or getattr(builtins, error, None)
        assert inspect.isclass(known), f"{name} raises {error}"
        assert issubclass(known, Exception)
