from django.contrib.sitemaps.views import sitemap
from django.urls import path
from django.views.generic import TemplateView

from catalog import views
from catalog.sitemaps import SITEMAPS

app_name = "catalog"

urlpatterns = [
    path("", views.roadmap, name="roadmap"),
    path("articles/", views.entry_list, name="entry_list"),
    path("articles/<slug:slug>/", views.article_detail, name="article_detail"),
    path("sections/<slug:slug>/", views.section_detail, name="section_detail"),
    path("layers/<slug:slug>/", views.layer_detail, name="layer_detail"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path(
        "robots.txt",
        TemplateView.as_view(template_name="robots.txt", content_type="text/plain"),
        name="robots",
    ),
]
