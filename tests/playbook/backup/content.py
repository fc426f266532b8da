"""Fill a site with what people make, through its pages, and use it again."""

import re

from django.test import Client

from accounts.models import User
from catalog.links.models import Report
from catalog.models import Article, Section
from catalog.suggestions.models import Suggestion
from progress.project_metrics.models import RepositoryFigures

PASSWORD = "a-learner's-password"


def mark(client: Client, **states: str) -> None:
    for slug, state in states.items():
        address = f"/articles/{slug.replace('_', '-')}/state/"
        assert client.post(address, {"state": state}).status_code == 302


def fill() -> dict[str, str]:
    """Return the keys of two sessions."""
    learner = User.objects.create_user("Zoë 🦉", "zoe@example.org", PASSWORD)
    editor = User.objects.create_superuser("editor", "editor@example.org", PASSWORD)
    User.objects.create_user("gone").delete()

    signed_in = Client()
    signed_in.force_login(learner)
    mark(signed_in, payment_wallet="reading")
    mark(signed_in, payment_wallet="done")
    visitor = Client()
    mark(visitor, payment_wallet="skipped")

    article = Article.objects.get(slug="payment-wallet")
    article.title = 'A wallet: “naïve” \\ "quoted"\n\u2028 and 𝕊'
    article.save()
    section = Section.objects.earliest("pk")
    Suggestion.objects.create(
        learner=learner, kind="correction", article=article, section=section,
        notes="Zwölf Boxkämpfer\r\n\t漢字", decided_by=editor,
    )  # fmt: skip
    Report.objects.create(learner=learner, article=article, url=article.url, day="2026-02-28")
    RepositoryFigures.objects.create(name="me/mine", stars=2**31 - 1, forks=0)
    cookies = {"learner": signed_in.cookies, "visitor": visitor.cookies}
    return {who: jar["sessionid"].value for who, jar in cookies.items()}


def use(learner: str, visitor: str) -> dict[str, object]:
    """Return what two people see, by the keys of their sessions, and what can be done then."""
    seen: dict[str, object] = {}
    for who, key in {"learner": learner, "visitor": visitor}.items():
        client = Client()
        client.cookies["sessionid"] = key
        seen[who] = marked(client)
    client = Client()
    client.post("/accounts/login/", {"login": "zoe@example.org", "password": PASSWORD})
    mark(client, payment_wallet="reading")
    seen["after signing in and marking"] = marked(client)
    seen["new account"] = User.objects.create_user("next").pk
    return seen


def marked(client: Client) -> list[str]:
    page = client.get("/articles/payment-wallet/").content.decode()
    return re.findall(r'name="state" value="(\w+)" aria-pressed="true"', page)
