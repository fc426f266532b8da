"""Bringing a file in at the desk, as an editor does it in the browser."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.catalog_data import stored
from catalog.models import Article, Layer, Section, Status
from catalog.playbook_file.models import OpenQuestion, Revision
from catalog.playbook_file.writing.formats import write
from progress.models import Event, State
from tests.catalog.admin_pages import messages, words

pytestmark = pytest.mark.usefixtures("playbook")

ADD = "admin:playbook_file_revision_add"


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def changed_file() -> str:
    """Retitled, a section renamed, one article gone and one that may be another one's new place."""
    text = write(stored(), "markdown")
    text = text.replace("**Ticket Booking System**", "**Booking of tickets**")
    text = text.replace("🧪 Code Execution", "🧪 Running Code")
    text = re.sub(r"\n.*Counting Every Click.*", "", text)
    return text.replace("payment-wallet-g-pay-5b7901edee81", "payment-wallet-000000000abc").replace(
        "**Payment Wallet**", "**Digital Payment Wallet**"
    )


def paste(desk: Client, text: str) -> Revision:
    desk.post(reverse(ADD), {"text": text})
    return Revision.objects.latest("pk")


def stamp_of(desk: Client, revision: Revision) -> str:
    page = desk.get(revision.get_absolute_url())
    version: str = page.context["catalog_version"]
    return version


def apply(desk: Client, revision: Revision, **values: str) -> Any:
    data = {"_apply": "1", "catalog_version": stamp_of(desk, revision), **values}
    return desk.post(revision.get_absolute_url(), data, follow=True)


def test_preview_changes_nothing_and_apply_does_what_it_said(desk: Client, learner: User) -> None:
    gone = Article.objects.get(title__startswith="Counting Every Click")
    State.objects.create(user=learner, article=gone, state="done")
    before = stored()
    revision = paste(desk, changed_file())
    page = desk.get(revision.get_absolute_url()).content.decode()
    assert stored() == before
    assert "42 entries, 38 articles; 37 matched, 1 retitled" in page
    assert "1 learner touched; nobody loses a state." in page
    assert "🧪 <ins>Running </ins>Code<del> Execution</del>, Contests" in page
    apply(desk, revision)
    assert Article.objects.get(title="Booking of tickets").slug == "ticket-booking-system"
    assert Section.objects.get(slug="code-execution-contests").title.startswith("Running")
    gone.refresh_from_db()
    assert gone.is_retired
    assert State.objects.get(user=learner).article == gone
    assert stored() == Revision.objects.get(pk=revision.pk).after


def test_an_uploaded_file_that_is_refused_changes_nothing(desk: Client) -> None:
    before = stored()
    upload = SimpleUploadedFile("a.md", b"## A\n|Title|Link|\n|-|-|\n|A|[x](ftp://a.b)|\n")
    page = desk.post(reverse(ADD), {"file": upload}).content.decode()
    assert "Line 4: “ftp://a.b” is not a link that begins with http:// or https://." in page
    assert not Revision.objects.exists()
    assert stored() == before


def test_neither_file_nor_text(desk: Client) -> None:
    assert "Choose a file, or paste its text." in desk.post(reverse(ADD)).content.decode()


def test_a_decision_is_shown_before_it_is_applied(desk: Client, learner: User) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    State.objects.create(user=learner, article=wallet, state="done")
    revision = paste(desk, changed_file())
    page = apply(desk, revision, **{"question-0": "payment-wallet"})
    assert "look once more" in page.content.decode()
    assert Revision.objects.applied().count() == 0
    apply(desk, revision)
    wallet.refresh_from_db()
    assert (wallet.title, wallet.is_retired) == ("Digital Payment Wallet", False)
    assert wallet.url.endswith("payment-wallet-000000000abc")
    assert wallet.aliases.count() == 2
    assert not OpenQuestion.objects.exists()


def test_the_layer_of_a_new_section_is_decided(desk: Client) -> None:
    file = "## Cold Storage\n\n| Title | Link |\n|---|---|\n| Glaciers | https://example.org/g |\n"
    revision = paste(desk, file)
    page = desk.get(revision.get_absolute_url())
    select = page.context["form"]["placement-0"]
    assert (select.label, select.value()) == ("Cold Storage", "foundation-layer")
    assert "it was put into the layer “Foundation Layer”" in page.content.decode()
    # What was chosen anew is shown before it is applied, and applied as it was shown.
    apply(desk, revision, **{"placement-0": "scale-reliability"})
    assert not Section.objects.filter(title="Cold Storage").exists()
    page = desk.get(revision.get_absolute_url())
    assert page.context["form"]["placement-0"].value() == "scale-reliability"
    assert "it was put into the layer" not in page.content.decode()
    apply(desk, revision, **{"placement-0": "scale-reliability"})
    assert Section.objects.get(title="Cold Storage").layer.slug == "scale-reliability"


def test_a_layer_that_is_none_is_no_decision(desk: Client) -> None:
    revision = paste(desk, "## Cold\n\n| Title | Link |\n|---|---|\n| G | https://a.example/g |\n")
    before = stored()
    page = apply(desk, revision, **{"placement-0": "nowhere"}).content.decode()
    assert "That is none of the choices; nothing was decided." in page
    revision.refresh_from_db()
    assert (revision.decisions, revision.applied_at, stored()) == ({}, None, before)


def test_a_decision_can_be_taken_back_before_it_is_applied(desk: Client) -> None:
    revision = paste(desk, changed_file())
    address = revision.get_absolute_url()
    desk.post(address, {"_decide": "1", "question-0": "payment-wallet"})
    field = desk.get(address).context["form"]["question-0"]
    assert field.value() == "payment-wallet"
    desk.post(address, {"_decide": "1", "question-0": ""})
    assert desk.get(address).context["form"]["question-0"].value() == ""
    revision.refresh_from_db()
    assert revision.decisions == {}


def test_a_decision_that_fits_no_more_is_said_to_be(desk: Client) -> None:
    revision = paste(desk, "## Cold\n\n| Title | Link |\n|---|---|\n| G | https://a.example/g |\n")
    chosen = {"_decide": "1", "placement-0": "scale-reliability"}
    desk.post(revision.get_absolute_url(), chosen)
    Layer.objects.filter(slug="scale-reliability").update(slug="scale")
    page = desk.post(revision.get_absolute_url(), chosen, follow=True).content.decode()
    assert "“Cold” cannot be “scale-reliability”" in page
    revision.refresh_from_db()
    assert revision.decisions == {}


def test_what_nobody_decided_stays_open_until_somebody_dismisses_it(
    desk: Client, editor: User
) -> None:
    apply(desk, paste(desk, changed_file()))
    question = OpenQuestion.objects.waiting().get()
    assert question.article.title == "Digital Payment Wallet"
    assert [article.slug for article in question.candidates.all()] == ["payment-wallet"]
    queue = reverse("admin:playbook_file_openquestion_changelist")
    assert "Payment Wallet" in desk.get(queue).content.decode()
    desk.post(queue, {"action": "dismiss", "_selected_action": [question.pk]})
    question.refresh_from_db()
    assert question.answered_by == editor
    assert OpenQuestion.objects.waiting().count() == 0


def test_merging_the_two_answers_the_question_and_survives_undo(
    desk: Client, learner: User
) -> None:
    old = Article.objects.get(slug="payment-wallet")
    State.objects.create(user=learner, article=old, state="done")
    Event.objects.create(user=learner, article=old, from_state="todo", to_state="done")
    apply(desk, paste(desk, changed_file()))
    new = OpenQuestion.objects.waiting().get().article
    queue = desk.get(reverse("admin:playbook_file_openquestion_changelist")).content.decode()
    [way] = re.findall(r'href="([^"]*merge[^"]*)"', queue)
    assert "Payment Wallet" in desk.get(way.replace("&amp;", "&")).content.decode()
    desk.post(reverse("admin:catalog_article_merge"), {"kept": new.pk, "gone": old.pk})
    assert State.objects.get(user=learner).article == new
    assert OpenQuestion.objects.waiting().count() == 0
    desk.post(Revision.objects.applied().get().get_absolute_url(), {"_undo": "1"})
    apply(desk, Revision.objects.latest("pk"))
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.merged_into, old.is_retired, new.is_retired) == (new, True, False)
    assert [entry.title for entry in new.entries.current()] == ["Payment Wallet"]
    assert State.objects.get(user=learner).article == new
    assert new.aliases.count() == 2


def test_a_revision_that_was_left_out_is_said_to_be(desk: Client) -> None:
    revision = paste(desk, changed_file())
    version = stamp_of(desk, revision)
    for data in ({"_discard": "1"}, {"_discard": "1"}, {"_apply": "1", "catalog_version": version}):
        page = desk.post(revision.get_absolute_url(), data, follow=True)
    assert messages(page) == ["That revision is not there: it was left out meanwhile."]
    assert not Revision.objects.exists()
    assert desk.get(revision.get_absolute_url()).status_code == 302
    assert desk.get(reverse("admin:playbook_file_revision_change", args=["x"])).status_code == 404


def test_what_is_pasted_has_no_line_ends_to_repair(desk: Client) -> None:
    """A browser sends Windows' ones, whatever was pasted."""
    revision = paste(desk, write(stored(), "markdown").replace("\n", "\r\n"))
    page = desk.get(revision.get_absolute_url())
    assert page.context["plan"].merge.notes == []
    assert "Windows line ends" not in words(page)


GOOD = b"## A\n|Title|Link|\n|-|-|\n|A|[x](https://a.b)|\n"


@pytest.mark.parametrize(
    ("files", "text", "said"),
    [
        ([], " \n", "Choose a file, or paste its text."),
        ([b""], "", "The file is empty."),
        ([GOOD], "## A", "One at a time: choose one file, or paste its text."),
        ([GOOD, GOOD], "", "One at a time: choose one file, or paste its text."),
        ([b"x" * 6_000_000], "", "The file is larger than 5 MB."),
        (["## Ä".encode("latin-1")], "", "Line 1: The file is not UTF-8: save it as UTF-8."),
        (
            [],
            "<html><body><script>alert(1)</script></body></html>",
            "It is refused, and nothing has changed: No table and no list has a row",
        ),
        ([], GOOD.decode().replace("https://a.b", "javascript:alert(1)"), "Line 4: “javascript:"),
    ],
    ids=["nothing", "empty", "both", "two files", "6 MB", "not UTF-8", "HTML", "javascript:"],
)
def test_what_cannot_be_brought_in_is_refused_with_the_reason(
    desk: Client, files: list[bytes], text: str, said: str
) -> None:
    before = stored()
    sent = [SimpleUploadedFile("a.md", content) for content in files]
    page = desk.post(reverse(ADD), {"file": sent, "text": text})
    assert said in words(page)
    assert stored() == before
    assert not Revision.objects.exists()


def test_only_revisions_can_be_compared(desk: Client) -> None:
    apply(desk, paste(desk, changed_file()))
    revisions = reverse("admin:playbook_file_revision_changelist")
    desk.post(Revision.objects.get().get_absolute_url(), {"_undo": "1"})
    assert 'value="Compare"' not in desk.get(revisions).content.decode()
    apply(desk, Revision.objects.latest("pk"))
    assert 'value="Compare"' in desk.get(revisions).content.decode()
    questions = reverse("admin:playbook_file_openquestion_changelist")
    assert 'value="Compare"' not in desk.get(questions).content.decode()


@pytest.mark.parametrize(("count", "said"), [(1, "(1 learner)"), (2, "(2 learners)")])
def test_a_question_counts_its_learners(
    desk: Client, learner: User, editor: User, count: int, said: str
) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    for user in (learner, editor)[:count]:
        State.objects.create(user=user, article=wallet, state="done")
    revision = paste(desk, changed_file())
    assert f"It is “Payment Wallet” {said}" in words(desk.get(revision.get_absolute_url()))
    apply(desk, revision)
    queue = reverse("admin:playbook_file_openquestion_changelist")
    [question] = OpenQuestion.objects.all()
    dismissal = {"action": "dismiss", "_selected_action": [question.pk]}
    assert messages(desk.post(queue, dismissal, follow=True)) == ["1 question dismissed."]


def test_every_change_is_in_the_history(desk: Client, editor: User) -> None:
    apply(desk, paste(desk, changed_file()))
    article = Article.objects.get(title="Booking of tickets")
    assert article.history.latest().history_user == editor
    assert article.history.latest().title == "Booking of tickets"
    new = Article.objects.get(title="Digital Payment Wallet")
    assert [version.history_type for version in new.history.all()] == ["+"]


def test_a_catalogue_that_changed_since_the_preview_is_left_alone(desk: Client) -> None:
    revision = paste(desk, changed_file())
    version = stamp_of(desk, revision)
    article = Article.objects.listed()[0]
    article.title = "Somebody else's"
    article.save()
    before = stored()
    page = desk.post(
        revision.get_absolute_url(), {"_apply": "1", "catalog_version": version}, follow=True
    )
    assert "The catalogue was changed after you looked" in page.content.decode()
    assert stored() == before


def test_applied_twice_is_applied_once(desk: Client) -> None:
    revision = paste(desk, changed_file())
    version = stamp_of(desk, revision)
    apply(desk, revision)
    after = stored()
    page = desk.post(
        revision.get_absolute_url(), {"_apply": "1", "catalog_version": version}, follow=True
    )
    assert "It is applied already" in page.content.decode()
    assert stored() == after
    apply(desk, paste(desk, changed_file()))
    assert Revision.objects.applied().count() == 1


def test_undo_restores_the_catalogue_and_no_state(desk: Client, learner: User) -> None:
    before = stored()
    apply(desk, paste(desk, changed_file()))
    new = Article.objects.get(title="Digital Payment Wallet")
    State.objects.create(user=learner, article=new, state="done")
    Event.objects.create(user=learner, article=new, from_state="todo", to_state="done")
    revision = Revision.objects.applied().get()
    page = desk.post(revision.get_absolute_url(), {"_undo": "1"}, follow=True)
    undoing = Revision.objects.latest("pk")
    assert "What would change" in page.content.decode()
    apply(desk, undoing)
    after = stored()
    assert after.listed == before.listed
    assert after.journey == before.journey
    assert {uuid: after.articles[uuid] for uuid in before.articles} == before.articles
    new.refresh_from_db()
    assert new.is_retired
    assert (State.objects.count(), Event.objects.count()) == (1, 1)
    # And back again: undoing the undo.
    desk.post(undoing.get_absolute_url(), {"_undo": "1"})
    apply(desk, Revision.objects.latest("pk"))
    assert stored().listed == Revision.objects.get(pk=revision.pk).after.listed


def test_two_revisions_compared(desk: Client) -> None:
    apply(desk, paste(desk, changed_file()))
    first = Revision.objects.latest("pk")
    apply(desk, paste(desk, changed_file().replace("Booking of tickets", "Tickets, booked")))
    second = Revision.objects.latest("pk")
    address = reverse("admin:playbook_file_compare")
    told = desk.get(address, {"old": first.pk, "new": second.pk}).context["difference"]
    assert [changed.title for changed in told.articles] == ["Tickets, booked"]
    assert "no such revision" in desk.get(address, {"old": 1, "new": 999}).content.decode()


def test_discarded(desk: Client) -> None:
    revision = paste(desk, changed_file())
    desk.post(revision.get_absolute_url(), {"_discard": "1"})
    assert not Revision.objects.exists()


@pytest.mark.parametrize("name", ["markdown", "json", "csv"])
def test_downloads_are_for_editors(desk: Client, name: str) -> None:
    address = reverse("admin:playbook_file_export", args=[name])
    answer = desk.get(address)
    assert answer.content.decode() == write(stored(), name)
    assert answer["Content-Disposition"].startswith("attachment")
    assert Client().get(address).status_code == 302


def test_who_may_not_bring_files_in(client: Client, desk: Client) -> None:
    revision = paste(desk, changed_file())
    clerk = User.objects.create_user("clerk", "c@example.org", "a-clerk's-password", is_staff=True)
    other = Client()
    other.force_login(clerk)
    assert other.get(reverse(ADD)).status_code == 403
    assert other.get(revision.get_absolute_url()).status_code == 403
    assert other.post(revision.get_absolute_url(), {"_apply": "1"}).status_code == 403
    assert other.get(reverse("admin:playbook_file_compare")).status_code == 403


class TestWhatTheyRead:
    """The public pages."""

    def test_changes_by_revision_without_what_only_editors_know(self, desk: Client) -> None:
        draft = Article.objects.get(slug="online-forum-part-1")
        draft.status = Status.objects.get(slug="draft")
        draft.save()
        text = changed_file().replace("Online Forum (Part 1)", "A secret forum")
        apply(desk, paste(desk, text))
        for address in ("/changes/", "/feeds/changes.atom"):
            page = Client().get(address).content.decode()
            assert "Booking of tickets" in page
            assert "secret" not in page
            assert "Online Forum (Part 1)" not in page

    def test_an_undo_says_what_it_takes_back(self, desk: Client) -> None:
        first = paste(desk, changed_file())
        apply(desk, first)
        desk.post(first.get_absolute_url(), {"_undo": "1"})
        apply(desk, Revision.objects.latest("pk"))
        pages = [desk.get(path).content.decode() for path in ("/changes/", "/feeds/changes.atom")]
        for page in pages:
            assert page.count("It takes back what came on") == 1
        text = re.sub(r"<[^>]+>", "", pages[0])
        assert text.index("2 back again, 1 changed") < text.index("1 new, 1 changed, 2 retired")
        assert "Title: Ticket Booking System → Booking of tickets" in pages[1]

    def test_the_file_is_the_public_playbook(self, client: Client) -> None:
        answer = client.get("/playbook.md")
        assert answer.content.decode() == write(stored(), "markdown")
        assert answer["Content-Type"] == "text/markdown; charset=utf-8"
        again = client.get("/playbook.md", headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304

    def test_the_file_has_no_drafts_for_editors_either(self, desk: Client) -> None:
        draft = Article.objects.listed()[0]
        draft.status = Status.objects.get(slug="draft")
        draft.save()
        assert draft.url not in desk.get("/playbook.md").content.decode()

    def test_nothing_yet(self, client: Client) -> None:
        assert "Nothing has changed yet" in client.get("/changes/").content.decode()
