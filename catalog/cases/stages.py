"""The stages of an interview, their orders, and the criteria by which one is scored."""

from django.db import models
from django.utils.translation import gettext_lazy as _

MINUTES = 45
"""The length of the interview for which a case states its minutes. Others are scaled from it."""


class Stage(models.TextChoices):
    """A part of the interview, with a scratch of its own."""

    REQUIREMENTS = "requirements", _("Requirements")
    ESTIMATES = "estimates", _("Estimates")
    ENTITIES = "entities", _("Core entities")
    INTERFACE = "interface", _("Interface")
    DATA_FLOW = "data_flow", _("Data flow")
    DESIGN = "design", _("High-level design")
    DEEP_DIVES = "deep_dives", _("Deep dives")
    WRAP_UP = "wrap_up", _("Wrap-up")


class StageOrder(models.TextChoices):
    """An order in which interviews go through the stages."""

    INTERVIEW = "interview", _("Interview order")
    CLASSIC = "classic", _("Classic order")


STAGES_OF = {
    StageOrder.INTERVIEW: (
        Stage.REQUIREMENTS,
        Stage.ENTITIES,
        Stage.INTERFACE,
        Stage.DATA_FLOW,
        Stage.DESIGN,
        Stage.DEEP_DIVES,
        Stage.WRAP_UP,
    ),
    StageOrder.CLASSIC: (
        Stage.REQUIREMENTS,
        Stage.ESTIMATES,
        Stage.INTERFACE,
        Stage.ENTITIES,
        Stage.DESIGN,
        Stage.DEEP_DIVES,
        Stage.WRAP_UP,
    ),
}


class Criterion(models.TextChoices):
    """The subject of a line of a rubric: the same ones in every case, so that scores compare."""

    REQUIREMENTS = "requirements", _("Requirements")
    ESTIMATES = "estimates", _("Estimates")
    INTERFACE = "interface", _("Interface")
    DATA_MODEL = "data_model", _("Data model")
    DESIGN = "design", _("High-level design")
    DEEP_DIVE = "deep_dive", _("Deep dive")
    FAILURE_MODES = "failure_modes", _("Failure modes")
    TRADE_OFFS = "trade_offs", _("Trade-offs")
    COMMUNICATION = "communication", _("Communication")

    @property
    def weight(self) -> int:
        return 2 if self is Criterion.DEEP_DIVE else 1
