"""Every field of the catalogue's models is in the one declaration, or named as not carried."""

from dataclasses import fields

import pytest
from django.db.models import Model

from catalog.catalog_rows import NOT_CARRIED, carried
from catalog.stored_catalog import COLUMNS, MODELS

# A key is a model of its own.
OTHER_MODELS = {"keys"}
LABELS = [model._meta.model_name or "" for model in MODELS.values()]


def declared_columns(data: type) -> set[str]:
    """Return the model's fields that the data holds."""
    names = {each.name for each in fields(data)} - OTHER_MODELS
    columns = (COLUMNS.get(name, name).partition("__")[0] for name in names)
    return {"id" if column == "pk" else column for column in columns}


@pytest.mark.parametrize(("data", "model"), MODELS.items(), ids=LABELS)
def test_every_field_of_a_model_is_carried_or_named_as_not_carried(
    data: type, model: type[Model]
) -> None:
    in_model = {field.name for field in model._meta.concrete_fields}
    not_carried = NOT_CARRIED[model._meta.model_name or ""]
    undeclared = in_model - declared_columns(data) - not_carried
    assert undeclared == set(), f"declare {undeclared} of {model.__name__} in catalog_rows.py"
    assert declared_columns(data) <= in_model


@pytest.mark.parametrize("data", MODELS, ids=LABELS)
def test_carried_fields_are_called_as_in_the_model(data: type) -> None:
    assert set(carried(data)) <= {each.name for each in fields(data)} - COLUMNS.keys()
