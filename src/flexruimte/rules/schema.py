"""JSON Schemas that say what each key is for: the docstring of a field is its description."""

from __future__ import annotations

import ast
import inspect
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

__all__ = ["described_schema"]


def described_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema of a model, in which every documented field has its description.

    Examples
    --------
    >>> from flexruimte.rules.study_file import StudySettings
    >>> described_schema(StudySettings)["properties"]["name"]["description"]
    'What the study is called in the outputs.'
    """
    return model.model_json_schema(schema_generator=_Described)


class _Described(GenerateJsonSchema):
    """A schema with the docstrings of fields, which are read when somebody asks for them.

    Pydantic can do so by itself, but then at every import, from the source of every model.
    """

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Return the schema of one model."""
        described = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        for name, field in model.model_fields.items():
            text = _docstrings(model).get(name)
            if text is not None:
                described["properties"][field.alias or name]["description"] = text
        return described


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Return the text below each field, by name; a field takes that of its base if it has none."""
    bases = [base for base in reversed(model.__mro__) if issubclass(base, BaseModel)]
    return {
        name: text
        for base in bases
        if base.__module__.partition(".")[0] != "pydantic"
        for name, text in _own_docstrings(base).items()
    }


@cache
def _own_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Return the texts below the fields that a class declares itself, each in one line."""
    (declared,) = ast.parse(inspect.getsource(model)).body
    assert isinstance(declared, ast.ClassDef)
    return {
        field.target.id: " ".join(below.value.value.split())
        for field, below in pairwise(declared.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }
