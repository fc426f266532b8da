from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlannerConfig(AppConfig):
    name = "progress.planner"
    label = "planner"
    verbose_name = _("Planner")

    def ready(self) -> None:
        from accounts import landing
        from progress import export, learner_rows
        from progress.planner import receivers
        from progress.planner.export import calendar_of, own_items_of, plans_of, reminders_of
        from progress.planner.planning import today_of_plan
        from progress.planner.reminders import jobs

        export.parts["plans"] = plans_of
        export.parts["own_items"] = own_items_of
        export.parts["calendar"] = calendar_of
        export.parts["reminders"] = reminders_of
        learner_rows.register(receivers.LeftOut, user="plan__user")
        receivers.connect()
        jobs.register_all()
        landing.register(today_of_plan)
