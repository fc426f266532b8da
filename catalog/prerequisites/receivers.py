"""Move the prerequisites of an article that is merged into another one."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.graph import Edge, cycle_with
from catalog.history.records import give_reason, record
from catalog.models import Article
from catalog.prerequisites.models import Prerequisite
from catalog.signals import article_merged


def on_article_merged(
    sender: type[Article], kept: Article, duplicate: Article, **kwargs: object
) -> None:
    """Give the duplicate's prerequisites to the article that is kept, on both sides.

    What would require itself, repeat another one or close a cycle stays with the duplicate,
    retired, and its history says why.
    """
    moving = Prerequisite.objects.of_article(duplicate).order_by("pk")
    _Mover(kept, duplicate, moving).move()


class _Mover:
    def __init__(self, kept: Article, duplicate: Article, moving: QuerySet[Prerequisite]) -> None:
        self.kept, self.duplicate = kept, duplicate
        self.rows = list(moving)
        others = list(Prerequisite.objects.exclude(pk__in=[row.pk for row in self.rows]))
        self.taken = {_edge(row): row for row in others}
        self.current = [_edge(row) for row in others if not row.is_retired]
        self.restored: list[Prerequisite] = []

    def move(self) -> None:
        for row in self.rows:
            self._move(row)
        changed = [*self.rows, *self.restored]
        Prerequisite.objects.bulk_update(changed, ["article", "requires", "reason", "retired_at"])
        record(changed)

    def _move(self, row: Prerequisite) -> None:
        edge = Edge(*(self.kept.pk if pk == self.duplicate.pk else pk for pk in _edge(row)))
        if edge.article == edge.requires:
            _drop(row, _("After the merge it would require itself."))
        elif not row.is_retired and cycle_with(self.current, *edge):
            _drop(row, _("After the merge it would close a cycle."))
        elif edge in self.taken:
            self._restore_other(self.taken[edge], row)
            _drop(row, _("After the merge another prerequisite says the same."))
        else:
            row.article_id, row.requires_id = edge
            self._keep(edge, row)

    def _keep(self, edge: Edge[int], row: Prerequisite) -> None:
        self.taken[edge] = row
        if not row.is_retired:
            self.current.append(edge)

    def _restore_other(self, other: Prerequisite, row: Prerequisite) -> None:
        """Restore a retired prerequisite that a current one repeats, with the reason of that."""
        if other.is_retired and not row.is_retired:
            other.retired_at, other.reason = None, row.reason
            self._keep(_edge(other), other)
            if other not in self.rows:
                self.restored.append(other)


def _edge(row: Prerequisite) -> Edge[int]:
    return Edge(row.article_id, row.requires_id)


def _drop(row: Prerequisite, reason: str) -> None:
    if not row.is_retired:
        row.retired_at = timezone.now()
        give_reason(row, reason)


def connect() -> None:
    article_merged.connect(on_article_merged, dispatch_uid="prerequisites.on_article_merged")
