from django.contrib import admin
from django.urls import include, path

from playbook.observing.metrics import metrics
from playbook.observing.probes import healthz, readyz
from playbook.security_txt import security_txt

# playbook.middleware.AnswerProbes answers these before any other middleware.
probes = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics/prometheus", metrics, name="metrics"),
]

urlpatterns = [
    *probes,
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("", include("catalog.urls")),
    path("", include("catalog.playbook_file.urls")),
    path("", include("catalog.links.urls")),
    path("", include("catalog.suggestions.urls")),
    path("", include("catalog.prompts.urls")),
    path("", include("catalog.cases.estimates.urls")),
    path("", include("catalog.prerequisites.urls")),
    path("", include("progress.urls")),
    path("", include("progress.recall.urls")),
    path("", include("progress.notes.urls")),
    path("", include("progress.practice.urls")),
    path("", include("progress.planner.urls")),
    path("", include("progress.project_metrics.urls")),
    path("", include("playbook.diagrams.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "playbook.http.bad_request"
handler403 = "playbook.http.permission_denied"
handler404 = "playbook.http.page_not_found"
handler500 = "playbook.http.server_error"
