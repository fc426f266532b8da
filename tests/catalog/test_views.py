import re
from datetime import UTC, datetime, timedelta
from html import escape, unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from catalog.models import Article, Entry, Layer, Section, Status
from tests.accounts.pages import Response

pytestmark = [pytest.mark.usefixtures("playbook"), pytest.mark.same_everywhere]

HTMX = {"HX-Request": "true"}


def text_of(response: Response) -> str:
    body = response.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def entry_titles(html: str) -> list[str]:
    return [unescape(title) for title in re.findall(r'<a id="title-\d+"[^>]*>(.*?)</a>', html)]


def test_the_roadmap_shows_every_layer_section_and_entry(client: Client) -> None:
    html = client.get("/").content.decode()
    assert entry_titles(html) == [
        entry.title for entry in Entry.objects.listed().in_journey_order()
    ]
    for thing in (*Layer.objects.all(), *Section.objects.all()):
        assert thing.title.replace("&", "&amp;") in html


def test_the_roadmap_can_show_chosen_layers(client: Client) -> None:
    html = client.get("/?layer=foundation-layer&layer=domain-expertise").content.decode()
    assert len(entry_titles(html)) == 3 + 11
    tabs = re.findall(r'<a href="([^"]+)" id="tab-([a-z-]+)"[^>]*?( aria-current="true")?>', html)
    foundation, domain = "layer=foundation-layer", "layer=domain-expertise"
    assert [(unescape(address), slug, bool(current)) for address, slug, current in tabs] == [
        (f"/?{domain}", "foundation-layer", True),
        (f"/?{foundation}&layer=data-mastery&{domain}", "data-mastery", False),
        (f"/?{foundation}&layer=scale-reliability&{domain}", "scale-reliability", False),
        (f"/?{foundation}", "domain-expertise", True),
    ]


def test_choosing_the_last_missing_layer_shows_all_of_them(client: Client) -> None:
    query = "&".join(f"layer={layer.slug}" for layer in Layer.objects.exclude(slug="data-mastery"))
    html = client.get(f"/?{query}").content.decode()
    assert '<a href="/" id="tab-data-mastery"' in html
    assert "aria-current" not in client.get("/").content.decode().partition('class="layer-tabs')[2]


def test_a_layer_that_does_not_exist_is_ignored_and_named(client: Client) -> None:
    response = client.get("/?layer=<b>nope</b>")
    assert len(entry_titles(response.content.decode())) == 43
    assert "“<b>nope</b>” is not a choice for “Layer” and was ignored." in text_of(response)


def test_the_roadmap_fragment_is_only_the_playbook(client: Client) -> None:
    fragment = client.get("/?layer=data-mastery", headers={**HTMX, "HX-Target": "playbook"})
    assert fragment.content.decode().strip().startswith('<div id="playbook">')
    assert "<html" not in fragment.content.decode()


@pytest.mark.parametrize("path", ["/", "/articles/"])
def test_both_variants_vary_and_going_back_gets_the_whole_page(client: Client, path: str) -> None:
    target = "playbook" if path == "/" else "results"
    headers = {**HTMX, "HX-Target": target}
    whole = client.get(path)
    fragment = client.get(path, headers=headers)
    restored = client.get(path, headers={**headers, "HX-History-Restore-Request": "true"})
    for response in (whole, fragment, restored):
        assert {"HX-Request", "HX-Target", "HX-History-Restore-Request"} <= set(
            response["Vary"].split(", ")
        )
    assert ["<html" in r.content.decode() for r in (whole, fragment, restored)] == [
        True,
        False,
        True,
    ]


def test_the_table_filters_and_counts(client: Client) -> None:
    response = client.get("/articles/?section=feeds-fan-out")
    assert "5 entries, 4 articles" in text_of(response)
    assert len(entry_titles(response.content.decode())) == 5


def test_an_address_with_defaults_redirects_to_the_canonical_one(client: Client) -> None:
    response = client.get("/articles/?q=&order=journey&layer=data-mastery")
    assert (response.status_code, response["Location"]) == (302, "/articles/?layer=data-mastery")
    assert client.get("/articles/?order=journey")["Location"] == "/articles/"


def test_the_server_pushes_the_canonical_address(client: Client) -> None:
    headers = {**HTMX, "HX-Target": "results"}
    response = client.get("/articles/?q=cache&order=journey", headers=headers)
    assert response["HX-Push-Url"] == "/articles/?q=cache"


@pytest.mark.parametrize(
    ("shown", "asked", "header"),
    [
        ("/articles/", "?q=cache&order=journey", "HX-Push-Url"),
        ("/articles/?q=cach", "?q=cache&order=journey", "HX-Replace-Url"),
        ("/articles/?q=cach&page=2", "?q=cache", "HX-Replace-Url"),
        ("/articles/?layer=data-mastery&q=c", "?q=ca&layer=data-mastery", "HX-Replace-Url"),
        ("/articles/?q=cach&state=todo", "?q=cache&state=todo", "HX-Replace-Url"),
        ("/articles/?q=cache", "?q=cache&layer=data-mastery", "HX-Push-Url"),
        ("/articles/?q=cache", "?q=cache&order=title", "HX-Push-Url"),
        ("/articles/?q=cache", "?q=", "HX-Push-Url"),
        ("http://[", "?q=cache", "HX-Push-Url"),
    ],
)
def test_typing_on_replaces_the_address_and_all_else_is_a_step_back(
    client: Client, shown: str, asked: str, header: str
) -> None:
    headers = {**HTMX, "HX-Target": "results", "HX-Current-URL": shown}
    for _cached in range(2):
        response = client.get(f"/articles/{asked}", headers=headers)
        addresses = {name for name in ("HX-Push-Url", "HX-Replace-Url") if name in response}
        assert addresses == {header}
    assert "HX-Current-URL" in response["Vary"]
    assert client.get("/articles/")["Vary"] == response["Vary"]


def test_a_change_of_filters_updates_all_but_the_search_field(client: Client) -> None:
    fragment = client.get("/articles/?q=cachng", headers={**HTMX, "HX-Target": "results"})
    html = fragment.content.decode()
    assert re.findall(r'id="([\w-]+)"[^>]* hx-swap-oob=', html) == [
        "filter-chips",
        "result-count",
        *(f"choices-{name}" for name in ("layer", "section", "status", "state")),
    ]
    assert 'id="filter-q"' not in html
    assert "hx-swap-oob" not in client.get("/articles/?q=cachng").content.decode()


def test_each_choice_is_shown_with_its_number(client: Client) -> None:
    text = text_of(client.get("/articles/?layer=foundation-layer"))
    assert "Foundation Layer 3 entries" in text
    assert "Data Mastery 16 entries" in text
    assert "To do 3 entries Reading 0 entries Done 0 entries" in text
    assert "Fundamentals & Core Building Blocks 3 entries" in text
    assert "Security, Zero-Trust" not in text


def test_the_numbers_of_the_states_are_the_readers_own(client: Client, learner: User) -> None:
    path = "/articles/?layer=domain-expertise"
    assert "To do 11 entries Reading 0 entries Done 0 entries" in text_of(client.get(path))
    client.force_login(learner)
    client.post("/articles/payment-wallet/state/", {"state": "done"})
    assert "To do 10 entries Reading 0 entries Done 1 entry" in text_of(client.get(path))
    alone = client.get(path, headers={**HTMX, "HX-Target": "choices-state"})
    assert text_of(alone) == (
        "My state To do 10 entries Reading 0 entries Done 1 entry Skipped 0 entries"
    )
    assert not {"HX-Push-Url", "HX-Replace-Url"} & set(alone.headers)
    assert "Done 0 entries" in text_of(Client().get(path))


def test_a_search_that_matches_nothing_says_so_and_offers_the_nearest_word(client: Client) -> None:
    response = client.get("/articles/?q=cahcng")
    assert "Nothing matches “cahcng” Did you mean caching ? Clear search 39 articles" in text_of(
        response
    )
    html = response.content.decode()
    assert re.findall(r'href="([^"]*)"[^>]*>caching</a>', html) == ["/articles/?q=caching"]
    assert re.findall(r'href="([^"]*)"[^>]*>Clear search</a>', html) == ["/articles/"]


def test_an_empty_result_of_a_search_with_filters_says_which_to_drop(client: Client) -> None:
    text = text_of(client.get("/articles/?layer=foundation-layer&q=cache"))
    assert "Nothing matches “cache” with these filters Remove Layer 3 articles" in text
    assert "Clear search 3 articles" in text


def test_close_matches_are_named_as_such(client: Client) -> None:
    response = client.get("/articles/?q=cachng")
    expected = "5 articles Nothing matches “cachng” exactly. Did you mean caching ?"
    assert expected in text_of(response)
    assert entry_titles(response.content.decode()) == entry_titles(
        client.get("/articles/?q=caching").content.decode()
    )


def test_an_empty_result_links_to_wider_filters(client: Client) -> None:
    response = client.get("/articles/?section=caching&status=planned")
    assert "0 articles" in text_of(response)
    assert "Status 4 articles" in text_of(response)


def test_every_link_of_the_table_for_htmx_is_a_link_without_it(client: Client) -> None:
    html = client.get("/articles/?status=planned&q=cache").content.decode()
    links = re.findall(r"<a [^>]*hx-get=[^>]*>", html)
    assert len(links) >= 3
    for link in links:
        assert re.findall(r' href="([^"]*)"', link) == re.findall(r'hx-get="([^"]*)"', link)


def test_an_article_shows_its_entries_and_neighbours(client: Client) -> None:
    article = Article.objects.get(entries__title="Fan-Out-on-Write (Blueprint)")
    text = text_of(client.get(article.get_absolute_url()))
    assert "Fan-out-on-write at Twitter scale" in text
    assert "Single write → millions of timelines" in text
    assert "Previous Distributed Logging Systems at Scale (p1)" in text
    assert "Next High-Performance Fan-Out-on-Read" in text


def test_the_journey_has_two_ends(client: Client) -> None:
    ordered = list(Entry.objects.listed().in_journey_order())
    first = client.get(ordered[0].get_absolute_url()).content.decode()
    last = client.get(ordered[-1].get_absolute_url()).content.decode()
    assert ('rel="prev"' in first, 'rel="next"' in first) == (False, True)
    assert ('rel="prev"' in last, 'rel="next"' in last) == (True, False)


def test_following_next_walks_the_whole_journey(client: Client) -> None:
    ordered = Entry.objects.listed().in_journey_order()
    path = ordered[0].get_absolute_url()
    walked: list[str] = []
    while path and len(walked) < 50:
        walked.append(path)
        match = re.search(r'rel="next" href="([^"]+)"', client.get(path).content.decode())
        path = match[1] if match else ""
    assert set(walked) == {article.get_absolute_url() for article in Article.objects.all()}


def test_external_links_send_no_referrer(client: Client) -> None:
    html = client.get("/").content.decode()
    external = re.findall(r'<a [^>]*href="https?://[^>]*>', html)
    assert len(external) > 43
    assert all("noopener" in link for link in external)


@pytest.mark.parametrize("status", ["planned", "in-review"])
def test_an_unpublished_article_has_a_badge_and_does_not_count(client: Client, status: str) -> None:
    article = Article.objects.get(slug="payment-wallet")
    article.status = Status.objects.get(slug=status)
    article.save()
    text = text_of(client.get("/"))
    assert "Payment Wallet" in text
    assert "0 of 10 done" in text_of(client.get("/layers/domain-expertise/"))
    actions = main_of(client, article).partition('class="article-actions"')[2]
    assert f'data-colour="{article.status.colour}">{article.status.label}</span>' in actions


@pytest.mark.parametrize(
    "path", ["/", "/articles/", "/sections/domain-case-studies/", "/layers/domain-expertise/"]
)
def test_drafts_are_seen_by_editors_only(client: Client, admin_user: User, path: str) -> None:
    article = Article.objects.get(slug="payment-wallet")
    article.status = Status.objects.get(slug="draft")
    article.save()
    assert "Payment Wallet" not in client.get(path).content.decode()
    assert client.get(article.get_absolute_url()).status_code == 404
    assert article.get_absolute_url() not in client.get("/sitemap.xml").content.decode()
    client.force_login(admin_user)
    assert "Payment Wallet" in client.get(path).content.decode()
    assert client.get(article.get_absolute_url()).status_code == 200


def test_a_retired_article_leaves_the_tables_but_not_its_address(client: Client) -> None:
    article = Article.objects.get(slug="payment-wallet")
    article.retire()
    assert "Payment Wallet" not in client.get("/").content.decode()
    assert "No longer in the playbook" in text_of(client.get(article.get_absolute_url()))


def main_of(client: Client, article: Article) -> str:
    html = client.get(article.get_absolute_url()).content.decode()
    match = re.search(r'<article class="article".*?</article>', html, re.DOTALL)
    assert match
    return match[0]


def test_editors_alone_see_a_link_to_edit_the_article(
    client: Client, learner: User, editor: User
) -> None:
    article = Article.objects.get(slug="payment-wallet")
    edit = f'<a href="/admin/catalog/article/{article.pk}/change/">Edit</a>'
    assert edit not in main_of(client, article)
    client.force_login(learner)
    assert edit not in main_of(client, article)
    client.force_login(editor)
    assert edit in main_of(client, article)


def test_a_retired_article_shows_its_date_and_description(client: Client) -> None:
    article = Article.objects.get(slug="payment-wallet")
    [entry] = article.entries.all()
    Article.objects.filter(pk=article.pk).update(
        retired_at=datetime(2026, 3, 7, 23, 30, tzinfo=UTC)
    )
    html = main_of(client, article)
    assert (
        'It was removed from the playbook on <time datetime="2026-03-07">7 Mar 2026</time>.' in html
    )
    assert f'<p class="place-learn">{escape(entry.what_you_learn)}</p>' in html
    assert f'It was “{entry.title}”, in <a href="{entry.section.get_absolute_url()}">' in html
    assert "No section" not in html
    assert "Suggest a correction" not in html
    assert "In the journey" not in html
    assert "No. " not in html


def test_a_retired_article_is_described_by_its_last_entries(client: Client) -> None:
    article = Article.objects.get(slug="payment-wallet")
    [entry] = article.entries.all()
    other = Section.objects.exclude(pk=entry.section_id)[0]
    values = {"article": article, "section": other, "number": 9}
    long_ago = timezone.now() - timedelta(days=9)
    Entry.objects.create(**values, title="Older", what_you_learn="Older", retired_at=long_ago)
    entry.retire()
    article.retire()
    # What an editor took away before the article was retired is all that there is.
    html = main_of(client, article)
    assert re.findall(r'<p class="place-learn">(.*?)</p>', html) == [escape(entry.what_you_learn)]
    # A place that it had when it left goes before that, and a section that left has no page.
    Entry.objects.create(**values, title="Standing", what_you_learn="It stood.")
    other.retire()
    html = main_of(client, article)
    assert re.findall(r'<p class="place-learn">(.*?)</p>', html) == ["It stood."]
    assert f"It was “Standing”, in {escape(other.title)}</p>" in html
    assert other.get_absolute_url() not in html


@pytest.mark.parametrize("left_as", ["published", "draft"])
def test_a_retired_article_hides_its_drafts(client: Client, left_as: str) -> None:
    draft, published = (Status.objects.get(slug=slug) for slug in ("draft", "published"))
    article = Article.objects.create(title="Public later", status=draft)
    section = Section.objects.get(slug="caching")
    place = Entry.objects.create(
        article=article, section=section, title="A secret place", what_you_learn="A secret"
    )
    if left_as == "published":
        place.retire()
        article.status = published
        article.save()
        article.retire()
    else:
        article.retire()
        article.status = published
        article.save()
    html = main_of(client, article)
    assert "secret" not in html
    assert "It was not listed in any section." in html


def test_a_retired_article_that_no_section_listed_says_so(client: Client) -> None:
    article = Article.objects.create(title="Alone", status=Status.objects.get(slug="published"))
    article.retire()
    assert "It was not listed in any section." in main_of(client, article)


def test_a_retired_article_takes_as_many_queries_however_many_places_it_had(
    client: Client,
) -> None:
    article = Article.objects.get(slug="payment-wallet")
    article.retire()

    def drawn() -> int:
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            client.get(article.get_absolute_url())
        return len(queries)

    few = drawn()
    for section in Section.objects.all():
        Entry.objects.create(article=article, section=section, title="Once more")
    assert drawn() == few


def test_sections_and_layers_have_addresses(client: Client) -> None:
    section = client.get("/sections/caching/").content.decode()
    layer = client.get("/layers/foundation-layer/").content.decode()
    assert len(entry_titles(section)) == 4
    assert len(entry_titles(layer)) == 3


def test_missing_pages_are_not_found(client: Client) -> None:
    Section.objects.get(slug="caching").retire()
    for path in ("/articles/nope/", "/sections/nope/", "/layers/nope/", "/sections/caching/"):
        assert client.get(path).status_code == 404


def test_an_empty_catalogue_is_an_empty_page(client: Client) -> None:
    Entry.objects.all().delete()
    Article.objects.all().delete()
    Section.objects.all().delete()
    Layer.objects.all().delete()
    for path in ("/", "/articles/"):
        assert client.get(path).status_code == 200
    assert "Nothing here yet" in text_of(client.get("/"))
    assert "0%" not in text_of(client.get("/"))


def test_the_sitemap_names_every_public_page_under_the_sites_address(
    client: Client, settings: Settings
) -> None:
    places = re.findall(r"<loc>(.*?)</loc>", client.get("/sitemap.xml").content.decode())
    assert len(places) == 5 + 4 + 12 + 39
    assert all(place.startswith(f"{settings.SITE_URL}/") for place in places)


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_pages_accept_only_get_and_head(client: Client, method: str) -> None:
    for path in ("/", "/articles/", "/articles/payment-wallet/", "/sections/caching/"):
        assert getattr(client, method)(path).status_code == 405


PAGES = [
    "/",
    "/?layer=foundation-layer",
    "/articles/",
    "/articles/?layer=foundation-layer&state=done&q=a",
    "/articles/?status=planned&q=zebra",
    "/articles/unlocking-scalability-building-blocks-p1/",
    "/sections/fundamentals/",
    "/layers/foundation-layer/",
    "/map/",
    "/sitemap.xml",
]


def grow(articles: int) -> None:
    """Create more layers, sections, articles and entries that the pages of PAGES show."""
    status = Status.objects.get(slug="published")
    foundation = Layer.objects.get(slug="foundation-layer")
    start = Article.objects.count()
    for number in range(start, start + articles):
        layer = Layer.objects.create(slug=f"layer-{number}", number=9, title=f"L{number}")
        section = Section.objects.create(slug=f"section-{number}", layer=layer, title=f"S{number}")
        other = Section.objects.create(slug=f"other-{number}", layer=foundation, title=f"O{number}")
        article = Article.objects.create(title=f"Grown {number}", status=status)
        fundamentals = Section.objects.get(slug="fundamentals")
        for place in (section, other, fundamentals):
            Entry.objects.create(section=place, article=article, number=9, title=f"E{number}")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["visitor", "learner"])
def test_queries_do_not_grow_with_the_catalogue(
    client: Client,
    learner: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    path: str,
    who: str,
) -> None:
    if who == "learner":
        client.force_login(learner)
    client.post("/articles/unlocking-scalability-building-blocks-p1/state/", {"state": "done"})
    grow(articles=1)  # After a change the playbook and its past are read anew: that counts too.
    with django_assert_max_num_queries(23) as small:
        client.get(path)
    grow(articles=7)
    with django_assert_max_num_queries(len(small)):
        assert client.get(path).status_code == 200


def test_pages_have_sharing_metadata(client: Client) -> None:
    html = client.get("/articles/payment-wallet/").content.decode()
    assert '<meta property="og:title" content="Payment Wallet">' in html
    assert (
        '<meta property="og:description" content="Microservice design for wallet/payments">' in html
    )
    assert '<link rel="canonical" href="http://testserver/articles/payment-wallet/">' in html
    assert '<html lang="en">' in html
