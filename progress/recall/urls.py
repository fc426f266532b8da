from django.urls import path

from progress.recall import views

app_name = "recall"

urlpatterns = [
    path("me/recall/", views.recall_session, name="recall_session"),
    path("me/recall/answer/", views.answer_show, name="answer_show"),
    path("me/recall/review/", views.review_add, name="review_add"),
    path("me/recall/reviews/<uuid:operation>/undo/", views.review_undo, name="review_undo"),
]
