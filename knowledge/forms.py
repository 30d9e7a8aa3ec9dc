"""What a curator may set on a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.forms.models import ModelChoiceIterator
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts import audit
from accounts.models import User
from knowledge.models import Collection, Document

_SELECTED = SafeString(" selected")


class LongSelect(forms.Select):
    """A choice among thousands. Its options are written in one go: as Django writes them, each from templates of its
    own, two thousand take half a second."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        chosen = set(self.format_value(value))
        own = {"name": name} | ({"multiple": True} if self.allow_multiple_selected else {})
        options = ((key, _SELECTED if str(key) in chosen else "", label) for key, label in self.choices)
        written = format_html_join("", '<option value="{}"{}>{}</option>', options)
        return format_html("<select{}>{}</select>", flatatt(own | self.build_attrs(self.attrs, attrs)), written)


class LongSelectMultiple(LongSelect, forms.SelectMultiple):
    """The same for several at once."""


class Titles(ModelChoiceIterator[Document]):
    """Choices by id and title: thousands of whole documents would be made to show a line of each."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        if self.field.empty_label is not None:
            yield "", str(self.field.empty_label)
        yield from self.queryset.values_list("pk", "title")


class DocumentSettingsForm(forms.ModelForm[Document]):
    """Title, dates and replacements of a document. Only documents of the same readers' view can be named.

    ``supersedes`` changes the documents it names, so only those that this person curates stand there.
    """

    supersedes = forms.ModelMultipleChoiceField(
        queryset=Document.objects.none(),
        required=False,
        label="Replaces",
        help_text="Of the documents you curate. Answers prefer this one to them.",
        widget=LongSelectMultiple(attrs={"size": 4}),
    )

    class Meta:
        model = Document
        fields: ClassVar = ["title", "effective", "effective_until", "review_by", "superseded_by"]
        labels: ClassVar = {
            "effective": "In force from",
            "effective_until": "In force until",
            "superseded_by": "Replaced by",
        }
        help_texts: ClassVar = {
            "effective": "",
            "effective_until": "The last day. From the next on, answers prefer documents that are in force.",
            "review_by": "Past this day its footnotes say so.",
            "superseded_by": "Answers then prefer the replacement.",
        }
        # A browser's date field takes this form of a date alone: with another it stands empty, and saving clears it.
        widgets: ClassVar = {
            name: forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            for name in ("effective", "effective_until", "review_by")
        } | {"superseded_by": LongSelect}

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through to Django's form unchanged
        self._user = user
        self._replacement = self.instance.superseded_by
        self._choices = Document.objects.visible_to(user).filter(current__isnull=False).exclude(pk=self.instance.pk)
        mine = self._choices.filter(collection__in=Collection.objects.curated_by(user))
        self._replaced = list(mine.filter(superseded_by=self.instance.pk))
        self.initial.setdefault("supersedes", self._replaced)
        field, inverse = self.fields["superseded_by"], self.fields["supersedes"]
        if isinstance(field, forms.ModelChoiceField) and isinstance(inverse, forms.ModelChoiceField):
            # Of thousands only what a choice shows, and what ``clean`` follows, is read.
            field.iterator = inverse.iterator = Titles
            field.empty_label = "Nothing replaces it"
            field.queryset, inverse.queryset = (rows.only("title", "superseded_by") for rows in (self._choices, mine))

    def clean_superseded_by(self) -> Document | None:
        """A replacement that this person may not read looks like none to them, and stays."""
        chosen: Document | None = self.cleaned_data["superseded_by"]
        kept = self._replacement
        return kept if chosen is None and kept is not None and kept not in self._choices else chosen

    def clean(self) -> dict[str, Any]:
        """Refuses documents that would replace each other, over however many steps."""
        cleaned = super().clean() or {}
        chosen = {document.pk for document in cleaned.get("supersedes") or ()}
        seen = {self.instance.pk}
        newer = cleaned.get("superseded_by")
        while newer is not None:
            if newer.pk in seen or newer.pk in chosen:
                raise forms.ValidationError("Two documents cannot replace each other. Name only the newer one.")
            seen.add(newer.pk)
            newer = newer.superseded_by
        return cleaned

    def save(self, commit: bool = True) -> Document:
        """Saves the document, and on the documents it replaces or no longer replaces that it does."""
        with transaction.atomic():
            saved = super().save(commit)
            chosen = list(self.cleaned_data["supersedes"])
            for document in chosen:
                if document not in self._replaced:
                    self._link(document, saved)
            for document in self._replaced:
                if document not in chosen:
                    self._link(document, None)
        return saved

    def _link(self, document: Document, newer: Document | None) -> None:
        document.superseded_by = newer
        document.save(update_fields=["superseded_by", "updated"])
        audit.record(self._user, "document.changed", document)


# One choice for each collection that a person curates.
CheckingForms = forms.modelformset_factory(Collection, fields=["unsupported"], extra=0, edit_only=True)
