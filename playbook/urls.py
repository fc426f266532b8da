from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.generic import TemplateView

from catalog.sitemaps import SITEMAPS

urlpatterns = [
    path("", include("catalog.urls")),
    path("", include("progress.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    # Everybody signs in at one place, with its limits on how often one may try.
    path("admin/login/", secure_admin_login(admin.site.login)),
    path("admin/", admin.site.urls),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path(
        "robots.txt",
        TemplateView.as_view(template_name="robots.txt", content_type="text/plain"),
        name="robots",
    ),
]

handler400 = "playbook.http.bad_request"
handler403 = "playbook.http.permission_denied"
handler404 = "playbook.http.page_not_found"
handler500 = "playbook.http.server_error"
