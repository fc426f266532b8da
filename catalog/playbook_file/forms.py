"""The forms of an import: the file, the decisions it needs, and the revisions to compare."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.identity import host_of
from catalog.playbook_file.matching.decisions import NEW, Question
from catalog.playbook_file.matching.merge import Merge
from catalog.playbook_file.reading.decoding import SIZE_MAX


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("A Markdown or JSON file"),
        required=False,
        allow_empty_file=True,
        help_text=_("Up to 5 MB."),
    )
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea,
        help_text=_("Up to 2 MB. Upload anything longer as a file."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        file, has_text = values.get("file"), bool((values.get("text") or "").strip())
        if self.errors:
            return values
        if not file and not has_text:
            raise ValidationError(_("Choose a file, or paste its text."))
        if (file and has_text) or len(cast(Any, self.files).getlist("file")) > 1:
            raise ValidationError(_("Choose one file, or paste its text, not both."))
        if file and not file.size:
            raise ValidationError(_("The file is empty."))
        if file and file.size > SIZE_MAX:
            raise ValidationError(_("The file is larger than 5 MB."))
        return values

    @property
    def content(self) -> bytes:
        if file := self.cleaned_data["file"]:
            content: bytes = file.read()
            return content
        # Browsers submit a text field with CRLF line endings, whatever was pasted.
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").encode()

    @property
    def name(self) -> str:
        file = self.cleaned_data["file"]
        return str(file.name) if file else str(_("pasted text"))


def same_as(title: str, count: int) -> str:
    message = ngettext(
        "It is “%(title)s” (%(count)d learner)", "It is “%(title)s” (%(count)d learners)", count
    )
    return message % {"title": title, "count": count}


def with_link(label: Any, url: str, others: Iterable[str]) -> str:
    """Add the host of the link; the whole link if another one is on the same host."""
    if not url:
        return _("%(label)s, without a link") % {"label": label}
    host = host_of(url)
    is_shared = host in {host_of(other) for other in others if other}
    return _("%(label)s, %(link)s") % {"label": label, "link": url if is_shared else host}


def row_url(question: Question, merge: Merge) -> str:
    """Return the link of the question's row."""
    keys = [question.article]
    if question.is_decided_same:
        slugs = {uuid: merge.before.articles[uuid].slug for uuid in question.candidates}
        keys += [uuid for uuid, slug in slugs.items() if slug == question.decision]
    rows = [merge.after.articles[key] for key in keys if key in merge.after.articles]
    return rows[0].url if rows else ""


def _is_different(question: Question) -> Any:
    return _("They are different articles") if question.is_merge else _("It is a new article")


class DecisionsForm(forms.Form):
    """A choice for each question, and a layer for each new section that the file puts in none.

    Questions without a choice stay open.
    """

    def __init__(self, *args: Any, merge: Merge, learners: dict[str, int], **options: Any) -> None:
        super().__init__(*args, **options)
        self.questions, self.placements = merge.questions, merge.placements
        for number, question in enumerate(merge.questions):
            articles = [merge.before.articles[uuid] for uuid in question.candidates]
            url, urls = row_url(question, merge), [article.url for article in articles]
            same = [
                (
                    article.slug,
                    with_link(
                        same_as(article.title, learners.get(article.uuid, 0)), article.url, [url]
                    ),
                )
                for article in articles
            ]
            self.fields[f"question-{number}"] = forms.ChoiceField(
                label=with_link(question.title, url, urls),
                choices=[("", _("Decide later")), (NEW, _is_different(question)), *same],
                widget=forms.RadioSelect,
                required=False,
                initial=question.decision,
            )
        layers = [(layer.slug, layer.title) for layer in merge.after.layers.values()]
        for number, placement in enumerate(merge.placements):
            self.fields[f"placement-{number}"] = forms.ChoiceField(
                label=placement.title, choices=layers, required=False, initial=placement.layer
            )

    def asked(self, rows: slice) -> list[forms.BoundField]:
        """Return the fields of these questions."""
        return [self[f"question-{number}"] for number in range(len(self.questions))[rows]]

    def placed(self) -> list[forms.BoundField]:
        return [self[f"placement-{number}"] for number, _placement in enumerate(self.placements)]

    @property
    def decisions(self) -> dict[str, str]:
        """The decisions that were made, by the key of their question or placement."""
        answers = {
            question.key: self._answer(f"question-{number}", question.decision)
            for number, question in enumerate(self.questions)
        }
        for number, placement in enumerate(self.placements):
            layer = self._answer(f"placement-{number}", placement.layer)
            if placement.is_decided or layer != placement.layer:
                answers[placement.key] = layer
        return {key: answer for key, answer in answers.items() if answer}

    def _answer(self, name: str, default: str) -> str:
        return str(self.cleaned_data[name]) if name in self.data else default


class CompareForm(forms.Form):
    old = forms.IntegerField(label=_("From revision"), min_value=1)
    new = forms.IntegerField(label=_("to revision"), min_value=1)
