"""The filters of a list that are in its address, as pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

Values: TypeAlias = Mapping[str, list[str]]
NO_VALUES: Values = MappingProxyType({})


@dataclass(frozen=True)
class Chip:
    """An active filter value, with the query string that removes it."""

    field: str
    label: str
    query_string: str
    path: str

    @property
    def address(self) -> str:
        return f"{self.path}?{self.query_string}"


@dataclass(frozen=True)
class Ignored:
    """A value of the query string that could not be used."""

    field: str
    value: str
    reason: str = ""


@dataclass(frozen=True)
class FilterToDrop:
    """A field whose filter hides everything, with the number of articles without that filter."""

    name: str
    field: str
    address: str
    article_count: int
