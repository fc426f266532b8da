from django.urls import include, path

from bench import limits
from playbook.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]

urlpatterns = [
    path("limit/answer/<slug:name>/", limits.answer),
    path("limit/write/<slug:name>/", limits.write),
    path("limit/unchanged/", limits.unchanged),
    path("", include("playbook.urls")),
]
