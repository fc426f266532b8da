"""Merging a duplicate article into the article that is kept."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.history.records import records_of
from catalog.merging import merge_articles
from catalog.models import Alias, Article, Entry, Section, Status
from progress.learner import LearnerProgress
from progress.states import StateName
from tests.catalog.admin_pages import act, address, filled_in, messages, text_of

MERGE = "/admin/catalog/article/merge/"

pytestmark = pytest.mark.usefixtures("playbook")


@pytest.fixture
def kept() -> Article:
    return Article.objects.get(slug="payment-wallet")


@pytest.fixture
def duplicate() -> Article:
    return Article.objects.get(slug="ticket-booking-system")


@pytest.fixture
def editing(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def numbers(section: Section) -> list[int]:
    return [entry.number for entry in section.entries.current()]


def move_to_caching(article: Article) -> None:
    """Move the article's entries to a section that does not list the article that is kept."""
    article.entries.all().update(section=Section.objects.get(slug="caching"), number=99)


def test_the_kept_article_gets_the_aliases_and_entries(kept: Article, duplicate: Article) -> None:
    move_to_caching(duplicate)
    keys = {alias.key for article in (kept, duplicate) for alias in article.aliases.all()}
    places = set(duplicate.entries.values_list("pk", flat=True))
    merge_articles(kept, duplicate)
    duplicate.refresh_from_db()
    assert (duplicate.is_retired, duplicate.merged_into) == (True, kept)
    assert {alias.key for alias in kept.aliases.all()} == keys
    assert not duplicate.aliases.exists()
    assert places <= set(kept.entries.filter(retired_at=None).values_list("pk", flat=True))
    assert not duplicate.entries.exists()


def test_a_section_that_listed_both_articles_lists_the_kept_one_once(
    kept: Article, duplicate: Article
) -> None:
    mine, theirs = kept.entries.get(), duplicate.entries.get()
    assert mine.section == theirs.section
    assert mine.title != theirs.title
    count = mine.section.entries.current().count()
    merge_articles(kept, duplicate)
    theirs.refresh_from_db()
    assert (theirs.is_retired, theirs.article) == (True, kept)
    assert list(kept.entries.current()) == [mine]
    assert numbers(mine.section) == list(range(1, count))


@pytest.mark.parametrize("has_link", [True, False])
def test_a_kept_article_without_a_link_gets_the_duplicates(
    editing: Client, kept: Article, duplicate: Article, has_link: bool
) -> None:
    if not has_link:
        kept.url = ""
        kept.save()
    expected = kept.url or duplicate.url
    message = f"The article that is kept has no link yet and gets {duplicate.url}."
    page = editing.get(MERGE, {"kept": kept.pk, "gone": duplicate.pk})
    assert (message in text_of(page)) is not has_link
    merge_articles(kept, duplicate)
    kept.refresh_from_db()
    assert kept.url == expected
    assert kept.aliases.filter(key=kept.key).exists()
    assert records_of(Article).filter(id=kept.pk).first().url == expected


def test_entries_of_a_retired_duplicate_stay_retired(kept: Article, duplicate: Article) -> None:
    duplicate.retire()
    before = set(Entry.objects.listed().values_list("pk", flat=True))
    merge_articles(kept, duplicate)
    assert set(Entry.objects.listed().values_list("pk", flat=True)) == before


def test_the_duplicates_address_redirects_to_the_kept_article(
    client: Client, kept: Article, duplicate: Article
) -> None:
    merge_articles(kept, duplicate)
    response = client.get(duplicate.get_absolute_url())
    assert (response.status_code, response["Location"]) == (301, kept.get_absolute_url())
    assert client.get(kept.get_absolute_url()).status_code == 200


def test_a_chain_of_merges_redirects_to_its_end(
    client: Client, kept: Article, duplicate: Article
) -> None:
    last = Article.objects.exclude(pk__in=[kept.pk, duplicate.pk])[0]
    merge_articles(kept, duplicate)
    merge_articles(last, kept)
    duplicate.refresh_from_db()
    assert duplicate.merged_into == last
    for article in (duplicate, kept):
        response = client.get(article.get_absolute_url())
        assert (response.status_code, response["Location"]) == (301, last.get_absolute_url())


def test_saving_a_merged_article_takes_no_key(kept: Article, duplicate: Article) -> None:
    merge_articles(kept, duplicate)
    before = set(Alias.objects.values_list("article", "key"))
    duplicate.save()
    duplicate.title, duplicate.url = "Another", ""
    duplicate.save()
    assert set(Alias.objects.values_list("article", "key")) == before


def test_the_duplicates_link_belongs_to_the_kept_article(kept: Article, duplicate: Article) -> None:
    merge_articles(kept, duplicate)
    again = Article(title="Again", url=duplicate.url, status=kept.status)
    with pytest.raises(ValidationError, match=kept.title):
        again.save()


def test_a_merged_article_cannot_be_restored(
    editing: Client, kept: Article, duplicate: Article
) -> None:
    merge_articles(kept, duplicate)
    with pytest.raises(ValidationError, match="It was merged into"):
        duplicate.restore()
    assert Article.objects.filter(pk=duplicate.pk).restore() == 0
    response = act(editing, "restore_selected", duplicate)
    assert messages(response)[0] == (
        f"“{duplicate.title}” stays retired, because it was merged into “{kept.title}”."
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=duplicate.pk).update(retired_at=None)
    duplicate.refresh_from_db()
    assert duplicate.is_retired


def test_a_merge_cannot_be_reverted(editing: Client, kept: Article, duplicate: Article) -> None:
    merge_articles(kept, duplicate)
    first = records_of(Article).filter(id=duplicate.pk).last()
    path = reverse("admin:catalog_article_revert", args=[duplicate.pk, first.pk])
    newest = records_of(Article).filter(id=duplicate.pk).first()
    assert editing.post(path, {"newest": newest.pk}).status_code == 403
    assert records_of(Article).filter(id=duplicate.pk).first() == newest
    history = editing.get(address(duplicate, "history"))
    assert history.status_code == 200
    assert len(history.context["records"]) > 1
    assert path not in history.content.decode()


@pytest.mark.parametrize("case", ["itself", "merged", "into merged", "into retired"])
def test_articles_that_cannot_be_merged_are_refused(
    kept: Article, duplicate: Article, case: str
) -> None:
    other = Article.objects.exclude(pk__in=[kept.pk, duplicate.pk])[0]
    if case == "into retired":
        kept.retire()
    elif case != "itself":
        merge_articles(kept, duplicate)
    pairs = {
        "itself": (kept, kept),
        "merged": (other, duplicate),
        "into merged": (duplicate, other),
        "into retired": (kept, duplicate),
    }
    before = list(Article.objects.order_by("pk").values_list())
    with pytest.raises(ValidationError):
        merge_articles(*pairs[case])
    assert list(Article.objects.order_by("pk").values_list()) == before


def test_an_editor_sees_a_preview_and_merges(
    editing: Client, editor: User, kept: Article, duplicate: Article
) -> None:
    move_to_caching(duplicate)
    keys = {"kept": kept.pk, "gone": duplicate.pk}
    place = duplicate.entries.first()
    assert place is not None
    page = editing.get(MERGE, keys)
    assert (
        f"“{place.title}” in “{place.section}” will lead to the article that is kept."
        in text_of(page)
    )
    duplicate.refresh_from_db()
    assert not duplicate.is_retired
    response = editing.post(MERGE, keys, follow=True)
    assert messages(response) == [f"“{duplicate.title}” is merged into “{kept.title}”."]
    duplicate.refresh_from_db()
    assert duplicate.merged_into == kept
    messages_by_pk = {
        int(e.object_id or 0): e.change_message for e in LogEntry.objects.filter(user=editor)
    }
    assert messages_by_pk == {
        kept.pk: f"“{duplicate.title}” was merged into it.",
        duplicate.pk: f"Merged into “{kept.title}”.",
    }
    merged_record = records_of(Article).filter(id=duplicate.pk).first()
    assert (merged_record.history_user, merged_record.merged_into) == (editor, kept)
    assert merged_record.history_change_reason == f"Merged into “{kept.title}”."
    records = editing.get(address(duplicate, "history")).context["records"]
    assert ("Merged into", "–", kept.title) in [
        (c.name, c.old, c.new) for c in records[0]["changes"]
    ]


def compared(page: Any) -> dict[str, list[str]]:
    """Return the cells of the preview's table, by row heading."""
    table = page.content.decode().split("merge-compared")[1].split("</table>")[0]
    rows = [
        [
            " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd](?: [^>]*)?>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in table.split("</tr>")
    ]
    return {row[0]: row[1:] for row in rows if row}


def test_the_preview_compares_both_articles(
    editing: Client, kept: Article, duplicate: Article
) -> None:
    duplicate.url = ""
    duplicate.status = Status.objects.get(slug="planned")
    duplicate.save()
    duplicate.entries.update(what_you_learn="Seats & locks")
    section = Section.objects.listed()[0]
    kept.entries.all().delete()
    Entry.objects.create(section=section, article=kept, title="Purse", what_you_learn="Money")
    Entry.objects.create(
        section=section, article=kept, title="Past", number=2, retired_at=kept.added_at
    )
    place = duplicate.entries.get()
    page = editing.get(MERGE, {"kept": kept.pk, "gone": duplicate.pk})
    assert compared(page) == {
        "": ["Keep this article", "Merge this article into it"],
        "Title": [kept.title, duplicate.title],
        "Link": [kept.url, "No link yet"],
        "Status": ["Published", "Planned"],
        "Sections": [f"{section}: “Purse”", str(place.section)],
        "What you’ll learn": ["Money", "Seats & locks"],
        "Learners": ["0", "0"],
    }
    text = text_of(page)
    assert "No learner has a state on either of them." in text
    assert "have a state" not in text
    assert f"The page {duplicate.get_absolute_url()} will lead to the article that is kept." in text


def test_the_preview_leaves_out_zero_counts(
    editing: Client, learner: User, kept: Article, duplicate: Article
) -> None:
    LearnerProgress(learner).set(duplicate, StateName.DONE)
    page = editing.get(MERGE, {"kept": kept.pk, "gone": duplicate.pk})
    preview = text_of(page).partition("For learners")[2]
    assert preview.startswith(
        " 1 learner has a state on the article that is merged into it. After the merge, “Done”: 1"
    )
    assert compared(page)["Learners"] == ["0", "1"]


def test_the_kept_article_and_the_duplicate_can_be_swapped(
    editing: Client, kept: Article, duplicate: Article
) -> None:
    page = editing.get(MERGE, {"kept": kept.pk, "gone": duplicate.pk})
    swapped = follow(editing, page, "Swap the two articles")
    assert (swapped.context["kept"], swapped.context["duplicate"]) == (duplicate, kept)
    duplicate.retire()
    page = editing.get(MERGE, {"kept": kept.pk, "gone": duplicate.pk})
    assert "Swap the two articles" not in text_of(page)
    assert compared(page)["Status"] == ["Published", "Published, retired"]


def test_aliases_are_described_in_words(editing: Client, kept: Article, duplicate: Article) -> None:
    duplicate.aliases.all().delete()
    for key in [
        "medium:0123456789ab",
        "url:example.org/x?y=z",
        "title:the seat",
        "url:sha256:0a1b",
    ]:
        Alias.objects.create(article=duplicate, key=key)
    page = editing.get(MERGE, {"kept": kept.pk, "gone": duplicate.pk})
    assert page.context["keys"] == [
        "The Medium post 0123456789ab will lead to the article that is kept.",
        "The link example.org/x?y=z will lead to the article that is kept.",
        "Without a link, the title “the seat” will lead to the article that is kept.",
        "A long link will lead to the article that is kept.",
    ]
    for description in page.context["keys"]:
        assert description in text_of(page)


@pytest.mark.parametrize(
    ("title", "place", "is_warned"),
    [
        ("Ticket Booking System", "Ticket Booking System", True),
        ("Wallet: Payment", "Ticket Booking System", False),
        ("Ticket Booking System", "The Payment-Wallet", False),
    ],
)
def test_dissimilar_articles_cause_a_warning(
    editing: Client, kept: Article, duplicate: Article, title: str, place: str, is_warned: bool
) -> None:
    duplicate.title = title
    duplicate.save()
    duplicate.entries.update(title=place)
    page = editing.get(MERGE, {"kept": kept.pk, "gone": duplicate.pk})
    assert ("Their titles are not similar" in text_of(page)) is is_warned
    assert 'class="for-good" value="Merge permanently"' in page.content.decode()


def test_a_merge_sent_twice_is_done_once(
    editing: Client, kept: Article, duplicate: Article
) -> None:
    keys = {"kept": kept.pk, "gone": duplicate.pk}
    editing.post(MERGE, keys)
    response = editing.post(MERGE, keys, follow=True)
    assert response.redirect_chain == [(address(kept, "change"), 302)]
    assert messages(response)[-1] == "These articles are already merged."
    swapped = editing.post(MERGE, {"kept": duplicate.pk, "gone": kept.pk})
    assert swapped.status_code == 200
    assert LogEntry.objects.count() == 2


def test_two_articles_can_be_chosen_in_the_list(
    editing: Client, kept: Article, duplicate: Article
) -> None:
    response = act(editing, "merge_selected", kept, duplicate)
    form = response.context["form"]
    assert {form.cleaned_data["kept"], form.cleaned_data["gone"]} == {kept, duplicate}
    assert messages(act(editing, "merge_selected", kept)) == ["Choose two articles to merge."]


def test_the_page_of_a_merged_article_links_to_the_kept_one(
    editing: Client, kept: Article, duplicate: Article
) -> None:
    assert "Merged into" not in text_of(editing.get(address(duplicate, "change")))
    merge_articles(kept, duplicate)
    page = editing.get(address(duplicate, "change"))
    assert f"Merged into: {kept.title}" in text_of(page)
    assert f'<a href="{address(kept, "change")}">{kept.title}</a>' in page.content.decode()


def controls(page: Any) -> list[str]:
    """Return the names of the visible controls of the main form."""
    form = page.content.decode().split('id="article_form"')[1].split("</form>")[0]
    names = re.findall(r'<(?:input|select|textarea|button)[^>]*\bname="([^"]+)"', form)
    own = {"csrfmiddlewaretoken", "_opened"}
    return [name for name in names if name not in own and not name.endswith("_FORMS")]


def test_the_page_of_a_merged_article_is_read_only(
    editing: Client, kept: Article, duplicate: Article
) -> None:
    assert "_save" in controls(editing.get(address(duplicate, "change")))
    Entry.objects.filter(article=duplicate).update(title="A place of its own")
    merge_articles(kept, duplicate)
    page = editing.get(address(duplicate, "change"))
    assert controls(page) == []
    html = page.content.decode()
    message = (
        f'It was merged into <a href="{address(kept, "change")}">{kept.title}</a>. Change that'
    )
    assert html.count(message) == 1
    assert html.index(message) < html.index("field-title")
    assert address(duplicate, "history") in html
    assert address(duplicate, "delete") not in html
    assert f"{MERGE}?kept={duplicate.pk}" not in html
    assert editing.get(address(duplicate, "delete")).status_code == 403
    assert "It was merged into" not in text_of(editing.get(address(kept, "change")))


@pytest.mark.parametrize("more", [{}, {"_restore": "1"}])
def test_a_form_opened_before_the_merge_saves_nothing(
    editing: Client, kept: Article, duplicate: Article, more: dict[str, str]
) -> None:
    form = filled_in(editing.get(address(duplicate, "change")))
    merge_articles(kept, duplicate)
    before = list(Article.objects.order_by("pk").values_list())
    path = address(duplicate, "change")
    response = editing.post(path, {**form, "title": "Mine", **more}, follow=True)
    assert response.redirect_chain == [(path, 302)]
    link = f'<a href="{address(kept, "change")}">{kept.title}</a>'
    assert messages(response) == [f"It was merged into {link}. Change that article instead."]
    assert list(Article.objects.order_by("pk").values_list()) == before


def rows_of(page: Any) -> dict[str, str]:
    """Return what the unchanged list of articles would send."""
    formset = page.context["cl"].formset
    forms = [formset.management_form, *formset.forms]
    values = {field.html_name: field.value() for form in forms for field in form}
    html = page.content.decode()
    values |= dict(re.findall(r'name="([^"]+-opened)" value="([^"]*)"', html))
    return {name: str(value) for name, value in values.items()} | {"_save": "Save"}


def test_a_merged_article_does_not_block_saving_the_list(
    editing: Client, kept: Article, duplicate: Article
) -> None:
    other = Article.objects.exclude(pk__in=[kept.pk, duplicate.pk])[0]
    other.retire()
    merge_articles(kept, duplicate)
    path = f"{address(Article, 'changelist')}?retired=yes"
    page = editing.get(path)
    sent = rows_of(page)
    places = {form.instance.pk: form.prefix for form in page.context["cl"].formset.forms}
    assert f"{places[duplicate.pk]}-status" not in sent
    assert duplicate.status.label in text_of(page)
    draft = Status.objects.get(slug="draft")
    response = editing.post(path, sent | {f"{places[other.pk]}-status": str(draft.pk)})
    assert response.status_code == 302
    other.refresh_from_db()
    assert other.status == draft


def test_a_list_opened_before_the_merge_does_not_change_the_article(
    editing: Client, kept: Article, duplicate: Article
) -> None:
    other = Article.objects.exclude(pk__in=[kept.pk, duplicate.pk])[0]
    path = f"{address(Article, 'changelist')}?retired=all"
    page = editing.get(path)
    [place] = [f.prefix for f in page.context["cl"].formset.forms if f.instance.pk == duplicate.pk]
    sent = rows_of(page)
    draft = Status.objects.get(slug="draft")
    merge_articles(kept, duplicate)
    refused = editing.post(path, sent | {f"{place}-status": str(draft.pk)})
    assert "It was merged into" in text_of(refused)
    duplicate.refresh_from_db()
    assert duplicate.status != draft
    assert editing.post(path, sent).status_code == 302
    assert not Article.objects.filter(pk__in=[other.pk, duplicate.pk], status=draft).exists()


def test_an_action_skips_a_merged_article_with_a_message(
    editing: Client, kept: Article, duplicate: Article
) -> None:
    other = Article.objects.exclude(pk__in=[kept.pk, duplicate.pk])[0]
    merge_articles(kept, duplicate)
    messages_shown = messages(act(editing, "move_to_draft", duplicate))
    assert [
        message.startswith(f"“{duplicate.title}”: It was merged into") for message in messages_shown
    ] == [True]
    messages_shown = messages(act(editing, "move_to_draft", duplicate, other))
    assert messages_shown[1:] == ["Draft: 1 article."]
    for article in (duplicate, other):
        article.refresh_from_db()
    assert (duplicate.status.slug, other.status.slug) == ("published", "draft")


def test_an_article_page_links_to_merging(editing: Client, kept: Article) -> None:
    assert f"{MERGE}?kept={kept.pk}" in editing.get(address(kept, "change")).content.decode()
    assert editing.get(MERGE, {"kept": kept.pk}).status_code == 200


def slugs_found(page: Any, name: str) -> list[str]:
    [side] = [side for side in page.context["sides"] if side.choice.name == name]
    return [article.slug for _address, article in side.results]


def follow(client: Client, page: Any, label: str) -> Any:
    """Follow the link whose text begins with the label."""
    links = re.findall(r'<a href="([^"]+)">\s*(.*?)\s*</a>', page.content.decode(), re.DOTALL)
    [link] = [link for link, text in links if text.startswith(label) and link.startswith(MERGE)]
    return client.get(unescape(link))


def test_both_articles_can_be_searched_for_and_chosen(
    editing: Client, kept: Article, duplicate: Article
) -> None:
    page = editing.get(MERGE)
    assert (slugs_found(page, "kept"), slugs_found(page, "gone")) == ([], [])
    page = editing.get(MERGE, {"find_kept": "wallet", "find_gone": "wallet ticket"})
    assert slugs_found(page, "kept") == [kept.slug]
    assert text_of(page).count("No articles match this search.") == 1
    page = follow(editing, page, kept.title)
    assert 'value="wallet ticket"' in page.content.decode()
    page = editing.get(f"{MERGE}?kept={kept.pk}&{urlencode({'find_gone': duplicate.url})}")
    page = follow(editing, page, duplicate.title)
    assert page.context["learners"]
    assert f"Merge “{duplicate.title}” into “{kept.title}”" in text_of(page)
    page = editing.get(MERGE, {"kept": kept.pk, "gone": duplicate.pk})
    [without_kept, _] = [side.without for side in page.context["sides"]]
    page = editing.get(without_kept)
    assert [side.chosen for side in page.context["sides"]] == [None, duplicate]


def test_the_search_finds_only_mergeable_articles(
    editing: Client, kept: Article, duplicate: Article
) -> None:
    """A retired article can only be the duplicate, and a chosen article is not offered again."""
    duplicate.retire()
    page = editing.get(MERGE, {"find_kept": duplicate.title, "find_gone": duplicate.title})
    assert (slugs_found(page, "kept"), slugs_found(page, "gone")) == ([], [duplicate.slug])
    page = editing.get(f"{MERGE}?kept={kept.pk}&find_gone=payment+wallet")
    assert slugs_found(page, "gone") == []
    merge_articles(kept, duplicate)
    # By the place that it has now from the other one.
    assert slugs_found(editing.get(MERGE, {"find_gone": duplicate.title}), "gone") == [kept.slug]


def test_the_search_lists_an_article_with_many_entries_once(editing: Client, kept: Article) -> None:
    for number, section in enumerate(Section.objects.all()[:5]):
        Entry.objects.create(section=section, article=kept, title=f"Purse of {number}", number=1)
    assert slugs_found(editing.get(MERGE, {"find_kept": "purse"}), "kept") == [kept.slug]


@pytest.mark.parametrize("count", [30, 300])
def test_the_search_lists_a_limited_number(
    editing: Client,
    kept: Article,
    duplicate: Article,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    Article.objects.bulk_create(
        Article(title=f"Copy {number:04}", slug=f"copy-{number}", status=kept.status)
        for number in range(count)
    )
    editing.get("/")  # begins the editor's visit
    # Six, and one for the suggestions that match each search.
    with django_assert_num_queries(8):
        page = editing.get(MERGE, {"find_kept": "copy", "find_gone": "copy 0001"})
    assert slugs_found(page, "kept") == [f"copy-{number}" for number in range(20)]
    assert slugs_found(page, "gone") == ["copy-1"]
    assert text_of(page).count("There are more") == 1
    page = editing.get(MERGE, {"kept": kept.pk, "gone": duplicate.pk})
    assert "Copy 0" not in text_of(page)


@pytest.mark.parametrize("term", ["\0", "x" * 201])
def test_an_invalid_search_is_reported(editing: Client, kept: Article, term: str) -> None:
    page = editing.get(f"{MERGE}?kept={kept.pk}&{urlencode({'find_gone': term})}")
    assert page.context["form"].errors["find_gone"]
    assert slugs_found(page, "gone") == []


@pytest.mark.parametrize("data", [{}, {"kept": "x", "gone": "y"}, {"kept": "1", "gone": "\0"}])
def test_invalid_choices_are_reported(editing: Client, data: dict[str, Any]) -> None:
    assert editing.get(MERGE, data).status_code == editing.post(MERGE, data).status_code == 200
    assert not Article.objects.exclude(merged_into=None).exists()


def test_merging_requires_permission(
    client: Client, learner: User, kept: Article, duplicate: Article
) -> None:
    client.force_login(learner)
    learner.is_staff = True
    learner.save()
    assert client.post(MERGE, {"kept": kept.pk, "gone": duplicate.pk}).status_code == 403
    duplicate.refresh_from_db()
    assert duplicate.merged_into is None
