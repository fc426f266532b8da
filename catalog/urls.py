from django.urls import path

from catalog import views

app_name = "catalog"

urlpatterns = [
    path("", views.roadmap, name="roadmap"),
    path("articles/", views.entry_list, name="entry_list"),
    path("articles/<slug:slug>/", views.article_detail, name="article_detail"),
    path("sections/<slug:slug>/", views.section_detail, name="section_detail"),
    path("layers/<slug:slug>/", views.layer_detail, name="layer_detail"),
]
