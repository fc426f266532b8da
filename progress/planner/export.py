"""The plans, own items, calendar and reminders in a learner's export."""

from accounts.models import User
from progress.export import JSONObject, identified
from progress.planner.models import CalendarFeed, OwnItem, Plan, Reminder


def plans_of(user: User) -> list[JSONObject]:
    """Return every plan with the lists of its days, in a constant number of queries."""
    plans = Plan.objects.for_user(user).order_by("created_at", "pk")
    return [_plan(each) for each in plans.prefetch_related("day_lists", "left_out__status")]


def _plan(plan: Plan) -> JSONObject:
    return {
        "uuid": plan.uuid,
        "begins_on": plan.begins_on,
        "interview_on": plan.interview_on,
        "minutes": plan.minutes,
        "layers": plan.layers,
        "sections": plan.sections,
        "left_out": [identified(article) for article in plan.left_out.all()],
        "practice_per_week": plan.practice_per_week,
        "practice_minutes": plan.practice_minutes,
        "created_at": plan.created_at,
        "updated_at": plan.updated_at,
        "archived_at": plan.archived_at,
        "outcome": plan.outcome,
        "days": [
            {
                "uuid": day_list.uuid,
                "day": day_list.day,
                "minutes": day_list.minutes,
                "parts": day_list.parts,
            }
            for day_list in plan.day_lists.all()
        ],
    }


def own_items_of(user: User) -> list[JSONObject]:
    return [
        {
            "uuid": item.uuid,
            "title": item.title,
            "url": item.url,
            "minutes": item.minutes,
            "day": item.day,
            "created_at": item.created_at,
            "done_at": item.done_at,
        }
        for item in OwnItem.objects.for_user(user)
    ]


def calendar_of(user: User) -> list[JSONObject]:
    """Return when the calendar's events begin, and since when it has an address."""
    columns = ("uuid", "starts_at", "browser_zone", "secret_made_at", "updated_at")
    return list(CalendarFeed.objects.for_user(user).values(*columns))


def reminders_of(user: User) -> list[JSONObject]:
    columns = ("uuid", "weekdays", "hour", "browser_zone", "updated_at")
    return list(Reminder.objects.for_user(user).values(*columns))
