"""Editors write prompts on the page of their article, and find them in a list of their own."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.history.records import records_of
from catalog.models import Article, Section
from catalog.prompts.models import Prompt
from tests.catalog.admin_pages import (
    act,
    address,
    errors,
    filled_in,
    hidden_fields,
    listed,
    messages,
    save,
    text_of,
)
from tests.catalog.prompts.conftest import SOURCE

Ask = Callable[..., Prompt]
pytestmark = pytest.mark.same_everywhere


def current(article: Article) -> list[tuple[int, str]]:
    prompts = Prompt.objects.of_article(article).current().in_order()
    return list(prompts.values_list("number", "question"))


def test_prompts_are_written_on_the_page_of_their_article(
    client: Client, article: Article, ask: Ask
) -> None:
    ask("Why one?")
    response = save(
        client,
        article,
        **{
            "prompts-1-question": "Why  \n two?",
            "prompts-1-answer": "First.\r\nSecond.",
            "prompts-1-source_lines": f"{SOURCE} \r\nhttps://doi.org/10.1145/1\r\n",
        },
    )
    assert response.status_code == 302, errors(response)
    assert current(article) == [(1, "Why one?"), (2, "Why two?")]
    written = Prompt.objects.get(number=2)
    assert written.answer == "First.\nSecond."
    assert [(source.title, source.url) for source in written.sources] == [
        ("RFC 9110", "https://www.rfc-editor.org/rfc/rfc9110"),
        ("https://doi.org/10.1145/1", "https://doi.org/10.1145/1"),
    ]
    record = records_of(Prompt).get(id=written.pk)
    assert (record.history_type, record.number) == ("+", 2)
    assert record.history_user is not None
    assert record.history_user.get_username() == "editor"


def test_an_unchanged_form_records_nothing(client: Client, article: Article, ask: Ask) -> None:
    ask("Why one?", source_lines=f"{SOURCE}\n{SOURCE}")
    count = records_of(Prompt).count()
    assert save(client, article).status_code == 302
    assert records_of(Prompt).count() == count


def test_typed_numbers_order_the_prompts(client: Client, article: Article, ask: Ask) -> None:
    for question in ("Why one?", "Why two?", "Why three?"):
        ask(question)
    save(client, article, **{"prompts-2-number": 1})
    assert current(article) == [(1, "Why three?"), (2, "Why one?"), (3, "Why two?")]
    save(client, article, **{"prompts-0-number": 3, "prompts-1-number": ""})
    assert current(article) == [(1, "Why one?"), (2, "Why two?"), (3, "Why three?")]


def test_prompts_are_retired_and_restored_on_the_page_of_their_article(
    client: Client, article: Article, ask: Ask
) -> None:
    one, _two = ask("Why one?"), ask("Why two?")
    save(client, article, **{"prompts-0-retire": "on"})
    assert current(article) == [(1, "Why two?")]
    one.refresh_from_db()
    retired_at = one.retired_at
    page = client.get(address(article, "change"))
    assert [row.instance.question for row in page.context["inline_admin_formsets"][1].formset] == [
        "Why two?",
        "Why one?",
        "",
    ]
    assert "Why one? Change : Why one? History : Why one? Retired since " in text_of(page)

    client.post(address(article, "change"), {**filled_in(page), "title": "Purse"})
    one.refresh_from_db()
    assert one.retired_at == retired_at

    values = filled_in(client.get(address(article, "change")))
    del values["prompts-1-retire"]
    client.post(address(article, "change"), values)
    assert current(article) == [(1, "Why one?"), (2, "Why two?")]
    kinds = records_of(Prompt).filter(id=one.pk).values_list("retired_at", flat=True)
    assert list(kinds) == [None, retired_at, None]


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("source_lines", "RFC 9110", "“RFC 9110” must end with an address"),
        ("source_lines", "A javascript:alert(1)", "must end with an address"),
        ("source_lines", "A https://ada:secret@example.org/", "a user name or a password"),
        ("source_lines", "A https://example.org:99999/", "The port must be 65535 or less"),
        ("answer", "", "This field is required."),
        ("answer", "a" * 1001, "at most 1000 characters"),
        ("question", "Q" * 301, "at most 300 characters"),
        ("question", "why ONE?", "Two prompts ask the same question."),
    ],
)
def test_a_prompt_that_cannot_be_used_is_refused(
    client: Client, article: Article, ask: Ask, name: str, value: str, refusal: str
) -> None:
    ask("Why one?")
    row = {"question": "Why two?", "answer": "Because.", "source_lines": SOURCE, name: value}
    response = save(client, article, **{f"prompts-1-{key}": text for key, text in row.items()})
    assert refusal in " ".join(errors(response))
    assert current(article) == [(1, "Why one?")]


def test_a_retired_question_may_be_asked_again(client: Client, article: Article, ask: Ask) -> None:
    ask("Why one?").retire()
    row = {"prompts-1-question": "Why one?", "prompts-1-answer": "Because."}
    assert save(client, article, **row).status_code == 302
    assert current(article) == [(1, "Why one?")]


def test_two_editors_of_the_prompts_compare_what_they_typed(
    client: Client, article: Article, ask: Ask
) -> None:
    ask("Why one?")
    form = filled_in(client.get(address(article, "change")))
    save(client, article, **{"prompts-0-answer": "Theirs."})
    changes = {"prompts-0-answer": "Mine.", "prompts-1-question": "Two?", "prompts-1-answer": "A."}
    response = client.post(address(article, "change"), {**form, **changes})
    comparison = response.context["comparison"]
    assert [(row.name, row.old, row.new) for row in comparison.differences] == [
        ("Why one?: Answer", "Theirs.", "Mine.")
    ]
    assert [row.title for row in comparison.new] == ["New row"]
    assert "editor saved it on " in text_of(response)
    assert Prompt.objects.get().answer == "Theirs."
    client.post(address(article, "change"), hidden_fields(response))
    assert list(Prompt.objects.in_order().values_list("answer", flat=True)) == ["Mine.", "A."]


def test_a_form_sent_twice_adds_its_prompt_once(client: Client, article: Article, ask: Ask) -> None:
    form = filled_in(client.get(address(article, "change")))
    form |= {"prompts-0-question": "Why one?", "prompts-0-answer": "Because."}
    for _time in range(2):
        assert client.post(address(article, "change"), form).status_code == 302
    assert current(article) == [(1, "Why one?")]


def test_a_prompt_is_reverted_in_its_history(client: Client, article: Article, ask: Ask) -> None:
    one, _two = ask("Why one?"), ask("Why two?")
    response = save(client, one, question="What one?", number=2)
    assert response.status_code == 302, errors(response)
    assert current(article) == [(1, "Why two?"), (2, "What one?")]
    first = records_of(Prompt).filter(id=one.pk).last()
    newest = records_of(Prompt).filter(id=one.pk).first()
    revert = f"{address(one, 'history')}{first.pk}/"
    response = client.post(revert, {"newest": newest.pk}, follow=True)
    assert messages(response)[-1].startswith("Reverted to the values of")
    assert current(article) == [(1, "Why one?"), (2, "Why two?")]


def test_the_history_of_an_article_shows_its_prompts(
    client: Client, article: Article, ask: Ask
) -> None:
    prompt = ask("Why one?")
    save(client, article, **{"prompts-0-answer": "So that."})
    page = client.get(address(article, "history"))
    assert "Changes of its prompts Why one?" in text_of(page)
    assert f'<a href="{address(prompt, "history")}">' in page.content.decode()
    assert [len(row["changes"]) for row in page.context["table_changes"][0]["changes"]] == [1, 0]


def test_prompts_are_retired_and_restored_in_their_list(
    client: Client, article: Article, ask: Ask
) -> None:
    one, two, _three = ask("Why one?"), ask("Why two?"), ask("Why three?")
    assert messages(act(client, "retire_selected", one, two, confirmed="yes")) == [
        "Retired: 2 prompts."
    ]
    assert current(article) == [(1, "Why three?")]
    assert messages(act(client, "restore_selected", two)) == ["Restored: 1 prompt."]
    assert sorted(question for _number, question in current(article)) == ["Why three?", "Why two?"]
    assert [number for number, _question in current(article)] == [1, 2]


def test_the_list_of_prompts_is_searched_and_filtered(
    client: Client, article: Article, ask: Ask
) -> None:
    ask("Why one?")
    ask("Why two?", source_lines="")
    ask("Why three?").retire()
    other = Article.objects.get(slug="distributed-cache-invalidation-service")
    ask("Why four?", article=other)

    def found(query: str) -> list[str]:
        return listed(client.get(f"{address(Prompt, 'changelist')}?{query}"))

    section = Section.objects.get(entries__article=article).slug
    assert found("q=two") == ["Why two?"]
    assert found("q=cache+invalidation") == ["Why four?"]
    assert found("sources=no") == ["Why two?"]
    assert found("sources=yes") == ["Why four?", "Why one?"]
    assert found(f"section={section}") == ["Why one?", "Why two?"]
    assert found(f"article__id__exact={other.pk}") == ["Why four?"]
    assert found("retired=yes") == ["Why three?"]
    assert found("section=nowhere&sources=perhaps") == ["Why four?", "Why one?", "Why two?"]


def test_who_may_only_see_prompts_changes_none(client: Client, article: Article, ask: Ask) -> None:
    ask("Why one?")
    user = User.objects.create_user("reader", is_staff=True)
    names = ["view_prompt", "view_article", "change_article"]
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))
    client.force_login(user)
    page = client.get(address(article, "change"))
    assert "Why one?" in text_of(page)
    assert "prompts-0-answer" not in page.content.decode()
    save(client, article, title="Purse", **{"prompts-0-answer": "Mine."})
    assert Prompt.objects.get().answer == "Why one? Because."


def test_the_form_takes_as_many_queries_for_many_prompts(
    client: Client, article: Article, ask: Ask
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(address(article, "change"))
        return len(captured)

    ask("Why 0?")
    queries()
    for_one = queries()
    for number in range(1, 9):
        ask(f"Why {number}?")
    assert queries() == for_one
