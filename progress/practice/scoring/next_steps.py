"""The material to review after a practice session: articles, their prompts, cards of the gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.cases.case_index import CaseIndex
from catalog.models import Article
from catalog.prompts.prompt_index import PromptIndex
from progress.states import Stage, StateName

if TYPE_CHECKING:
    from catalog.snapshot import CatalogSnapshot
    from progress.practice.record import PracticeRecord
    from progress.practice.scoring.score_sheet import SheetLine
    from progress.reader import ReaderProgress


@dataclass(frozen=True)
class ArticleToReview:
    article: Article
    state: StateName
    prompt_count: int


@dataclass(frozen=True)
class NextSteps:
    """The gaps of the session, and the articles of its case: unfinished ones first."""

    gaps: Sequence[SheetLine]
    articles: Sequence[ArticleToReview]
    article: Article | None
    """The article to which cards of the gaps belong, which is the case's first one."""


def next_steps(
    progress: ReaderProgress, snapshot: CatalogSnapshot, record: PracticeRecord
) -> NextSteps:
    cases, prompts = CaseIndex.of(snapshot), PromptIndex.of(snapshot)
    articles = [
        ArticleToReview(article, progress.state_of(article.pk), len(prompts.of_article(article)))
        for article in cases.articles_of(record.practice_session.case)
    ]
    in_order = sorted(articles, key=lambda each: each.state.stage is Stage.FINISHED)
    first = articles[0].article if articles else None
    return NextSteps(record.sheet.gaps, in_order, first)
