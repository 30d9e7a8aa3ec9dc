from django.urls import path

from accounts import views
from accounts.notices import views as notices

urlpatterns = [
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/others/end/", views.sessions_end_others, name="sessions_end_others"),
    path("sessions/<int:session_id>/end/", views.session_end, name="session_end"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    path("notices/choices/", notices.notice_choices, name="notice_choices"),
    path("notices/<int:notice_id>/", notices.notice, name="notice"),
]
