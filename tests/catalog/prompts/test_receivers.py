from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.history.records import records_of
from catalog.merging import merge_articles
from catalog.models import Article
from catalog.prompts.models import Prompt


def test_a_merge_appends_the_prompts_of_the_duplicate(
    article: Article, ask: Callable[..., Prompt]
) -> None:
    duplicate = Article.objects.get(slug="ticket-booking-system")
    for question in ("Kept one?", "Kept two?"):
        ask(question)
    for number, question in enumerate(("Moved one?", "Moved two?", "Moved, retired?"), start=1):
        ask(question, article=duplicate, number=number)
    Prompt.objects.get(question="Moved, retired?").retire()
    merge_articles(article, duplicate)
    prompts = Prompt.objects.in_order()
    assert list(prompts.values_list("article", "number", "question")) == [
        (article.pk, 1, "Kept one?"),
        (article.pk, 2, "Kept two?"),
        (article.pk, 3, "Moved one?"),
        (article.pk, 4, "Moved two?"),
        (article.pk, 5, "Moved, retired?"),
    ]
    for prompt in prompts:
        newest = records_of(Prompt).filter(id=prompt.pk).first()
        assert (newest.article_id, newest.number) == (article.pk, prompt.number)


def test_a_merge_does_not_keep_learners_from_storing_cards_of_the_prompts(
    article: Article, ask: Callable[..., Prompt]
) -> None:
    """On PostgreSQL, `FOR UPDATE` waits for every row that refers to the prompt, and deadlocks."""
    for title in ("payment-wallet", "ticket-booking-system"):
        ask(title, article=Article.objects.get(slug=title))
    with CaptureQueriesContext(connection) as queries:
        merge_articles(article, Article.objects.get(slug="ticket-booking-system"))
    reads = [query["sql"] for query in queries if '"prompts_prompt"."question"' in query["sql"]]
    assert len(reads) == 2
    assert not [sql for sql in reads if "FOR UPDATE" in sql]
