from django.apps import AppConfig


class AssistantConfig(AppConfig):
    name = "assistant"
    verbose_name = "Assistant"

    def ready(self) -> None:
        # Registers what happens to answers when a document changes or is purged; needs the models, so it stands here.
        from assistant import sources as sources
        from assistant.evaluating import forgetting as forgetting
        from assistant.gaps import names as names
        from assistant.showing import share_names as share_names
        from assistant.verified import lapsing as lapsing
