from django.utils.translation import gettext_lazy as _

from progress.texts.requests import TextForm, TypedTextField


class NoteForm(TextForm):
    text = TypedTextField(
        label=_("My note"),
        error_messages={"null_characters_not_allowed": _("A note cannot have null characters.")},
    )
