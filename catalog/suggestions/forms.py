"""The form for suggestions, which refuses articles that the playbook already has."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.identity import url_key, without_tracking
from catalog.models import Alias, Article, Section
from catalog.querysets import sees_drafts
from catalog.snapshot import CatalogSnapshot
from catalog.suggestions.models import Suggestion, SuggestionKind
from catalog.validators import validate_port, validate_visible, validate_without_credentials

OPEN_LIMIT = 10
"""The number of undecided suggestions that a learner may have."""

EXAMPLE = "https://example.org/article"
REQUIRED = {"title": _("Enter the title."), "url": _("Enter the address.")}

READING = (SuggestionKind.ARTICLE, SuggestionKind.CASE_STUDY)
CORRECTION = (SuggestionKind.CORRECTION,)
HINTS: Mapping[str, Mapping[tuple[SuggestionKind, ...], Any]] = {
    "article": {CORRECTION: _("Required.")},
    "title": {READING: _("Required."), CORRECTION: _("Optional. The correct title.")},
    "url": {
        (SuggestionKind.ARTICLE,): _("Required. The address where the article can be read."),
        (SuggestionKind.CASE_STUDY,): _("Required. The address where the case study can be read."),
        CORRECTION: _("Optional. The correct address."),
    },
    "section": {
        READING: _("Optional. The section where it belongs."),
        CORRECTION: _("Optional. The section where it should be listed."),
    },
    "notes": {
        READING: _("Optional. Why it belongs here, and anything else editors should know."),
        CORRECTION: _("What is wrong. Optional if the title, address or section shows it."),
    },
}
"""The help texts of each field, by the kinds they are shown for."""


class WebAddressField(forms.URLField):
    """An optional address, with the validation of an article's."""

    default_validators = [
        URLValidator(schemes=["http", "https"]),
        validate_without_credentials,
        validate_port,
        validate_visible,
    ]

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=2000, required=False, assume_scheme="https", **options)


class SuggestionForm(forms.ModelForm[Suggestion]):
    """Offers the articles and sections of `snapshot`, which holds what the learner may see."""

    kind = forms.ChoiceField(label=_("What do you suggest?"), choices=SuggestionKind.choices)
    article = forms.TypedChoiceField(
        label=_("Article to correct"),
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": _("Choose an article from the list.")},
    )
    title = forms.CharField(label=_("Title"), max_length=250, required=False)
    url = WebAddressField(
        label=_("Address"),
        # A text input, so that errors are ours and not the browser's.
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": EXAMPLE}),
        error_messages={
            "invalid": format_lazy(_("Enter a web address, such as {example}."), example=EXAMPLE)
        },
    )
    section = forms.TypedChoiceField(
        label=_("Section"),
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": _("Choose a section from the list.")},
    )

    class Meta:
        model = Suggestion
        fields = ("kind", "article", "title", "url", "section", "notes")
        labels: ClassVar = {"notes": _("Notes")}
        widgets: ClassVar = {"notes": forms.Textarea(attrs={"rows": 5})}

    def __init__(
        self,
        data: Any = None,
        *,
        learner: AbstractBaseUser,
        snapshot: CatalogSnapshot,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.learner = learner
        self.instance.learner_id = learner.pk
        by_title = sorted(snapshot.articles.values(), key=lambda article: article.title.casefold())
        articles = [(article.slug, article.title) for article in by_title]
        set_choices(self, "article", articles, snapshot.articles.get)
        set_choices(
            self,
            "section",
            [
                (layer.title, [(s.slug, s.title) for s in snapshot.sections if s.layer == layer])
                for layer in snapshot.layers
            ],
            {section.slug: section for section in snapshot.sections}.get,
        )
        self.fields["kind"].error_messages["required"] = _("Choose what you suggest.")
        for name, hints in HINTS.items():
            self.fields[name].help_text = hint_html(hints)

    def clean_url(self) -> str:
        return without_tracking(self.cleaned_data["url"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if data.get("kind") == SuggestionKind.CORRECTION:
            self.clean_correction(data)
        elif data.get("kind"):
            data["article"] = None
            for name, message in REQUIRED.items():
                if name not in self.errors and not data[name]:
                    self.add_error(name, message)
        if data.get("url") and (refusal := refusal_of(data["url"], data.get("article"), self)):
            self.add_error("url", refusal)
        if not self.errors:
            self.refuse_repeated_or_too_many(data)
        return data

    def clean_correction(self, data: dict[str, Any]) -> None:
        if "article" not in self.errors and data["article"] is None:
            self.add_error("article", _("Choose the article to correct."))
        has_details = any(data.get(name) for name in ("title", "url", "section", "notes"))
        if not has_details and not self.errors:
            self.add_error(
                "notes", _("Say what is wrong here, or enter a title, address or section.")
            )

    def refuse_repeated_or_too_many(self, data: dict[str, Any]) -> None:
        waiting = list(Suggestion.objects.for_user(self.learner).waiting())
        if any(is_same(suggestion, data) for suggestion in waiting):
            field = "article" if data["kind"] == SuggestionKind.CORRECTION else "url"
            self.add_error(field, _("You have already suggested this. An editor will review it."))
        elif len(waiting) >= OPEN_LIMIT:
            raise ValidationError(
                _(
                    "%(limit)d of your suggestions are waiting for an editor. Nothing was sent. "
                    "You can send this one when one of them is decided."
                ),
                params={"limit": OPEN_LIMIT},
            )


def hint_html(by_kinds: Mapping[tuple[SuggestionKind, ...], Any]) -> SafeString:
    """Return the hints of all kinds; CSS hides those of the kinds not chosen."""
    return format_html_join(
        " ",
        '<span data-kind="{}"><span class="kind-name">{}: </span>{}</span>',
        (
            (" ".join(kinds), ", ".join(str(kind.label) for kind in kinds), text)
            for kinds, text in by_kinds.items()
        ),
    )


def set_choices(
    form: SuggestionForm, name: str, choices: list[Any], coerce: Callable[[str], Any]
) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.TypedChoiceField)
    field.choices = [("", "–"), *choices]
    field.coerce = coerce


def refusal_of(url: str, corrected: Article | None, form: SuggestionForm) -> str:
    """Return why the address is refused, or an empty string; a draft's title stays secret."""
    aliases = Alias.objects.filter(key=url_key(url)).select_related("article__status")
    alias = aliases.exclude(article=corrected).first() if corrected else aliases.first()
    if alias is None:
        return ""
    article = alias.article
    if not article.status.is_public and not sees_drafts(form.learner):
        return gettext("The editors already know this article. Thank you.")
    message = (
        gettext('This article was removed from the playbook: <a href="{}">{}</a>.')
        if article.is_retired
        else gettext('This article is already in the playbook: <a href="{}">{}</a>.')
    )
    return format_html(message, article.get_absolute_url(), article.title)


def is_same(suggestion: Suggestion, data: dict[str, Any]) -> bool:
    """Return whether both are new and share an address, or are equal corrections."""
    key = url_key(data["url"]) if data["url"] else ""
    if data["kind"] != SuggestionKind.CORRECTION:
        return not suggestion.is_correction and suggestion.key == key
    section: Section | None = data["section"]
    return (
        suggestion.is_correction
        and suggestion.article_id == data["article"].pk
        and suggestion.section_id == (section.pk if section else None)
        and (suggestion.title, suggestion.key) == (data["title"], key)
        and suggestion.notes == data["notes"]
    )
