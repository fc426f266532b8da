"""Read a text that a page sends to save, and respond: with the line below it, or with a page."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playbook.http import HttpRequest
from playbook.rendering.fragments import cached_fragments, fill
from progress.texts.editor import Comparison, TextEditor
from progress.texts.saving import Conflict, ConflictChoice, Draft


class TypedTextField(forms.CharField):
    """A text as it was typed, with the line ends that a text area shows."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, required=False, **options)

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")
        return text if text.strip() else ""


class TextForm(forms.Form):
    """A text, what it is based on, and what to do with it if that changed meanwhile."""

    text = TypedTextField(
        error_messages={
            "null_characters_not_allowed": gettext_lazy("A text cannot have null characters.")
        }
    )
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    page = forms.UUIDField(required=False)
    number = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    choice = forms.ChoiceField(choices=ConflictChoice.choices, required=False)
    theirs = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)

    @property
    def draft(self) -> Draft:
        values = self.cleaned_data
        return Draft(
            text=values.get("text", ""),
            based_on=values.get("version") or 0,
            page=values.get("page"),
            number=values.get("number") or 0,
        )

    @property
    def choice_made(self) -> ConflictChoice | None:
        choice = self.cleaned_data.get("choice")
        return ConflictChoice(choice) if choice else None

    @property
    def version_seen(self) -> int:
        """The version of the saved text that the learner saw when they chose."""
        return self.cleaned_data.get("theirs") or 0


def refusal_of(request: HttpRequest, form: TextForm) -> tuple[str, HTTPStatus] | None:
    """Return why the text cannot be stored, before it is compared with what is stored."""
    if not form.is_valid():
        errors = (str(error) for errors in form.errors.values() for error in errors)
        return " ".join(errors), HTTPStatus.BAD_REQUEST
    if request.user.is_anonymous:
        return signed_out()
    if request.POST.get("reader") not in {None, str(request.user.pk)}:
        return other_account()
    return None


def signed_out() -> tuple[str, HTTPStatus]:
    reason = _(
        "Not saved: you are signed out. Sign in again in another tab, then come back to this one. "
        "Your text is kept here until it is saved."
    )
    return reason, HTTPStatus.FORBIDDEN


def other_account() -> tuple[str, HTTPStatus]:
    reason = _(
        "Not saved: this browser is signed in to another account by now. "
        "Sign in to the account of this text in another tab, then come back to this one. "
        "Your text is kept here until it is saved."
    )
    return reason, HTTPStatus.FORBIDDEN


def with_sent_text(editor: TextEditor, request: HttpRequest, form: TextForm) -> TextEditor:
    """Return the editor with the text that was sent, for a page that shows it again."""
    text = form.draft.text or form.data.get("text", "")
    reader = request.POST.get("reader", "")[:40]
    return replace(editor, text=text, version=form.draft.based_on, reader=reader)


def respond_to_stored_text(
    request: HttpRequest, editor: TextEditor, *, has_other_text: bool
) -> HttpResponse:
    """Respond to htmx that the text is stored: with the line below it and its version."""
    frame = cached_fragments(request)(
        "progress/text_saved.html",
        editor=replace(editor.for_everybody, url=""),
        has_other_text=has_other_text,
    )
    return HttpResponse(fill(frame, **editor.own_parts))


def respond_to_refusal(
    request: HttpRequest, page: str, editor: TextEditor, reason: str, status: HTTPStatus
) -> HttpResponse:
    """Respond that the text is not stored, and why. `page` shows it, so that it is not lost."""
    return _refuse(request, page, {"editor": editor, "reason": reason}, status)


def respond_to_conflict(
    request: HttpRequest, page: str, editor: TextEditor, conflict: Conflict
) -> HttpResponse:
    context = {
        "editor": editor,
        "reason": _(
            "Not saved: this text was changed in another tab or on another device. "
            "Both texts are kept until you choose."
        ),
        "comparison": Comparison.of(editor.text, conflict.saved.text, conflict.saved.version),
    }
    return _refuse(request, page, context, HTTPStatus.CONFLICT)


def _refuse(
    request: HttpRequest, page: str, context: dict[str, object], status: HTTPStatus
) -> HttpResponse:
    template = "progress/text_refused.html" if request.htmx else page
    response = render(request, template, context, status=status)
    response["X-Text-Refused"] = "true"  # read by static/js/text-saving.js
    return response
