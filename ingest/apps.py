from django.apps import AppConfig


class IngestConfig(AppConfig):
    name = "ingest"
    verbose_name = "Ingest"

    def ready(self) -> None:
        # These need the models, which are not there yet when this module is imported.
        from ingest import mending
        from knowledge import repairing, verification

        verification.register(mending.find_stuck)
        repairing.register(mending.mend_stuck)
        repairing.register(mending.mend_vectors)
