"""Puts hostile texts wherever people and files can put text. Runs inside of a site's home: ``manage.py shell``."""

from __future__ import annotations

import io
import json
from pathlib import Path

from django.core.files.base import ContentFile
from reportlab.pdfgen.canvas import Canvas

from accounts.models import User
from assistant.models import Answer, Citation, Conversation, Standing, Turn
from ingest.pipeline import run_inline
from ingest.uploads import accept_upload
from knowledge.models import Collection, Document, Grant, Passage

HERON = "# Heron pump\n\nThe warranty of the Heron pump is 42 months from the day of delivery.\n"


def seed(texts: list[str], told: Path) -> None:
    """A collection, a document and a question for every text; ``told`` receives the addresses of some of them."""
    alice, bob = (User.objects.get(username=name) for name in ("alice", "bob"))
    for person, text in zip((alice, bob), ("<img src=x onerror=xss(60)>", '"><script>xss(61)</script>'), strict=True):
        User.objects.filter(pk=person.pk).update(display_name=text)
    team = Collection.objects.get(slug="team")
    heron = add(alice, team, "heron.md", HERON.encode())
    page = add(alice, team, "page.html", b"<h1>House</h1><p>Rules of the house.</p><script>xss(62)</script>")
    addresses = [f"/documents/{page.pk}/"]
    for number, text in enumerate(texts):
        shelf = Collection.objects.create(name=f"{text}{number}"[:120], slug=f"shelf-{number}", description=text)
        Grant.objects.create(collection=shelf, user=alice, role=Grant.Role.CURATOR)
        for name in ("bob", "rita"):
            Grant.objects.create(collection=shelf, user=User.objects.get(username=name))
        document = document_of(alice, shelf, number, text)
        if number % 6 == 0:
            addresses += [f"/documents/{document.pk}/", f"/documents/{document.pk}/v/1/p/1/"]
            addresses += [f"/c/{asked(bob, document, texts[number : number + 6])}/"]
    places = {"pages": addresses, "heron": f"/documents/{heron.pk}/", "file": f"/documents/{page.pk}/v/1/download/"}
    told.write_text(json.dumps(places))


def add(by: User, shelf: Collection, name: str, data: bytes) -> Document:
    accepted = accept_upload(user=by, collection=shelf, name=name, file=ContentFile(data, name=name), send=False)
    run_inline(accepted.version)
    return Document.objects.get(pk=accepted.document.pk)


def document_of(by: User, shelf: Collection, number: int, text: str) -> Document:
    """Every eighth is a PDF with the text as its title, author and words."""
    if number % 8:
        table = f"| {text} | b |\n| --- | --- |\n| {text} | 1 |\n"
        words = f"# {text}\n\n{text} is what this note of number {number} says.\n\n{table}"
        return add(by, shelf, f"{text}.md", words.encode())
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setTitle(text)
    canvas.setAuthor(text)
    canvas.drawString(72, 700, f"{text} is what this page of number {number} says.")
    canvas.save()
    return add(by, shelf, f"{text}.pdf", out.getvalue())


def asked(by: User, document: Document, texts: list[str]) -> str:
    """A conversation named so, in which each text is the question, the answer and the reason; the id."""
    conversation = Conversation.objects.create(user=by, title=texts[0][:80])
    parent = None
    passage = Passage.objects.filter(version=document.current).select_related("page").order_by("ordinal")[0]
    for text in texts:
        parent = Turn.objects.create(conversation=conversation, parent=parent, question=text)
        answer = Answer.objects.create(
            turn=parent,
            state=Answer.State.COMPLETE,
            text=text,
            notice=text[:200],
            sentences=[{"text": text, "standing": Standing.PARTLY, "reason": text, "citations": [1]}],
            sentence_count=1,
            scope=[document.collection_id],
        )
        Citation.objects.create(
            answer=answer,
            number=1,
            passage=passage,
            document=document,
            version=document.current,
            page=passage.page,
            start=passage.start,
            end=passage.end,
            quote=passage.text,
            quote_hash="",
        )
    return str(conversation.pk)
