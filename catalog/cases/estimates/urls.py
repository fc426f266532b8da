from django.urls import path

from catalog.cases.estimates import views

app_name = "estimates"

urlpatterns = [path("estimates/", views.estimates, name="estimates")]
