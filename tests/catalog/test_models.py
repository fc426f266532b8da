import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from catalog.models import Alias, Article, Entry, Section, Status, article_slug

pytestmark = pytest.mark.usefixtures("playbook")


def new_article(**values: str) -> Article:
    values = {"title": "A new one", "url": "https://example.org/new", **values}
    return Article(status=Status.objects.get(slug="published"), **values)


def keys(article: Article) -> list[str]:
    return list(article.aliases.values_list("key", flat=True))


def test_an_article_keeps_its_identity_when_it_gets_a_link() -> None:
    article = new_article(title="Not Out Yet", url="")
    article.save()
    article.url = "https://medium.com/p/abcdef012345"
    article.save()
    assert keys(article) == ["title:not out yet", "medium:abcdef012345"]


def test_an_article_keeps_every_key_that_it_had() -> None:
    article = new_article()
    article.save()
    article.url = "https://example.org/moved"
    article.save()
    article.url = "https://example.org/new"
    article.save()
    assert keys(article) == ["url:example.org/new", "url:example.org/moved"]


def test_a_key_of_another_article_is_refused_with_a_link_to_it() -> None:
    other = Article.objects.get(title="Payment Wallet")
    article = new_article(url="https://medium.com/somewhere/else-5b7901edee81?source=mail")
    with pytest.raises(ValidationError) as refusal:
        article.full_clean()
    message = (
        f'This is already the article <a href="/admin/catalog/article/{other.pk}/change/">'
        "Payment Wallet</a>. List that article here instead."
    )
    assert refusal.value.message_dict == {"url": [message]}


def test_a_key_of_another_article_is_never_saved() -> None:
    with pytest.raises(ValidationError):
        new_article(url="https://medium.com/p/5b7901edee81").save()
    assert not Article.objects.filter(title="A new one").exists()


def test_two_aliases_never_share_a_key() -> None:
    alias = Alias.objects.all()[0]
    other = Article.objects.exclude(pk=alias.article_id)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Alias.objects.create(article=other, key=alias.key)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/a",
        "javascript:alert(1)",
        "https://user:secret@example.org/a",
        "https://user@example.org/a",
        "not an address",
        "//example.org/a",
    ],
)
def test_a_link_must_be_http_without_credentials(url: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        new_article(url=url).full_clean()
    assert set(refusal.value.message_dict) == {"url"}


def test_the_database_refuses_other_schemes() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(title="Payment Wallet").update(url="javascript:alert(1)")


def test_a_slug_is_unique_and_made_once() -> None:
    article = new_article(title="Payment Wallet")
    article.save()
    assert article.slug == "payment-wallet-2"
    article.title = "Renamed"
    article.save()
    assert article.slug == "payment-wallet-2"
    assert article_slug("🗄") == "article"


def test_retired_articles_leave_the_tables_and_can_be_restored() -> None:
    article = Article.objects.get(title="Payment Wallet")
    identity = article.uuid
    article.retire()
    first_time = article.retired_at
    article.retire()
    assert article.retired_at == first_time
    assert not Entry.objects.listed().filter(article=article).exists()
    article.restore()
    assert Entry.objects.listed().get(article=article).article.uuid == identity


def test_entries_of_a_retired_section_are_not_listed() -> None:
    section = Section.objects.get(slug="caching")
    section.retire()
    assert Entry.objects.listed().count() == 39
    assert not Article.objects.listed().filter(entries__section=section).exists()
    assert Article.objects.count() == 39


def test_listed_rows_cannot_be_deleted() -> None:
    for thing in (Article.objects.first(), Section.objects.first(), Status.objects.first()):
        assert thing is not None
        with pytest.raises(ProtectedError):
            thing.delete()


def test_a_section_lists_an_article_once_under_one_title() -> None:
    entry = Entry.objects.first()
    assert entry is not None
    again = Entry(section=entry.section, article=entry.article, title=entry.title)
    with pytest.raises(ValidationError, match="under that title already"):
        again.full_clean()
    entry.retire()
    again.full_clean()


def test_the_database_refuses_a_countable_status_that_is_not_public() -> None:
    draft = Status.objects.get(slug="draft")
    draft.is_countable = True
    with pytest.raises(ValidationError, match="cannot count"):
        draft.full_clean()


def test_loading_the_playbook_again_changes_nothing() -> None:
    Article.objects.filter(title="Payment Wallet").update(title="An editor's title")
    call_command("load_playbook", verbosity=0)
    assert Article.objects.filter(title="An editor's title").exists()
    assert Article.objects.count() == 39


def test_rows_are_named_by_title_or_label() -> None:
    article = Article.objects.get(title="Payment Wallet")
    entry = article.entries.get()
    alias = article.aliases.get()
    things = (article, entry, alias, article.status, entry.section, entry.section.layer)
    assert [str(thing) for thing in things] == [
        "Payment Wallet",
        "Payment Wallet",
        "medium:5b7901edee81",
        "Published",
        "Domain Case Studies (Product Architectures)",
        "Domain Expertise",
    ]
    assert entry.get_absolute_url() == "/articles/payment-wallet/"
