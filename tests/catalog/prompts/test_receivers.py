from collections.abc import Callable

from catalog.history.records import records_of
from catalog.merging import merge_articles
from catalog.models import Article
from catalog.prompts.models import Prompt


def test_a_merge_appends_the_prompts_of_the_duplicate(
    article: Article, ask: Callable[..., Prompt]
) -> None:
    duplicate = Article.objects.get(slug="ticket-booking-system")
    ask("Kept one?")
    ask("Kept, retired?").retire()
    for number, question in enumerate(("Moved one?", "Moved two?"), start=1):
        ask(question, article=duplicate, number=number)
    merge_articles(article, duplicate)
    prompts = Prompt.objects.current().in_order()
    assert list(prompts.values_list("article", "number", "question")) == [
        (article.pk, 1, "Kept one?"),
        (article.pk, 2, "Moved one?"),
        (article.pk, 3, "Moved two?"),
    ]
    moved = prompts.get(question="Moved two?")
    assert records_of(Prompt).filter(id=moved.pk).first().article_id == article.pk
