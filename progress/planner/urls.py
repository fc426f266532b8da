from django.urls import path

from progress.planner import own_item_views, views
from progress.planner.calendar import views as calendar_views
from progress.planner.reminders import views as reminder_views

app_name = "planner"

urlpatterns = [
    path("today/", views.today_detail, name="today_detail"),
    path("today/minutes/", views.minutes_set, name="minutes_set"),
    path("today/parts/<slug:part>/", views.part_tick, name="part_tick"),
    path("me/plan/", views.plan_detail, name="plan_detail"),
    path("me/plan/edit/", views.plan_edit, name="plan_edit"),
    path("me/plan/minutes/", views.weekly_minutes_set, name="weekly_minutes_set"),
    path("me/plan/leave-out/", views.articles_leave_out, name="articles_leave_out"),
    path("me/plan/calendar.ics", calendar_views.calendar_download, name="calendar_download"),
    path("me/calendar/", calendar_views.calendar_edit, name="calendar_edit"),
    path("me/calendar/address/", calendar_views.calendar_address_add, name="calendar_address_add"),
    path(
        "me/calendar/address/revoke/",
        calendar_views.calendar_address_revoke,
        name="calendar_address_revoke",
    ),
    path("calendar/<str:secret>.ics", calendar_views.calendar_feed, name="calendar_feed"),
    path("me/reminders/", reminder_views.reminder_edit, name="reminder_edit"),
    path("reminders/stop/<str:token>/", reminder_views.reminder_stop, name="reminder_stop"),
    path("me/plans/", views.plan_list, name="plan_list"),
    path("me/plans/<uuid:uuid>/archive/", views.plan_archive, name="plan_archive"),
    path("me/items/", own_item_views.own_item_list, name="own_item_list"),
    path("me/items/add/", own_item_views.own_item_add, name="own_item_add"),
    path("me/items/<uuid:uuid>/", own_item_views.own_item_edit, name="own_item_edit"),
    path("me/items/<uuid:uuid>/done/", own_item_views.own_item_done_set, name="own_item_done_set"),
    path("me/items/<uuid:uuid>/delete/", own_item_views.own_item_delete, name="own_item_delete"),
]
