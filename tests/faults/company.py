"""A company of many people and documents with grants drawn by chance, and a word in each document that stands nowhere
else. Who may see what is worked out here in plain loops, without the product's rule."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import closing

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile

from accounts.models import User
from assistant.answering.answer import answer as answering
from assistant.conversing import conversations
from assistant.models import Answer
from assistant.streaming import running
from ingest.chunking import CHUNKER
from knowledge.documents import publish_version
from knowledge.embedding import get_embedder
from knowledge.models import Collection, Document, DocumentVersion, Grant, Page, Passage, Restriction

WORD = re.compile(r"zq[a-z]{12}")
THINGS = ("north depot", "boiler room", "night shift", "paint store", "test bench", "harbour office", "ferry landing")
QUESTIONS = tuple(f"What is the access code of the {thing}?" for thing in THINGS)


class Company:
    """``people`` and ``documents`` in ``collections``; ``words`` says which document a word belongs to."""

    def __init__(self, people: int, documents: int, seed: int = 1) -> None:
        self.dice = random.Random(seed)
        self.groups = [Group.objects.create(name=f"crew {n}") for n in range(max(2, people // 5))]
        self.people = [User.objects.create(username=f"person{n}", email=f"p{n}@example.org") for n in range(people)]
        for person in self.people:
            person.groups.set(self.dice.sample(self.groups, self.dice.randint(0, 2)))
        self.collections = [
            Collection.objects.create(name=f"Shelf {n}", slug=f"shelf-{n}") for n in range(max(3, documents // 5))
        ]
        for shelf in self.collections:
            self._open(shelf)
        self.words: dict[str, Document] = {}
        self.documents = self.add(documents)

    def _open(self, shelf: Collection) -> None:
        if self.dice.random() < 0.1:
            Grant.objects.create(collection=shelf, everyone=True)
        for group in self.dice.sample(self.groups, self.dice.randint(0, 1)):
            Grant.objects.create(collection=shelf, group=group)
        for person in self.dice.sample(self.people, self.dice.randint(0, 2)):
            role = self.dice.choice([Grant.Role.READER, Grant.Role.CURATOR])
            Grant.objects.create(collection=shelf, user=person, role=role)

    def add(self, count: int, shelf: Collection | None = None) -> list[Document]:
        """Ready documents, some of them narrowed; all in ``shelf`` when one is named."""
        made = []
        texts, words, things = [], [], []
        for number in range(count):
            word = "zq" + "".join(self.dice.choice("bcdefghjklmnprstuvwx") for _ in range(12))
            thing = THINGS[number % len(THINGS)]
            words.append(word)
            things.append(thing)
            texts.append(f"The access code of the {thing} is {word}. It is changed every {number + 2} weeks.")
        vectors = get_embedder().embed_documents(texts)
        for word, thing, text, vector in zip(words, things, texts, vectors, strict=True):
            where = shelf or self.dice.choice(self.collections)
            document = a_document(where, f"Codes of the {thing} {word}", text, vector.astype("<f4").tobytes())
            if shelf is None and self.dice.random() < 0.25:
                self._narrow(document)
            self.words[word] = document
            made.append(document)
        return made

    def _narrow(self, document: Document) -> None:
        Document.objects.filter(pk=document.pk).update(restricted=True)
        for person in self.dice.sample(self.people, self.dice.randint(0, 3)):
            Restriction.objects.create(document=document, user=person)
        for group in self.dice.sample(self.groups, self.dice.randint(0, 1)):
            Restriction.objects.create(document=document, group=group)

    def theirs(self, person: User) -> set[str]:
        """Words of the documents that this person may see now."""
        return {word for word, document in self.words.items() if may_see(person, document)}


def may_see(person: User, document: Document) -> bool:
    """Worked out from the rows, one by one."""
    fresh = Document.objects.get(pk=document.pk)
    if not User.objects.get(pk=person.pk).is_active or fresh.deleted is not None:
        return False
    groups = {group.pk for group in person.groups.all()}

    def names(row: Grant | Restriction) -> bool:
        return row.user_id == person.pk or row.group_id in groups

    opened = any(g.everyone or names(g) for g in Grant.objects.filter(collection_id=fresh.collection_id))
    return opened and (not fresh.restricted or any(names(row) for row in Restriction.objects.filter(document=fresh)))


def a_document(shelf: Collection, title: str, text: str, vector: bytes) -> Document:
    """Ready to be answered from, with page, passage, vector, full text and file, without the work of reading it."""
    document = Document.objects.create(collection=shelf, name=f"{title}.md", title=title)
    version = DocumentVersion(
        document=document, number=1, sha256="0" * 64, filename=f"{title}.md", size=len(text.encode()),
        media_type="text/markdown", language="en", page_count=1, passage_count=1,
    )  # fmt: skip
    version.blob.save("note.md", ContentFile(text.encode()), save=True)
    page = Page.objects.create(version=version, number=1, kind=Page.Kind.TEXT, text=text)
    Passage.objects.create(
        version=version, page=page, ordinal=0, start=0, end=len(text), text=text, heading_path=["Codes in force"],
        language="en", chunker=CHUNKER, model_id=get_embedder().model_id, input_hash=f"{document.pk.hex:0<64}",
        vector=vector,
    )  # fmt: skip
    publish_version(version)
    document.refresh_from_db()
    return document


def ask(person: User, question: str) -> Answer:
    """Asks and answers here and now, storing the events as the web process does."""
    answer = conversations.ask(person, question)
    with closing(running._Journal(answer.pk)) as journal:
        for event in answering(answer.pk):
            journal.write(event)
    answer.refresh_from_db()
    return answer


def words_in(*shown: object) -> Iterator[str]:
    for text in shown:
        yield from WORD.findall(text.decode(errors="replace") if isinstance(text, bytes) else str(text))
