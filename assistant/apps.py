from django.apps import AppConfig


class AssistantConfig(AppConfig):
    name = "assistant"
    verbose_name = "Assistant"

    def ready(self) -> None:
        # Registers what happens to answers when a document is purged; needs the models, so it cannot stand above.
        from assistant import sources as sources
        from assistant.gaps import names as names
