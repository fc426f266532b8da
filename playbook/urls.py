from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("catalog.urls")),
    path("", include("progress.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "playbook.http.bad_request"
handler403 = "playbook.http.permission_denied"
handler404 = "playbook.http.page_not_found"
handler500 = "playbook.http.server_error"
