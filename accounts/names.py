"""The rules for user names: none may be taken for another account's."""

import re
import unicodedata

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from accounts.models import User

MIXTURES = (
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA"},
    {"LATIN", "CJK", "BOPOMOFO"},
    {"LATIN", "CJK", "HANGUL"},
)
"""The scripts that are written together in one name (the "highly restrictive" level of UTS 39)."""

LOOKALIKES = str.maketrans(
    # Digits; Latin; Cyrillic; Greek; Armenian. A capital counts for its small letter.
    "01ıɑɡавсԁеһіјкӏмноԛрѕтуѵԝхαβεζηικμνορτυχγօսոհցզ",  # noqa: RUF001 - look-alikes on purpose
    "oliagabcdehijklmhoqpstyvwxabezhikmvoptuxyounhgq",
)
"""Letters of other scripts, and digits, by the Latin letter that they look like."""


def normalized(name: str) -> str:
    """Return the name in the one form in which it is stored and looked up."""
    return unicodedata.normalize("NFKC", name).strip()


def lock_names() -> None:
    """Let nobody else choose a name until the transaction ends. On SQLite nobody else writes."""
    types = ContentType.objects.select_for_update(no_key=True)
    types.get(app_label=User._meta.app_label, model=User._meta.model_name)


def check_name(name: str) -> None:
    """Raise `ValidationError` for a name that could be taken for somebody else's."""
    if "@" in name:
        raise ValidationError(
            _("A user name cannot contain “@”, so that it is not taken for an e-mail address.")
        )
    if not is_of_one_script(name):
        raise ValidationError(_("Use letters of one alphabet in a user name."))
    if looks_like_another(name):
        raise ValidationError(_("This user name looks like one that is taken."))


def is_of_one_script(name: str) -> bool:
    has_script = (sign for sign in name if sign.isalpha() or (sign.isdecimal() and sign > "9"))
    scripts = {script_of(sign) for sign in has_script}
    return len(scripts) < 2 or any(scripts <= mixture for mixture in MIXTURES)


def script_of(sign: str) -> str:
    """Return the first word of the character's name, which is its script."""
    word = re.split("[ -]", unicodedata.name(sign, "UNKNOWN").removeprefix("EXTENDED "))[0]
    return "CJK" if word == "IDEOGRAPHIC" else word


def skeleton(name: str) -> str:
    """Return the same text for all names that look alike."""
    return name.replace("I", "l").casefold().translate(LOOKALIKES)


def looks_like_another(name: str) -> bool:
    """Compare with the names of the same length. A letter is replaced by one letter only."""
    same_length = User.objects.annotate(length=Length("username")).filter(length=len(name))
    names = same_length.values_list("username", flat=True).iterator()
    return skeleton(name) in map(skeleton, names)
