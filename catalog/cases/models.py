from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.cases.case_lines import (
    Question,
    RubricLine,
    StageMinutes,
    inputs_in,
    lines_in,
    questions_in,
    rubric_in,
    stages_in,
)
from catalog.cases.querysets import CaseQuerySet
from catalog.cases.stages import MINUTES
from catalog.cases.validation import (
    validate_articles,
    validate_brief,
    validate_deep_dives,
    validate_diagram,
    validate_estimate_inputs,
    validate_estimates,
    validate_questions,
    validate_rubric,
    validate_stages,
)
from catalog.history.records import ChangeHistory
from catalog.retirable import Retirable

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import _StrPromise

BRIEF_MAX_LENGTH = 1000
PART_MAX_LENGTH = 10_000


def part(
    label: "_StrPromise",
    help_text: "_StrPromise | str" = "",
    *validators: "Callable[[str], None]",
) -> "models.TextField[str, str]":
    """Return the field of a part of the reference."""
    return models.TextField(
        label,
        max_length=PART_MAX_LENGTH,
        blank=True,
        help_text=help_text,
        validators=validators,
    )


class Case(Retirable):
    """A problem to practise: what the interviewer says, how it is scored, and a reference.

    Parts with several values are texts with a value on each line (`case_lines`), so that editors
    write them as they are, and their history shows what changed.
    """

    uuid = models.UUIDField(_("identity"), default=uuid4, unique=True, editable=False)
    slug = models.SlugField(_("slug"), unique=True, max_length=100)
    number = models.PositiveSmallIntegerField(
        _("number"), default=1, validators=[MinValueValidator(1)]
    )
    title = models.CharField(_("title"), max_length=100)
    brief = models.TextField(
        _("brief"),
        max_length=BRIEF_MAX_LENGTH,
        validators=[validate_brief],
        help_text=_("What the interviewer says, in two to four sentences."),
    )
    question_lines = models.TextField(
        _("clarifying questions"),
        max_length=PART_MAX_LENGTH,
        validators=[validate_questions],
        help_text=_(
            "A question on one line, its answer on the next, and an empty line before the next one."
        ),
    )
    stage_lines = models.TextField(
        _("stages"),
        max_length=1000,
        validators=[validate_stages],
        help_text=_(
            "One on each line with its minutes, 45 in all. Estimates are not counted: they replace "
            "the data flow in the classic order."
        ),
    )
    twist = models.TextField(
        _("twist"),
        max_length=BRIEF_MAX_LENGTH,
        help_text=_("What changes midway, as the interviewer says it."),
    )
    twist_minute = models.PositiveSmallIntegerField(
        _("minute of the twist"),
        default=25,
        validators=[MinValueValidator(1), MaxValueValidator(MINUTES - 1)],
        help_text=_("The minute of 45 at which it arrives. It is scaled in other lengths."),
    )
    rubric_lines = models.TextField(
        _("rubric"),
        max_length=PART_MAX_LENGTH,
        validators=[validate_rubric],
        help_text=_(
            "One criterion on each line, with what the full score of 3 shows: “Interface: Every "
            "call that changes data has an idempotency key.”"
        ),
    )
    requirements = part(_("requirements"))
    estimate_input_lines = part(
        _("inputs of the estimates"),
        _("Fields of the estimates page, one on each line: “users: 10M”."),
        validate_estimate_inputs,
    )
    estimate_lines = part(
        _("estimates"),
        _("A calculation on each line: “Writes a second: 10M × 10 ÷ 86,400 s = 1,157 /s”."),
        validate_estimates,
    )
    interface = part(_("interface"))
    data_model = part(_("data model"))
    diagram = part(
        _("diagram"),
        _("In the language of drawings: “client -> gateway -> orders”."),
        validate_diagram,
    )
    deep_dives = part(
        _("deep dives"),
        _("Two, each below a heading such as “### Holding a seat”."),
        validate_deep_dives,
    )
    failure_modes = part(_("failure modes"))
    trade_offs = part(_("trade-offs"), _("Each with what would change the decision."))
    article_lines = models.TextField(
        _("articles"),
        max_length=2000,
        blank=True,
        validators=[validate_articles],
        help_text=_(
            "One article on each line: the address of its page here, or the last part of it."
        ),
    )
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)

    objects = CaseQuerySet.as_manager()
    history = ChangeHistory()

    class Meta:
        ordering = ["number", "pk"]
        verbose_name = _("case")
        verbose_name_plural = _("cases")

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[UUID]:
        return (self.uuid,)

    @property
    def questions(self) -> list[Question]:
        return questions_in(self.question_lines)

    @property
    def stages(self) -> list[StageMinutes]:
        return stages_in(self.stage_lines)

    @property
    def rubric(self) -> list[RubricLine]:
        return rubric_in(self.rubric_lines)

    @property
    def estimate_inputs(self) -> dict[str, str]:
        return inputs_in(self.estimate_input_lines)

    @property
    def article_slugs(self) -> list[str]:
        return list(lines_in(self.article_lines))
