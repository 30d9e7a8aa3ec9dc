"""How one version becomes searchable: read → split → embed → save and publish, and last the job is done.

| stage     | works on                     | kept when the worker dies here            | what a second run does    |
|-----------|------------------------------|-------------------------------------------|---------------------------|
| reading   | the file, in a child process | some pages of a version nobody sees yet   | reads again from the start|
| splitting | pages                        | the pages                                 | reads again               |
| embedding | passages in memory           | the pages; vectors known from elsewhere   | reads and embeds again    |
| saving    | one transaction              | nothing, or everything with the job done  | finds nothing left to do  |

Any number of runs of one job, also at the same time, leaves one set of passages: each run must hold the
job's lease.
"""

from __future__ import annotations

import logging
import uuid
from contextlib import suppress

from django.conf import settings
from django.db import OperationalError, transaction

from ingest import leases, outcomes, passages
from ingest.lanes import TooLong
from ingest.leases import Cancelled, Hold, LeaseLost
from ingest.models import IngestJob
from ingest.names import title_from
from ingest.reading import Begun, read_version
from knowledge.disk import nearly_full, no_room
from knowledge.documents import publish_version
from knowledge.errors import DocumentGone, PermanentError, TransientError, UnreadableDocument
from knowledge.models import Document, DocumentVersion, Passage

logger = logging.getLogger("footnote.ingest")

_ROWS_AT_ONCE = 500


def run(job_id: uuid.UUID, token: str, begun: Begun | None = None, *, quick: bool = False) -> bool:
    """Does the job when it is free, and records how it ended. Only errors nobody foresaw come out of here:
    then the lease ends by itself and the sweeper tries again, up to ``INGEST_MAX_ATTEMPTS`` times.
    ``begun``: its file, when somebody began to read it already. True when a ``quick`` run found that the job is
    long and left it for the long lane."""
    hold = _take(job_id, token, quick)
    if hold is None:
        return False
    logger.info("job started job=%s", job_id)
    try:
        _process(hold, begun)
    except TooLong:
        logger.info("job moved job=%s", job_id)
        return outcomes.moved(hold)
    except LeaseLost:
        logger.info("job lost job=%s", job_id)
    except (Cancelled, DocumentGone):
        outcomes.cancelled(hold)
        logger.info("job cancelled job=%s", job_id)
    except PermanentError as error:
        code = error.code if isinstance(error, UnreadableDocument) else "refused"
        outcomes.failed(hold, code, str(error))
        logger.info("job failed job=%s code=%s", job_id, code)
    except TransientError as error:
        _pause(hold, "unavailable", str(error))
    except OperationalError:
        # When not even this can be written, the lease ends by itself.
        with suppress(OperationalError):
            _pause(hold, "database", "The database could not be written to. This is tried again by itself.")
    except OSError as error:
        if not no_room(error):
            raise
        with suppress(OperationalError):
            _pause(hold, "disk", "The disk is full. This is tried again by itself.")
    return False


def _take(job_id: uuid.UUID, token: str, quick: bool) -> Hold | None:
    """A job that cannot be finished is not begun: it waits, with all its attempts, until there is room again."""
    if nearly_full(settings.FOOTNOTE_HOME):
        logger.warning("job waits job=%s code=disk", job_id)
        return None
    try:
        return leases.take(job_id, token, quick=quick)
    except OperationalError:
        logger.warning("job waits job=%s code=database", job_id)
        return None


def run_inline(version: DocumentVersion, begun: Begun | None = None) -> IngestJob:
    """The whole work in this process, for commands and tests. Gives the job as it then is."""
    job, _ = IngestJob.objects.get_or_create(version=version, defaults={"uploaded_by_id": version.created_by_id})
    run(job.pk, uuid.uuid4().hex, begun)
    version.refresh_from_db()
    job.refresh_from_db()
    return job


def _pause(hold: Hold, code: str, sentence: str) -> None:
    if not outcomes.paused(hold, code, sentence):
        outcomes.failed(hold, code, sentence)
    logger.warning("job paused job=%s code=%s", hold.job_id, code)


def _name_document(version: DocumentVersion, title: str) -> None:
    """A new document takes the title it gives itself, unless somebody named it or another one here has that title.

    Before splitting, because the title is part of what is embedded.
    """
    document = version.document
    guessed = title_from(document.name)
    live = Document.objects.filter(deleted__isnull=True)
    if not title or document.current_id is not None or document.title != guessed:
        return
    if live.filter(collection=document.collection_id, title__iexact=title).exclude(pk=document.pk).exists():
        return
    # Somebody may be naming it at this moment: theirs stays.
    if live.filter(pk=document.pk, title=guessed).update(title=title):
        document.title = title


def _process(hold: Hold, begun: Begun | None) -> None:
    version = DocumentVersion.objects.select_related("document").get(job=hold.job_id)
    if version.document.deleted is not None:
        raise Cancelled
    reading = read_version(hold, version, begun)
    _name_document(version, reading.title)
    pieces = passages.split(hold, version, reading)
    model_id, vectors = passages.embed(hold, pieces)
    hold.enter(IngestJob.Stage.SAVING)
    version.media_type = reading.media_type
    version.page_count = reading.pages
    version.passage_count = len(pieces)
    version.language = passages.main_language(pieces)
    with transaction.atomic():
        hold.confirm(note=reading.note(), passages_done=len(pieces))
        hold.heed()
        Passage.objects.filter(version=version).delete()
        Passage.objects.bulk_create(passages.rows(version, pieces, model_id, vectors), batch_size=_ROWS_AT_ONCE)
        publish_version(version)
        outcomes.done(hold)
    logger.info("job done job=%s pages=%d passages=%d", hold.job_id, reading.pages, len(pieces))
