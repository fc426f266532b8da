"""The current cases of a snapshot, read once for each catalog version."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from catalog.cases.models import Case
from catalog.snapshot import CatalogSnapshot


class CaseIndex:
    """The cases that learners may start, in order, by slug and by UUID."""

    def __init__(self, snapshot: CatalogSnapshot) -> None:
        self.cases: Sequence[Case] = list(Case.objects.current().in_order())
        self.by_slug: Mapping[str, Case] = {case.slug: case for case in self.cases}
        self.by_uuid: Mapping[UUID, Case] = {case.uuid: case for case in self.cases}

    @classmethod
    def of(cls, snapshot: CatalogSnapshot) -> "CaseIndex":
        return snapshot.derive("cases", cls)
