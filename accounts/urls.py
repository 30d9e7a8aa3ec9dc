from django.urls import path

from accounts import views

urlpatterns = [
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/others/end/", views.sessions_end_others, name="sessions_end_others"),
    path("sessions/<int:session_id>/end/", views.session_end, name="session_end"),
]
