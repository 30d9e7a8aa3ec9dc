"""ASGI entry point, served by uvicorn."""

import os
from typing import cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_asgi_application()

# These need the applications, which the line above sets up.
from django.conf import settings  # noqa: E402

from config import settings_trail, warm_up  # noqa: E402
from config.checks import refuse_unsafe_start  # noqa: E402
from config.headers import SafeHeaders  # noqa: E402
from ingest.limits import Application, BodyLimit  # noqa: E402

refuse_unsafe_start()
settings_trail.note_changes()
warm_up.start()
application = SafeHeaders(BodyLimit(cast("Application", _django), settings.UPLOAD_MAX_BYTES))
