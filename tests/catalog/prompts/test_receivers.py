from collections.abc import Callable

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
