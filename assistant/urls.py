from django.urls import path

from assistant import (
    views_chat,
    views_conversations,
    views_insights,
    views_preview,
    views_review,
    views_sharing,
    views_stream,
)

urlpatterns = [
    path("", views_chat.home, name="home"),
    path("c/<uuid:conversation_id>/", views_chat.conversation, name="conversation"),
    path("ask/", views_chat.ask, name="ask"),
    path("turns/<uuid:turn_id>/edit/", views_chat.turn_edit, name="turn_edit"),
    path("conversations/", views_conversations.conversations, name="conversations"),
    path("c/<uuid:conversation_id>/rename/", views_conversations.conversation_rename, name="conversation_rename"),
    path("c/<uuid:conversation_id>/delete/", views_conversations.conversation_delete, name="conversation_delete"),
    path("c/<uuid:conversation_id>/share/", views_sharing.conversation_share, name="conversation_share"),
    path("shared/", views_sharing.shared_with_me, name="shared_with_me"),
    path("shared/<uuid:share_id>/", views_sharing.shared, name="shared"),
    path("shared/<uuid:share_id>/end/", views_sharing.share_end, name="share_end"),
    path("answers/<uuid:answer_id>/", views_stream.answer, name="answer"),
    path("answers/<uuid:answer_id>/events/", views_stream.answer_events, name="answer_events"),
    path("answers/<uuid:answer_id>/stop/", views_stream.answer_stop, name="answer_stop"),
    path("answers/<uuid:answer_id>/retry/", views_stream.answer_retry, name="answer_retry"),
    path("answers/<uuid:answer_id>/feedback/", views_stream.answer_feedback, name="answer_feedback"),
    path("citations/<int:pk>/", views_review.citation, name="citation"),
    path("documents/<uuid:document_id>/answers/", views_preview.document_answers, name="document_answers"),
    path("review/", views_review.review, name="review"),
    path("review/<uuid:answer_id>/", views_review.review_item, name="review_item"),
    path("review/<uuid:answer_id>/<int:sentence>/", views_review.review_verdict, name="review_verdict"),
    path("insights/", views_insights.show, name="insights"),
]
