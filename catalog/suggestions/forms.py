"""The form for suggestions, and the check for articles that are already known."""

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

from catalog.forms import validate_port
from catalog.identity import url_key, without_tracking
from catalog.models import Alias, Article, Section, validate_without_credentials
from catalog.querysets import sees_drafts
from catalog.snapshot import CatalogSnapshot
from catalog.suggestions.models import Kind, Suggestion

OPEN_LIMIT = 10
"""The number of open suggestions that one learner may have."""

EXAMPLE = "https://example.org/article"

READING = (Kind.ARTICLE, Kind.CASE_STUDY)
CORRECTION = (Kind.CORRECTION,)
HINTS: Mapping[str, Mapping[tuple[Kind, ...], Any]] = {
    "article": {CORRECTION: _("Required.")},
    "title": {READING: _("Required."), CORRECTION: _("Optional: as it should be.")},
    "url": {
        (Kind.ARTICLE,): _("Required: where the article can be read."),
        (Kind.CASE_STUDY,): _("Required: where the case study can be read."),
        CORRECTION: _("Optional: the new one."),
    },
    "section": {
        READING: _("Optional: where it would belong."),
        CORRECTION: _("Optional: where it should stand."),
    },
    "notes": {
        READING: _("Optional: why it belongs here, and what else editors should know."),
        CORRECTION: _("What is wrong. Optional where title, address or section say it."),
    },
}
"""The hints of each field, by the kinds to which they belong."""


class WebAddressField(forms.URLField):
    """Optional, and of the same kind as an article's."""

    default_validators = [
        URLValidator(schemes=["http", "https"]),
        validate_without_credentials,
        validate_port,
    ]

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=2000, required=False, assume_scheme="https", **options)


class SuggestionForm(forms.ModelForm[Suggestion]):
    """Names only articles that this reader may see; `snapshot` is theirs."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=Kind.choices)
    article = forms.TypedChoiceField(
        label=_("The article that is to be corrected"),
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": _("There is no such article: choose one of the list.")},
    )
    title = forms.CharField(label=_("Title"), max_length=250, required=False)
    url = WebAddressField(
        label=_("Address"),
        # As text: a browser would refuse a wrong one in words of its own.
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": EXAMPLE}),
        error_messages={
            "invalid": format_lazy(
                _("This is not an address on the web. One looks like {example}."), example=EXAMPLE
            )
        },
    )
    section = forms.TypedChoiceField(
        label=_("Section"),
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": _("There is no such section: choose one of the list.")},
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
        offer(self, "article", articles, snapshot.articles.get)
        offer(
            self,
            "section",
            [
                (layer.title, [(s.slug, s.title) for s in snapshot.sections if s.layer == layer])
                for layer in snapshot.layers
            ],
            {section.slug: section for section in snapshot.sections}.get,
        )
        self.fields["kind"].error_messages["required"] = _("Please choose what it is.")
        for name, hints in HINTS.items():
            self.fields[name].help_text = as_hint(hints)

    def clean_url(self) -> str:
        return without_tracking(self.cleaned_data["url"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if data.get("kind") == Kind.CORRECTION:
            self.clean_correction(data)
        elif data.get("kind"):
            data["article"] = None
            for name in ("title", "url"):
                if name not in self.errors and not data[name]:
                    self.add_error(name, _("Please fill this in."))
        if data.get("url") and (refusal := refusal_of(data["url"], data.get("article"), self)):
            self.add_error("url", refusal)
        if not self.errors:
            self.refuse_what_waits(data)
        return data

    def clean_correction(self, data: dict[str, Any]) -> None:
        if "article" not in self.errors and data["article"] is None:
            self.add_error("article", _("Please choose the article that is to be corrected."))
        says = any(data.get(name) for name in ("title", "url", "section", "notes"))
        if not says and not self.errors:
            self.add_error("notes", _("Please say what is wrong: here, or by title or address."))

    def refuse_what_waits(self, data: dict[str, Any]) -> None:
        waiting = list(Suggestion.objects.for_user(self.learner).waiting())
        if any(is_same(suggestion, data) for suggestion in waiting):
            field = "article" if data["kind"] == Kind.CORRECTION else "url"
            self.add_error(field, _("You suggested this already. It waits for an editor."))
        elif len(waiting) >= OPEN_LIMIT:
            raise ValidationError(
                _(
                    "%(limit)d suggestions of yours wait for an editor already. "
                    "You can make another one when one of them is decided."
                ),
                params={"limit": OPEN_LIMIT},
            )


def as_hint(by_kinds: Mapping[tuple[Kind, ...], Any]) -> SafeString:
    """Return the hint of every kind; the page shows that of the chosen kind, or all."""
    return format_html_join(
        " ",
        '<span data-kind="{}"><span class="kind-name">{}: </span>{}</span>',
        (
            (" ".join(kinds), ", ".join(str(kind.label) for kind in kinds), words)
            for kinds, words in by_kinds.items()
        ),
    )


def offer(
    form: SuggestionForm, name: str, choices: list[Any], coerce: Callable[[str], Any]
) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.TypedChoiceField)
    field.choices = [("", "–"), *choices]
    field.coerce = coerce


def refusal_of(url: str, corrected: Article | None, form: SuggestionForm) -> str:
    """Why nobody need suggest this address; of a draft nothing but that it is known."""
    aliases = Alias.objects.filter(key=url_key(url)).select_related("article__status")
    alias = aliases.exclude(article=corrected).first() if corrected else aliases.first()
    if alias is None:
        return ""
    article = alias.article
    if not article.status.is_public and not sees_drafts(form.learner):
        return gettext("Thank you: the editors know this one already.")
    words = (
        gettext('This was in the playbook, and left it: <a href="{}">{}</a>.')
        if article.is_retired
        else gettext('This is in the playbook already: <a href="{}">{}</a>.')
    )
    return format_html(words, article.get_absolute_url(), article.title)


def is_same(suggestion: Suggestion, data: dict[str, Any]) -> bool:
    """Compare new articles by their address, and corrections by everything they say."""
    key = url_key(data["url"]) if data["url"] else ""
    if data["kind"] != Kind.CORRECTION:
        return not suggestion.is_correction and suggestion.key == key
    section: Section | None = data["section"]
    return (
        suggestion.is_correction
        and suggestion.article_id == data["article"].pk
        and suggestion.section_id == (section.pk if section else None)
        and (suggestion.title, suggestion.key) == (data["title"], key)
        and suggestion.notes == data["notes"]
    )
