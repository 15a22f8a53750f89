"""JSON Schemas: every key says what it is for, wherever it is written."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import Field

from flexruimte.evidence.catalogue.reading import catalogue_schema
from flexruimte.results.summary_model import Summary
from flexruimte.rules.parts import Model
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.schema import described_schema
from flexruimte.rules.study_file import StudyFile

SCHEMAS = {
    "study": described_schema(StudyFile),
    "ruleset": described_schema(Ruleset),
    "catalogue": catalogue_schema(),
    "summary": described_schema(Summary),
}


class Base(Model):
    name: str
    """The name,
    in two lines."""
    place: str


class Derived(Base):
    place: int = 0
    height_: float = Field(default=1.0, alias="height", description="An older text.")
    """How high it is. [m]"""
    bare: int = 0


def test_a_field_is_described_by_the_text_below_it_or_below_that_of_its_base() -> None:
    texts = {
        key: value.get("description")
        for key, value in described_schema(Derived)["properties"].items()
    }
    assert texts == {
        "name": "The name, in two lines.",
        "place": None,
        "height": "How high it is. [m]",
        "bare": None,
    }


def test_what_else_the_schema_says_is_what_pydantic_says() -> None:
    def bare(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: bare(value) for key, value in part.items() if key != "description"}
        return [bare(each) for each in part] if isinstance(part, list) else part

    assert bare(described_schema(Derived)) == bare(Derived.model_json_schema())


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_that_people_write_or_read_says_what_it_is_for(name: str) -> None:
    schema = SCHEMAS[name]
    tables = {"": schema, **schema["$defs"]}
    keys = {
        f"{table}.{key}": value
        for table, part in tables.items()
        for key, value in part.get("properties", {}).items()
    }
    assert len(keys) > 60
    assert [key for key, value in keys.items() if not {"description", "const"} & set(value)] == []
