"""Import, preview, decisions, undo and download in the admin, and the public list of changes."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.models import Article, Layer, Section, Status
from catalog.playbook_file.models import OpenQuestion, Revision
from catalog.playbook_file.writing.formats import write
from catalog.stored_catalog import stored
from progress.models import Event, State
from tests.catalog.admin_pages import messages, save, text_of

pytestmark = pytest.mark.usefixtures("playbook")

OTHER = "distributed-task-scheduling-service"
ADD = "admin:playbook_file_revision_add"


def changed_file() -> str:
    """Retitle an article, rename a section, remove an article and make an uncertain match."""
    text = write(stored(), "markdown")
    text = text.replace("**Ticket Booking System**", "**Booking of tickets**")
    text = text.replace("🧪 Code Execution", "🧪 Running Code")
    text = re.sub(r"\n.*Counting Every Click.*", "", text)
    return text.replace("payment-wallet-g-pay-5b7901edee81", "payment-wallet-000000000abc").replace(
        "**Payment Wallet**", "**Digital Payment Wallet**"
    )


def paste(editor_client: Client, text: str) -> Revision:
    editor_client.post(reverse(ADD), {"text": text})
    return Revision.objects.latest("pk")


def previewed_version(editor_client: Client, revision: Revision) -> str:
    page = editor_client.get(revision.get_absolute_url())
    version: str = page.context["catalog_version"]
    return version


def apply(editor_client: Client, revision: Revision, **values: str) -> Any:
    data = {"_apply": "1", "catalog_version": previewed_version(editor_client, revision), **values}
    return editor_client.post(revision.get_absolute_url(), data, follow=True)


def test_preview_changes_nothing_and_apply_does_what_it_showed(
    editor_client: Client, learner: User
) -> None:
    missing = Article.objects.get(title__startswith="Counting Every Click")
    State.objects.create(user=learner, article=missing, state="done")
    before = stored()
    revision = paste(editor_client, changed_file())
    page = editor_client.get(revision.get_absolute_url()).content.decode()
    assert stored() == before
    assert "42 entries, 38 articles; 37 matched, 1 retitled" in page
    assert "1 learner affected; no learner loses a state." in page
    assert "🧪 <ins>Running </ins>Code<del> Execution</del>, Contests" in page
    apply(editor_client, revision)
    assert Article.objects.get(title="Booking of tickets").slug == "ticket-booking-system"
    assert Section.objects.get(slug="code-execution-contests").title.startswith("Running")
    missing.refresh_from_db()
    assert missing.is_retired
    assert State.objects.get(user=learner).article == missing
    assert stored() == Revision.objects.get(pk=revision.pk).after


def test_refused_upload_changes_nothing(editor_client: Client) -> None:
    before = stored()
    upload = SimpleUploadedFile("a.md", b"## A\n\n- [x](ftp://a.b)\n")
    page = editor_client.post(reverse(ADD), {"file": upload}).content.decode()
    assert "Line 3: The link “ftp://a.b” was left out." in page
    assert not Revision.objects.exists()
    assert stored() == before


def test_form_without_file_and_text_is_invalid(editor_client: Client) -> None:
    assert "Choose a file, or paste its text." in editor_client.post(reverse(ADD)).content.decode()


def test_decision_is_previewed_before_it_is_applied(editor_client: Client, learner: User) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    State.objects.create(user=learner, article=wallet, state="done")
    revision = paste(editor_client, changed_file())
    page = apply(editor_client, revision, **{"question-0": "payment-wallet"})
    assert "Check it again before you apply it." in page.content.decode()
    assert Revision.objects.applied().count() == 0
    apply(editor_client, revision)
    wallet.refresh_from_db()
    assert (wallet.title, wallet.is_retired) == ("Digital Payment Wallet", False)
    assert wallet.url.endswith("payment-wallet-000000000abc")
    assert wallet.aliases.count() == 2
    assert not OpenQuestion.objects.exists()


@pytest.mark.parametrize(
    ("decision", "slugs"),
    [
        ("new", ["new", "new"]),
        ("same", [OTHER, "payment-wallet"]),
        ("later", ["", ""]),
    ],
)
def test_all_questions_are_decided_at_once(
    editor_client: Client, decision: str, slugs: list[str]
) -> None:
    other = Article.objects.get(slug=OTHER)
    text = changed_file().replace(other.url, "https://example.org/other")
    text += "\n## Cold Storage\n\n| Title | Link |\n|---|---|\n| Ice | https://example.org/ice |\n"
    revision = paste(editor_client, text)
    address = revision.get_absolute_url()
    editor_client.post(
        address, {"_decide": "1", "question-0": "new", "placement-0": "data-mastery"}
    )
    editor_client.post(address, {"_decide_all": decision})
    page = editor_client.get(address)
    made = page.context["plan"].merge
    assert sorted(question.decision for question in made.questions) == sorted(slugs)
    assert [placement.layer for placement in made.placements] == ["data-mastery"]
    assert page.content.decode().count('name="_decide_all"') == 3
    # The form sends the same decisions, so the preview need not be looked at again.
    answers = {f"question-{n}": q.decision for n, q in enumerate(made.questions)}
    apply(editor_client, revision, **answers, **{"placement-0": "data-mastery"})
    assert Revision.objects.get().applied_at is not None


def test_layer_of_a_new_section_can_be_decided(editor_client: Client) -> None:
    file = "## Cold Storage\n\n| Title | Link |\n|---|---|\n| Glaciers | https://example.org/g |\n"
    revision = paste(editor_client, file)
    page = editor_client.get(revision.get_absolute_url())
    select = page.context["form"]["placement-0"]
    assert (select.label, select.value()) == ("Cold Storage", "foundation-layer")
    assert "It was added to the layer “Foundation Layer”" in page.content.decode()
    # A changed choice is previewed before it is applied.
    apply(editor_client, revision, **{"placement-0": "scale-reliability"})
    assert not Section.objects.filter(title="Cold Storage").exists()
    page = editor_client.get(revision.get_absolute_url())
    assert page.context["form"]["placement-0"].value() == "scale-reliability"
    assert "It was added to the layer" not in page.content.decode()
    apply(editor_client, revision, **{"placement-0": "scale-reliability"})
    assert Section.objects.get(title="Cold Storage").layer.slug == "scale-reliability"


def test_unknown_layer_is_not_a_decision(editor_client: Client) -> None:
    revision = paste(
        editor_client, "## Cold\n\n| Title | Link |\n|---|---|\n| G | https://a.example/g |\n"
    )
    before = stored()
    page = apply(editor_client, revision, **{"placement-0": "nowhere"}).content.decode()
    assert "Select one of the choices. Nothing was decided." in page
    revision.refresh_from_db()
    assert (revision.decisions, revision.applied_at, stored()) == ({}, None, before)


def test_decision_can_be_withdrawn_before_it_is_applied(editor_client: Client) -> None:
    revision = paste(editor_client, changed_file())
    address = revision.get_absolute_url()
    editor_client.post(address, {"_decide": "1", "question-0": "payment-wallet"})
    field = editor_client.get(address).context["form"]["question-0"]
    assert field.value() == "payment-wallet"
    editor_client.post(address, {"_decide": "1", "question-0": ""})
    assert editor_client.get(address).context["form"]["question-0"].value() == ""
    revision.refresh_from_db()
    assert revision.decisions == {}


def test_outdated_decision_is_reported_and_dropped(editor_client: Client) -> None:
    revision = paste(
        editor_client, "## Cold\n\n| Title | Link |\n|---|---|\n| G | https://a.example/g |\n"
    )
    chosen = {"_decide": "1", "placement-0": "scale-reliability"}
    editor_client.post(revision.get_absolute_url(), chosen)
    Layer.objects.filter(slug="scale-reliability").update(slug="scale")
    page = editor_client.post(revision.get_absolute_url(), chosen, follow=True).content.decode()
    assert "“Cold” cannot be “scale-reliability”" in page
    revision.refresh_from_db()
    assert revision.decisions == {}


def test_undecided_question_stays_open_until_it_is_dismissed(
    editor_client: Client, editor: User
) -> None:
    apply(editor_client, paste(editor_client, changed_file()))
    question = OpenQuestion.objects.waiting().get()
    assert question.article.title == "Digital Payment Wallet"
    assert [article.slug for article in question.candidates.all()] == ["payment-wallet"]
    queue = reverse("admin:playbook_file_openquestion_changelist")
    assert "Payment Wallet" in editor_client.get(queue).content.decode()
    editor_client.post(queue, {"action": "dismiss", "_selected_action": [question.pk]})
    question.refresh_from_db()
    assert question.answered_by == editor
    assert OpenQuestion.objects.waiting().count() == 0


def test_both_links_are_shown_where_titles_may_be_equal(editor_client: Client) -> None:
    revision = paste(editor_client, changed_file())
    old = Article.objects.get(slug="payment-wallet")
    preview = text_of(editor_client.get(revision.get_absolute_url()))
    assert f"Digital Payment Wallet, {NEW_LINK}" in preview
    assert f"It is “Payment Wallet” (0 learners), {old.url}" in preview
    apply(editor_client, revision)
    new = OpenQuestion.objects.get().article
    queue = editor_client.get(reverse("admin:playbook_file_openquestion_changelist"))
    content = queue.content.decode()
    for address in (new.url, old.url, revision.get_absolute_url(), change_page(new)):
        assert f'href="{address}"' in content
    assert text_of(queue).count("0 learners · added on") == 2


NEW_LINK = "https://scalabrix.medium.com/system-architecture-payment-wallet-000000000abc"


def change_page(article: Article) -> str:
    return reverse("admin:catalog_article_change", args=[article.pk])


def test_merge_answers_the_question_and_survives_undo(editor_client: Client, learner: User) -> None:
    old = Article.objects.get(slug="payment-wallet")
    State.objects.create(user=learner, article=old, state="done")
    Event.objects.create(user=learner, article=old, from_state="todo", to_state="done")
    apply(editor_client, paste(editor_client, changed_file()))
    new = OpenQuestion.objects.waiting().get().article
    queue = editor_client.get(
        reverse("admin:playbook_file_openquestion_changelist")
    ).content.decode()
    [link] = re.findall(r'href="([^"]*merge[^"]*)"', queue)
    assert "Payment Wallet" in editor_client.get(link.replace("&amp;", "&")).content.decode()
    editor_client.post(reverse("admin:catalog_article_merge"), {"kept": new.pk, "gone": old.pk})
    assert State.objects.get(user=learner).article == new
    assert OpenQuestion.objects.waiting().count() == 0
    editor_client.post(Revision.objects.applied().get().get_absolute_url(), {"_undo": "1"})
    apply(editor_client, Revision.objects.latest("pk"))
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.merged_into, old.is_retired, new.is_retired) == (new, True, False)
    assert [entry.title for entry in new.entries.current()] == ["Payment Wallet"]
    assert State.objects.get(user=learner).article == new
    assert new.aliases.count() == 2


def test_discarded_revision_is_reported_as_discarded(editor_client: Client) -> None:
    revision = paste(editor_client, changed_file())
    version = previewed_version(editor_client, revision)
    for data in ({"_discard": "1"}, {"_discard": "1"}, {"_apply": "1", "catalog_version": version}):
        page = editor_client.post(revision.get_absolute_url(), data, follow=True)
    assert messages(page) == ["This revision no longer exists. It was discarded."]
    assert not Revision.objects.exists()
    assert editor_client.get(revision.get_absolute_url()).status_code == 302
    assert (
        editor_client.get(reverse("admin:playbook_file_revision_change", args=["x"])).status_code
        == 404
    )


def test_pasted_text_needs_no_repair_of_line_endings(editor_client: Client) -> None:
    """Browsers submit CRLF, whatever was pasted."""
    revision = paste(editor_client, write(stored(), "markdown").replace("\n", "\r\n"))
    page = editor_client.get(revision.get_absolute_url())
    assert page.context["plan"].merge.notes == []
    assert "Windows line endings" not in text_of(page)


GOOD = b"## A\n|Title|Link|\n|-|-|\n|A|[x](https://a.b)|\n"


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("files", "text", "message"),
    [
        ([], " \n", "Choose a file, or paste its text."),
        ([b""], "", "The file is empty."),
        ([GOOD], "## A", "Choose one file, or paste its text, not both."),
        ([GOOD, GOOD], "", "Choose one file, or paste its text, not both."),
        ([b"x" * 6_000_000], "", "The file is larger than 5 MB."),
        (
            ["## Ä".encode("latin-1")],
            "",
            "Line 1: The file is not UTF-8. Save it as UTF-8 and try again.",
        ),
        (
            [],
            "<html><body><script>alert(1)</script></body></html>",
            "The file was rejected. Nothing has changed: No table and no list has a row",
        ),
        ([], "## A\n- [A](javascript:alert(1))", "Line 2: The link “javascript:alert(1)” was left"),
    ],
    ids=["nothing", "empty", "both", "two files", "6 MB", "not UTF-8", "HTML", "javascript:"],
)
def test_invalid_import_is_refused_with_the_reason(
    editor_client: Client, files: list[bytes], text: str, message: str
) -> None:
    before = stored()
    sent = [SimpleUploadedFile("a.md", content) for content in files]
    page = editor_client.post(reverse(ADD), {"file": sent, "text": text})
    assert message in text_of(page)
    assert stored() == before
    assert not Revision.objects.exists()


def test_comparison_is_offered_for_two_applied_revisions(editor_client: Client) -> None:
    apply(editor_client, paste(editor_client, changed_file()))
    revisions = reverse("admin:playbook_file_revision_changelist")
    editor_client.post(Revision.objects.get().get_absolute_url(), {"_undo": "1"})
    assert 'value="Compare"' not in editor_client.get(revisions).content.decode()
    apply(editor_client, Revision.objects.latest("pk"))
    assert 'value="Compare"' in editor_client.get(revisions).content.decode()
    questions = reverse("admin:playbook_file_openquestion_changelist")
    assert 'value="Compare"' not in editor_client.get(questions).content.decode()


@pytest.mark.parametrize(("count", "label"), [(1, "(1 learner)"), (2, "(2 learners)")])
def test_question_shows_the_number_of_learners(
    editor_client: Client, learner: User, editor: User, count: int, label: str
) -> None:
    wallet = Article.objects.get(slug="payment-wallet")
    for user in (learner, editor)[:count]:
        State.objects.create(user=user, article=wallet, state="done")
    revision = paste(editor_client, changed_file())
    assert f"It is “Payment Wallet” {label}" in text_of(
        editor_client.get(revision.get_absolute_url())
    )
    apply(editor_client, revision)
    queue = reverse("admin:playbook_file_openquestion_changelist")
    assert f"{label[1:-1]} · added on" in text_of(editor_client.get(queue))
    [question] = OpenQuestion.objects.all()
    dismissal = {"action": "dismiss", "_selected_action": [question.pk]}
    assert messages(editor_client.post(queue, dismissal, follow=True)) == ["1 question dismissed."]


def test_import_is_recorded_in_the_history(editor_client: Client, editor: User) -> None:
    apply(editor_client, paste(editor_client, changed_file()))
    article = Article.objects.get(title="Booking of tickets")
    assert article.history.latest().history_user == editor
    assert article.history.latest().title == "Booking of tickets"
    new = Article.objects.get(title="Digital Payment Wallet")
    assert [record.history_type for record in new.history.all()] == ["+"]


def test_apply_is_refused_if_the_catalogue_changed_since_the_preview(editor_client: Client) -> None:
    revision = paste(editor_client, changed_file())
    version = previewed_version(editor_client, revision)
    article = Article.objects.listed()[0]
    article.title = "Somebody else's"
    article.save()
    before = stored()
    page = editor_client.post(
        revision.get_absolute_url(), {"_apply": "1", "catalog_version": version}, follow=True
    )
    assert "The catalogue was changed after you opened the preview." in page.content.decode()
    assert stored() == before


def test_second_apply_changes_nothing(editor_client: Client) -> None:
    revision = paste(editor_client, changed_file())
    version = previewed_version(editor_client, revision)
    apply(editor_client, revision)
    after = stored()
    page = editor_client.post(
        revision.get_absolute_url(), {"_apply": "1", "catalog_version": version}, follow=True
    )
    assert "This revision is already applied." in page.content.decode()
    assert stored() == after
    apply(editor_client, paste(editor_client, changed_file()))
    assert Revision.objects.applied().count() == 1


def test_undo_restores_the_catalogue_and_no_state(editor_client: Client, learner: User) -> None:
    before = stored()
    apply(editor_client, paste(editor_client, changed_file()))
    new = Article.objects.get(title="Digital Payment Wallet")
    State.objects.create(user=learner, article=new, state="done")
    Event.objects.create(user=learner, article=new, from_state="todo", to_state="done")
    revision = Revision.objects.applied().get()
    page = editor_client.post(revision.get_absolute_url(), {"_undo": "1"}, follow=True)
    undoing = Revision.objects.latest("pk")
    assert "What would change" in page.content.decode()
    assert "2 restored" in text_of(page)
    assert "listed in another section" not in text_of(page)
    apply(editor_client, undoing)
    after = stored()
    assert after.listed == before.listed
    assert after.journey == before.journey
    assert {uuid: after.articles[uuid] for uuid in before.articles} == before.articles
    new.refresh_from_db()
    assert new.is_retired
    assert (State.objects.count(), Event.objects.count()) == (1, 1)
    # The undo can be undone.
    editor_client.post(undoing.get_absolute_url(), {"_undo": "1"})
    apply(editor_client, Revision.objects.latest("pk"))
    assert stored().listed == Revision.objects.get(pk=revision.pk).after.listed


def changed_since(response: Any) -> dict[str, str]:
    """Return the mark of each changed row that has one, by the row's title."""
    marks = {}
    for row in response.content.decode().split('<section class="changed">')[1:]:
        if 'class="later"' in row:
            title = plain(row.split("<h3>")[1].split("</h3>")[0])
            marks[title] = plain(row.split('class="later">')[1].split("</p>")[0])
    return marks


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def preview_of_undo(editor_client: Client) -> Any:
    revision = Revision.objects.applied().get()
    return editor_client.post(revision.get_absolute_url(), {"_undo": "1"}, follow=True)


@pytest.fixture
def later_editor(editor: User, db: None) -> User:
    ana = User.objects.create_user("ana", is_staff=True)
    ana.groups.add(*editor.groups.all())
    return ana


def save_as(user: User, thing: Any, **changes: Any) -> None:
    client = Client()
    client.force_login(user)
    assert save(client, thing, **changes).status_code == 302


def test_undo_marks_what_was_changed_since_and_by_whom(
    editor_client: Client, later_editor: User
) -> None:
    apply(editor_client, paste(editor_client, changed_file()))
    tickets = Article.objects.get(slug="ticket-booking-system")
    section = Section.objects.get(slug="caching")
    old_title = section.title
    save_as(later_editor, tickets, url="https://example.org/tickets")
    save_as(later_editor, section, title="Caches")
    save_as(later_editor, section.entries.current()[0], what_you_learn="Later words")
    first = section.entries.current()[0].article
    tickets_title = "Ticket Booking System"
    response = preview_of_undo(editor_client)
    when = r"\d+ \w+ \d+, \d\d:\d\d"
    marks = changed_since(response)
    assert list(marks) == [f"Section {old_title}", first.title, tickets_title]
    assert re.fullmatch(
        rf"Changed since by ana, last on {when}: .*Link.*\. Undoing reverts this too\.",
        marks[tickets_title],
    )
    assert "Undoing also reverts later changes of 3 rows, by ana." in text_of(response)
    html = response.content.decode()
    assert html.index('id="later-warning"') < html.index('name="_apply"')
    apply(editor_client, Revision.objects.latest("pk"))
    tickets.refresh_from_db()
    assert tickets.url != "https://example.org/tickets"


def test_undo_without_later_changes_marks_nothing(editor_client: Client) -> None:
    apply(editor_client, paste(editor_client, changed_file()))
    response = preview_of_undo(editor_client)
    assert changed_since(response) == {}
    assert 'id="later-warning"' not in response.content.decode()


def test_a_later_change_that_was_taken_back_is_not_marked(
    editor_client: Client, later_editor: User
) -> None:
    apply(editor_client, paste(editor_client, changed_file()))
    section = Section.objects.get(slug="caching")
    title = section.title
    save_as(later_editor, section, title="Caches")
    section.refresh_from_db()
    save_as(later_editor, section, title=title)
    assert changed_since(preview_of_undo(editor_client)) == {}


def test_an_article_that_was_added_since_is_marked(editor_client: Client) -> None:
    apply(editor_client, paste(editor_client, changed_file()))
    Article.objects.create(title="Added by a command", status=Status.objects.all()[0])
    marks = changed_since(preview_of_undo(editor_client))
    assert list(marks) == ["Added by a command"]
    assert "Also known as" not in marks["Added by a command"]
    assert marks["Added by a command"].startswith(
        "Changed since by a command or a deleted account, last on "
    )


def test_two_revisions_are_compared(editor_client: Client) -> None:
    apply(editor_client, paste(editor_client, changed_file()))
    first = Revision.objects.latest("pk")
    apply(
        editor_client,
        paste(editor_client, changed_file().replace("Booking of tickets", "Tickets, booked")),
    )
    second = Revision.objects.latest("pk")
    address = reverse("admin:playbook_file_compare")
    diff = editor_client.get(address, {"old": first.pk, "new": second.pk}).context["difference"]
    assert [changed.title for changed in diff.articles] == ["Tickets, booked"]
    assert "no such revision" in editor_client.get(address, {"old": 1, "new": 999}).content.decode()


def test_discard_deletes_the_revision(editor_client: Client) -> None:
    revision = paste(editor_client, changed_file())
    editor_client.post(revision.get_absolute_url(), {"_discard": "1"})
    assert not Revision.objects.exists()


@pytest.mark.parametrize("name", ["markdown", "json", "csv"])
def test_downloads_are_for_editors(editor_client: Client, name: str) -> None:
    address = reverse("admin:playbook_file_export", args=[name])
    response = editor_client.get(address)
    assert response.content.decode() == write(stored(), name)
    assert response["Content-Disposition"].startswith("attachment")
    assert Client().get(address).status_code == 302


def test_import_needs_the_permission(client: Client, editor_client: Client) -> None:
    revision = paste(editor_client, changed_file())
    clerk = User.objects.create_user("clerk", "c@example.org", "a-clerk's-password", is_staff=True)
    other = Client()
    other.force_login(clerk)
    assert other.get(reverse(ADD)).status_code == 403
    assert other.get(revision.get_absolute_url()).status_code == 403
    assert other.post(revision.get_absolute_url(), {"_apply": "1"}).status_code == 403
    assert other.get(reverse("admin:playbook_file_compare")).status_code == 403


class TestPublicPages:
    def test_changes_do_not_show_drafts(self, editor_client: Client) -> None:
        draft = Article.objects.get(slug="online-forum-part-1")
        draft.status = Status.objects.get(slug="draft")
        draft.save()
        text = changed_file().replace("Online Forum (Part 1)", "A secret forum")
        apply(editor_client, paste(editor_client, text))
        for address in ("/changes/", "/feeds/changes.atom"):
            page = Client().get(address).content.decode()
            assert "Booking of tickets" in page
            assert "secret" not in page
            assert "Online Forum (Part 1)" not in page

    def test_undo_names_the_update_that_it_undoes(self, editor_client: Client) -> None:
        first = paste(editor_client, changed_file())
        apply(editor_client, first)
        editor_client.post(first.get_absolute_url(), {"_undo": "1"})
        apply(editor_client, Revision.objects.latest("pk"))
        pages = [
            editor_client.get(path).content.decode()
            for path in ("/changes/", "/feeds/changes.atom")
        ]
        for page in pages:
            assert page.count("This undoes the update of") == 1
        text = re.sub(r"<[^>]+>", "", pages[0])
        assert text.index("2 restored, 1 changed") < text.index("1 new, 1 changed, 2 retired")
        assert "Title: Ticket Booking System → Booking of tickets" in pages[1]

    def test_file_is_the_public_playbook(self, client: Client) -> None:
        response = client.get("/playbook.md")
        assert response.content.decode() == write(stored(), "markdown")
        assert response["Content-Type"] == "text/markdown; charset=utf-8"
        again = client.get("/playbook.md", headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304

    def test_file_has_no_drafts_for_editors(self, editor_client: Client) -> None:
        draft = Article.objects.listed()[0]
        draft.status = Status.objects.get(slug="draft")
        draft.save()
        assert draft.url not in editor_client.get("/playbook.md").content.decode()

    def test_change_list_without_revisions(self, client: Client) -> None:
        assert "Nothing has changed yet" in client.get("/changes/").content.decode()


def rows_file(count: int) -> str:
    rows = "\n".join(
        f"| {n} | **Article number {n}** | [Read](https://example.org/{n}) |" for n in range(count)
    )
    return f"## New things\n\n| # | Title | Link |\n|---|---|---|\n{rows}\n"


def test_a_large_preview_has_pages(editor_client: Client) -> None:
    revision = paste(editor_client, rows_file(230))
    address = revision.get_absolute_url()
    pages = [text_of(editor_client.get(f"{address}?page={number}")) for number in (1, 2, 3)]
    on_page = [
        {n for n in range(230) if re.search(rf"Article number {n}\b", page)} for page in pages
    ]
    assert set.union(*on_page) == set(range(230))
    assert sum(map(len, on_page)) == 230
    assert all("Page " in page for page in pages)
    assert max(map(len, on_page)) <= 100
    apply(editor_client, revision)
    assert sum(f"article-number-{n}" in slugs_listed() for n in range(230)) == 230


def slugs_listed() -> set[str]:
    return set(Article.objects.listed().values_list("slug", flat=True))


def test_a_large_preview_has_as_many_questions_as_changes_on_a_page(editor_client: Client) -> None:
    first = rows_file(120)
    apply(editor_client, paste(editor_client, first))
    revision = paste(editor_client, first.replace("https://example.org/", "https://example.net/"))
    address = revision.get_absolute_url()
    asked = [
        editor_client.get(f"{address}?page={n}").content.decode().count("<fieldset") for n in (1, 2)
    ]
    assert asked == [100, 20]
    response = editor_client.post(f"{address}?page=2", {"_decide": "1", "question-119": "new"})
    assert response["Location"] == f"{address}?page=2"
    revision.refresh_from_db()
    assert list(revision.decisions.values()) == ["new"]


def test_import_marks_what_it_replaces_of_hand_edits(
    editor_client: Client, later_editor: User
) -> None:
    apply(editor_client, paste(editor_client, changed_file()))
    tickets = Article.objects.get(slug="ticket-booking-system")
    title = tickets.title
    section = Section.objects.get(slug="caching")
    save_as(later_editor, tickets, title="Tickets for Everybody")
    save_as(later_editor, section, title="Caches")
    entry = Section.objects.get(slug="database-design").entries.current()[0]
    save_as(later_editor, entry, what_you_learn="Later words")
    # The file keeps the section, and replaces the title and the text.
    file = write(stored(), "markdown").replace("Later words", "Other words")
    file = file.replace("**Tickets for Everybody**", f"**{title}**")
    response = editor_client.get(paste(editor_client, file).get_absolute_url())
    marks = changed_since(response)
    assert list(marks) == [entry.article.title, title]
    assert re.fullmatch(
        r"Changed by hand by ana, last on \d+ \w+ \d+, \d\d:\d\d: Title\. The file replaces this\.",
        marks[title],
    )
    warning = "The file also replaces what was changed by hand in 2 rows, by ana."
    assert warning in text_of(response)
    assert "Undoing" not in text_of(response)


def test_import_does_not_mark_a_hand_edit_that_it_keeps(
    editor_client: Client, later_editor: User
) -> None:
    apply(editor_client, paste(editor_client, changed_file()))
    tickets = Article.objects.get(slug="ticket-booking-system")
    entry = tickets.entries.current()[0]
    save_as(later_editor, entry, what_you_learn="Later words")
    file = write(stored(), "markdown").replace(tickets.title, "Seats for Everybody")
    response = editor_client.get(paste(editor_client, file).get_absolute_url())
    assert "Seats for Everybody" in text_of(response)
    assert changed_since(response) == {}
