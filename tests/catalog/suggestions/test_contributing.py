"""Tests of the contributing page and its form."""

import re
from html import escape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Article, Section, Status
from catalog.suggestions.forms import OPEN_LIMIT
from catalog.suggestions.models import Suggestion
from tests.accounts.pages import Page

pytestmark = pytest.mark.usefixtures("playbook")

PATH = "/contributing/"
NEW = "https://example.org/how-a-lock-works"
ARTICLE = {"kind": "article", "title": "How a lock works", "url": NEW}
FIELDS = ("kind", "title", "url", "article__slug", "section__slug", "notes", "decision")


@pytest.fixture
def reader(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def stored() -> list[tuple[Any, ...]]:
    return list(Suggestion.objects.values_list(*FIELDS))


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return {
        name: [str(e) for e in field_errors]
        for name, field_errors in response.context["form"].errors.items()
    }


def create_draft(**values: Any) -> Article:
    draft = Status.objects.get(slug="draft")
    return Article.objects.create(title="Nobody knows of this yet", status=draft, **values)


# --- The page


def test_a_visitor_sees_how_to_contribute_and_a_sign_in_link_that_returns(client: Client) -> None:
    response = client.get(PATH, {"article": "payment-wallet"})
    page = Page(response)
    assert page.headings == ["Contributing"]
    assert "Add case studies & architectural diagrams." in page.text
    assert "Improve patterns with trade-offs & benchmarks." in page.text
    assert "Master the patterns." in page.text
    way_in = "/accounts/login/?next=/contributing/%3Farticle%3Dpayment-wallet"
    assert f'class="button" href="{way_in}"' in page.html
    assert f'{way_in.replace("login", "signup")}">Sign up</a>' in page.html
    assert "Your correction is about Payment Wallet." in page.text
    assert "Your correction is about" not in Page(client.get(PATH)).text
    assert [field["name"] for field in page.fields] == ["q"]
    assert response["Cache-Control"] == "private, no-store"


def test_a_visitor_who_posts_the_form_is_asked_to_sign_in(client: Client) -> None:
    response = client.post(PATH, ARTICLE)
    assert (response.status_code, response["Location"]) == (
        302,
        "/accounts/login/?next=/contributing/",
    )
    assert stored() == []


def test_every_field_has_a_label_and_the_form_needs_no_script(reader: Client) -> None:
    response = reader.get(PATH)
    page = Page(response)
    ours = [field for field in page.fields if field["name"] != "q"]
    assert [field["name"] for field in ours] == [
        "kind",
        "article",
        "title",
        "url",
        "section",
        "notes",
    ]
    assert {field["id"] for field in ours} <= page.labelled
    assert page.inline == []
    assert response["Cache-Control"] == "private, no-store"


def test_the_footer_and_the_article_page_link_to_the_form(client: Client) -> None:
    assert f'<a href="{PATH}">Contributing</a>' in client.get("/").content.decode()
    page = client.get("/articles/payment-wallet/").content.decode()
    assert f'<a href="{PATH}?article=payment-wallet" rel="nofollow">' in page


def test_a_link_from_an_article_selects_its_correction(reader: Client) -> None:
    form = reader.get(PATH, {"article": "payment-wallet"}).context["form"]
    assert form.initial == {"kind": "correction", "article": "payment-wallet"}


def test_the_form_takes_as_many_queries_with_many_suggestions_as_with_one(
    reader: Client, learner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader.get(PATH)
    for number in range(8):
        Suggestion.objects.create(learner=learner, kind="article", url=f"{NEW}-{number}")
    with django_assert_num_queries(5):
        reader.get(PATH)


# --- What is taken


@pytest.mark.parametrize("kind", ["article", "case-study"])
def test_a_suggested_article_is_stored_as_waiting(reader: Client, learner: User, kind: str) -> None:
    data = {**ARTICLE, "kind": kind, "section": "caching", "notes": "It is clear."}
    response = reader.post(PATH, data)
    assert (response.status_code, response["Location"]) == (302, "/me/")
    assert stored() == [(kind, "How a lock works", NEW, None, "caching", "It is clear.", "waiting")]
    assert Suggestion.objects.get().learner == learner
    assert "An editor will review your suggestion." in Page(reader.get("/me/")).text


def test_the_chosen_article_is_ignored_unless_the_kind_is_correction(reader: Client) -> None:
    reader.post(PATH, {**ARTICLE, "article": "payment-wallet"})
    assert stored() == [("article", "How a lock works", NEW, None, None, "", "waiting")]


@pytest.mark.parametrize(
    "data", [{"title": "A wallet"}, {"url": NEW}, {"notes": "A word is wrong."}]
)
def test_a_correction_may_have_any_one_detail(reader: Client, data: dict[str, str]) -> None:
    reader.post(PATH, {"kind": "correction", "article": "payment-wallet", **data})
    whole = {"title": "", "url": "", "notes": "", **data}
    assert stored() == [
        (
            "correction",
            whole["title"],
            whole["url"],
            "payment-wallet",
            None,
            whole["notes"],
            "waiting",
        )
    ]


def test_a_correction_may_have_the_articles_own_address_in_another_form(reader: Client) -> None:
    url = Article.objects.get(slug="payment-wallet").url.replace("https://", "http://")
    reader.post(PATH, {"kind": "correction", "article": "payment-wallet", "url": url})
    assert [suggestion[2] for suggestion in stored()] == [url]


def test_tracking_parameters_are_not_stored(reader: Client) -> None:
    url = f"{NEW}?page=2&utm_source=mail&utm_medium=x&mc_cid=feed#part"
    reader.post(PATH, {**ARTICLE, "url": url})
    assert Suggestion.objects.get().url == f"{NEW}?page=2#part"


@pytest.mark.parametrize("kind", ["article", "case-study", "correction"])
def test_each_kind_has_its_own_hints(reader: Client, kind: str) -> None:
    html = reader.get(PATH).content.decode()
    words_of = (
        rf'<span data-kind="[^"]*\b{kind}\b[^"]*"><span class="kind-name">.*?</span>(.*?)</span>'
    )
    helps = re.findall(r'id="id_(\w+)_helptext">(.*?)</div>', html)
    hints = {field: re.findall(words_of, help_text) for field, help_text in helps}
    needed = {field for field, texts in hints.items() if texts and texts[0].startswith("Required")}
    assert needed == ({"article"} if kind == "correction" else {"title", "url"})
    assert [field for field, texts in hints.items() if len(texts) != 1] == (
        [] if kind == "correction" else ["article"]
    )


def test_the_address_field_is_text_with_an_example(reader: Client) -> None:
    field = Page(reader.get(PATH)).field("url")
    assert (field["type"], field["inputmode"]) == ("text", "url")
    assert field["placeholder"] == "https://example.org/article"


# --- What is refused

FIX = {"kind": "correction", "article": "payment-wallet"}


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({**ARTICLE, "kind": ""}, "kind", "Choose what you suggest."),
        ({**ARTICLE, "kind": "poem"}, "kind", "Select a valid choice"),
        ({**ARTICLE, "title": " "}, "title", "Enter the title."),
        ({**ARTICLE, "title": "x" * 251}, "title", "at most 250 characters"),
        ({**ARTICLE, "title": "a\0b"}, "title", "Null characters"),
        ({**ARTICLE, "url": ""}, "url", "Enter the address."),
        ({**ARTICLE, "kind": "case-study", "url": ""}, "url", "Enter the address."),
        ({**ARTICLE, "url": "javascript:alert(1)"}, "url", "Enter a web address"),
        (
            {**ARTICLE, "url": "foo"},
            "url",
            "Enter a web address, such as https://example.org/article.",
        ),
        ({**ARTICLE, "url": "ftp://example.org/a"}, "url", "Enter a web address"),
        (
            {**ARTICLE, "url": "https://me:secret@example.org/"},
            "url",
            "must not contain a user name",
        ),
        ({**ARTICLE, "url": "https://example.org:99999/"}, "url", "The port must be 65535 or less"),
        ({**ARTICLE, "url": f"{NEW}{'x' * 2000}"}, "url", "at most 2000 characters"),
        ({**ARTICLE, "section": "no-such"}, "section", "Choose a section from the list."),
        ({**ARTICLE, "notes": "x" * 2001}, "notes", "at most 2000 characters"),
        ({**FIX, "article": "", "notes": "Wrong."}, "article", "Choose the article to correct."),
        (
            {**FIX, "article": "no-such", "notes": "Wrong."},
            "article",
            "Choose an article from the list.",
        ),
        (FIX, "notes", "Say what is wrong here"),
    ],
)
def test_an_invalid_value_gets_an_error_at_its_field(
    reader: Client, data: dict[str, str], field: str, message: str
) -> None:
    response = reader.post(PATH, data)
    form_errors = errors(response)
    assert list(form_errors) == [field]
    assert len(form_errors[field]) == 1
    assert message in form_errors[field][0]
    html = response.content.decode()
    assert f'aria-describedby="id_{field}' in html
    assert f'<a href="#id_{field}">' in html
    assert stored() == []


def test_typed_values_are_kept(reader: Client) -> None:
    data = {**ARTICLE, "url": "nothing", "section": "caching", "notes": "Because <of> it."}
    html = reader.post(PATH, data).content.decode()
    for value in ('value="How a lock works"', 'value="nothing"', "Because &lt;of&gt; it."):
        assert value in html
    assert '<option value="caching" selected>' in html
    assert '<option value="article" selected>' in html


@pytest.mark.parametrize("kind", ["article", "case-study"])
def test_a_known_address_is_refused_with_a_link_to_its_article(reader: Client, kind: str) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    url = wallet.url.replace("https://", "http://www.") + "?utm_source=mail#top"
    if "medium.com" in wallet.url:
        url = f"https://medium.com/@somebody/renamed-{wallet.key.removeprefix('medium:')}"
    form_errors = errors(reader.post(PATH, {**ARTICLE, "kind": kind, "url": url}))
    title = escape(wallet.title)
    link = f'<a href="/articles/payment-wallet/">{title}</a>'
    assert form_errors == {"url": [f"This article is already in the playbook: {link}."]}
    assert stored() == []


def test_an_earlier_address_of_an_article_is_refused(reader: Client) -> None:
    article = Article.objects.create(
        title="Old", url=NEW, status=Status.objects.get(slug="published")
    )
    article.url = "https://example.org/moved"
    article.save()
    form_errors = errors(reader.post(PATH, ARTICLE))
    assert form_errors == {
        "url": ['This article is already in the playbook: <a href="/articles/old/">Old</a>.']
    }


def test_the_address_of_a_retired_article_is_refused_as_removed(reader: Client) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    wallet.retire()
    link = f'<a href="/articles/payment-wallet/">{escape(wallet.title)}</a>'
    assert errors(reader.post(PATH, {**ARTICLE, "url": wallet.url})) == {
        "url": [f"This article was removed from the playbook: {link}."]
    }


@pytest.mark.parametrize("retired", [False, True])
@pytest.mark.parametrize("kind", ["article", "correction"])
def test_the_address_of_a_draft_is_refused_without_naming_it(
    reader: Client, kind: str, retired: bool
) -> None:
    draft = create_draft(url=NEW, retired_at=timezone.now() if retired else None)
    data = {**ARTICLE, "kind": kind, "article": "payment-wallet"}
    response = reader.post(PATH, data)
    assert errors(response) == {"url": ["The editors already know this article. Thank you."]}
    for secret in (draft.title, draft.slug):
        assert secret not in response.content.decode()
    assert stored() == []


def test_an_editor_gets_a_link_to_the_draft(client: Client, editor: User) -> None:
    create_draft(url=NEW)
    client.force_login(editor)
    link = '<a href="/articles/nobody-knows-of-this-yet/">Nobody knows of this yet</a>'
    assert errors(client.post(PATH, ARTICLE)) == {
        "url": [f"This article is already in the playbook: {link}."]
    }


@pytest.mark.parametrize("who", ["visitor", "learner"])
def test_drafts_are_not_on_the_page_and_cannot_be_chosen(
    client: Client, learner: User, who: str
) -> None:
    draft = create_draft()
    if who == "learner":
        client.force_login(learner)
    for query in ({}, {"article": draft.slug}):
        page = Page(client.get(PATH, query))
        assert draft.title not in page.html
        assert 'value="correction" selected' not in page.html
    if who == "learner":
        data = {"kind": "correction", "article": draft.slug, "notes": "Wrong."}
        response = client.post(PATH, data)
        assert list(errors(response)) == ["article"]
        assert draft.title not in response.content.decode()
        assert stored() == []


def test_a_correction_cannot_take_the_address_of_another_article(reader: Client) -> None:
    other = Article.objects.exclude(slug="payment-wallet").exclude(url="")[0]
    form_errors = errors(reader.post(PATH, {**FIX, "url": other.url}))
    assert list(form_errors) == ["url"]
    assert f'<a href="{other.get_absolute_url()}">' in form_errors["url"][0]
    assert stored() == []


def test_titles_are_escaped(reader: Client) -> None:
    evil = "<script>alert(1)</script>"
    Article.objects.create(title=evil, url=NEW, status=Status.objects.get(slug="published"))
    for response in (reader.get(PATH), reader.post(PATH, {**ARTICLE, "title": evil})):
        assert evil not in response.content.decode()
        assert escape(evil) in response.content.decode()


# --- Not twice, and not without end

AGAIN = "You have already suggested this. An editor will review it."


def test_the_same_address_cannot_be_suggested_twice(reader: Client) -> None:
    reader.post(PATH, ARTICLE)
    other_words = {**ARTICLE, "kind": "case-study", "title": "Locks", "url": f"{NEW}/?utm_source=x"}
    assert errors(reader.post(PATH, other_words)) == {"url": [AGAIN]}
    assert len(stored()) == 1


def test_an_equal_correction_is_refused_and_a_different_one_stored(reader: Client) -> None:
    data = {**FIX, "notes": "A word is wrong."}
    reader.post(PATH, data)
    assert errors(reader.post(PATH, data)) == {"article": [AGAIN]}
    reader.post(PATH, {**data, "notes": "Another word is wrong."})
    assert [row[5] for row in stored()] == ["A word is wrong.", "Another word is wrong."]


def test_two_learners_may_suggest_the_same(reader: Client, editor: User) -> None:
    Suggestion.objects.create(learner=editor, kind="article", title="Theirs", url=NEW)
    assert AGAIN not in reader.post(PATH, ARTICLE, follow=True).content.decode()
    assert len(stored()) == 2


def test_a_decided_suggestion_may_be_made_again(reader: Client, editor: User) -> None:
    reader.post(PATH, ARTICLE)
    Suggestion.objects.update(decision="declined", decided_at=timezone.now())
    assert reader.post(PATH, ARTICLE).status_code == 302
    assert [row[-1] for row in stored()] == ["declined", "waiting"]


def test_waiting_suggestions_are_limited(reader: Client, learner: User, editor: User) -> None:
    for number in range(OPEN_LIMIT):
        for user in (learner, editor):
            Suggestion.objects.create(learner=user, kind="article", url=f"{NEW}-{number}")
    form_errors = errors(reader.post(PATH, ARTICLE))
    assert list(form_errors) == ["__all__"]
    assert form_errors["__all__"][0].startswith("10 of your suggestions are waiting for an editor.")
    newest = Suggestion.objects.for_user(learner).newest_first()[0]
    Suggestion.objects.filter(pk=newest.pk).update(decision="declined", decided_at=timezone.now())
    assert reader.post(PATH, ARTICLE).status_code == 302


def test_a_retired_section_cannot_be_chosen(reader: Client) -> None:
    Section.objects.get(slug="caching").retire()
    assert list(errors(reader.post(PATH, {**ARTICLE, "section": "caching"}))) == ["section"]
