"""The prerequisites that ship, which are added to an installation once."""

from catalog.graph import Edge, cycles
from catalog.prerequisites.models import Prerequisite
from catalog.shipped import add_once, articles_by_slug, rows_of


def load_prerequisites() -> int:
    """Add the prerequisites that ship unless there was one, and return how many."""
    return add_once(Prerequisite, _shipped)


def _shipped() -> list[Prerequisite]:
    """Return the prerequisites between articles that have keys of the shipped ones.

    Two of these may be one article here, so that a prerequisite is left out.
    """
    articles = articles_by_slug()
    rows: dict[Edge[int], Prerequisite] = {}
    for fields in rows_of("prerequisites"):
        article, requires = (articles.get(fields[name][0]) for name in ("article", "requires"))
        if article and requires:
            row = Prerequisite(**{**fields, "article": article, "requires": requires})
            rows.setdefault(Edge(article.pk, requires.pk), row)
    closing = cycles(rows)
    return [row for edge, row in rows.items() if edge not in closing]
