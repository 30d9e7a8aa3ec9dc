"""The scripted language model and the small shelf of the stories about answers."""

from tests.assistant.conftest import asked, model_server, shelf

__all__ = ["asked", "model_server", "shelf"]
