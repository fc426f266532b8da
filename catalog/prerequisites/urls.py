from django.urls import path

from catalog.prerequisites import views

app_name = "prerequisites"

urlpatterns = [path("map/", views.map_detail, name="map_detail")]
