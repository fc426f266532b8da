"""The cases that ship, which are added to an installation once."""

from catalog.cases.case_lines import lines_in
from catalog.cases.models import Case
from catalog.shipped import add_once, articles_by_slug, rows_of


def load_cases() -> int:
    """Add the cases that ship unless there was one, and return how many."""
    return add_once(Case, _shipped)


def _shipped() -> list[Case]:
    """Return the cases, each with the slugs that its articles have in this installation."""
    articles = articles_by_slug()
    cases = []
    for fields in rows_of("cases"):
        named = (articles.get(slug) for slug in lines_in(fields["article_lines"]))
        slugs = dict.fromkeys(article.slug for article in named if article)
        cases.append(Case(**{**fields, "article_lines": "\n".join(slugs)}))
    return cases
