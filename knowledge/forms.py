"""What a curator may set on a document."""

from __future__ import annotations

import uuid
from collections.abc import Collection as Several
from typing import Any, ClassVar

from django import forms
from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.shown import ShownForm, say_what_was_shown
from knowledge import document_choice
from knowledge.document_choice import DocumentChoice, DocumentChoices, LongSelectMultiple
from knowledge.documents import title_changed
from knowledge.models import Collection, Document

_DATES = ("effective", "effective_until", "review_by")


def refuse_a_circle(document: Document, newer: Document | None, replaced: Several[uuid.UUID] = ()) -> None:
    """Raises ValidationError where ``document`` or one of those it replaces would replace itself, over however many
    steps."""
    seen = {document.pk}
    while newer is not None:
        if newer.pk in seen or newer.pk in replaced:
            raise forms.ValidationError("Two documents cannot replace each other. Name only the newer one.")
        seen.add(newer.pk)
        newer = newer.superseded_by


class DocumentSettingsForm(forms.ModelForm[Document]):
    """Title, dates and replacements of a document. Only documents of the same readers' view can be named.

    ``supersedes`` changes the documents it names, so only those that this person curates stand there.
    """

    supersedes = DocumentChoices(
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
        widgets: ClassVar = {name: forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}) for name in _DATES}
        field_classes: ClassVar = {"superseded_by": DocumentChoice}

    def __init__(self, *args: object, user: User, near: str = "", **kwargs: object) -> None:
        """``near``: words of the titles that are to be offered; those of its own title are without it."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through to Django's form unchanged
        self._user = user
        self._replacement = self.instance.superseded_by
        self._choices = Document.objects.visible_to(user).filter(current__isnull=False).exclude(pk=self.instance.pk)
        self._mine = self._choices.filter(collection__in=Collection.objects.curated_by(user))
        # What has been chosen on the page so far, while others are looked for, is not what stands in the row.
        so_far = set(kwargs.get("initial") or ())  # type: ignore[call-overload]  # as above
        if "superseded_by" not in so_far and not self._knows(self._replacement):
            self.initial["superseded_by"] = None
        self.initial.setdefault("supersedes", list(self._mine.filter(superseded_by=self.instance.pk)))
        say_what_was_shown(self, self.fields.keys() - so_far)
        field, inverse = self.fields["superseded_by"], self.fields["supersedes"]
        if isinstance(field, DocumentChoice) and isinstance(inverse, DocumentChoices):
            field.empty_label = "Nothing replaces it"
            # Of thousands only what a choice shows, and what ``clean`` follows, is read.
            field.queryset, inverse.queryset = (
                rows.only("title", "superseded_by") for rows in (self._choices, self._mine)
            )
            field.near = inverse.near = near or self.instance.title
            field.kept, inverse.kept = (_ids(self[name].value()) for name in ("superseded_by", "supersedes"))

    @property
    def more(self) -> bool:
        """Whether there are documents that are not offered."""
        return self._choices.count() > document_choice.OFFERED

    def _knows(self, replacement: Document | None) -> bool:
        return replacement is not None and self._choices.filter(pk=replacement.pk).exists()

    def clean_superseded_by(self) -> Document | None:
        """A replacement that this person may not read looks like none to them, and stays; so does one that a colleague
        named since the page was opened."""
        chosen: Document | None = self.cleaned_data["superseded_by"]
        kept = self._replacement
        if "superseded_by" not in self.changed_data or (chosen is None and not self._knows(kept)):
            return kept
        return chosen

    def clean(self) -> dict[str, Any]:
        """Refuses documents that would replace each other, over however many steps. Dates that this person left as
        they were shown are those of the row, so that what is checked is what will stand there."""
        cleaned = super().clean() or {}
        for name in _DATES:
            if name in cleaned and name not in self.changed_data:
                cleaned[name] = getattr(self.instance, name)
        chosen = {document.pk for document in cleaned.get("supersedes") or ()}
        refuse_a_circle(self.instance, cleaned.get("superseded_by"), chosen)
        return cleaned

    def save(self, commit: bool = True) -> Document:
        """Saves the document, and on the documents it replaces or no longer replaces that it does.

        Of all that, what this person changed alone: since the page was opened a worker may have put another version in
        force, or somebody may have deleted, restricted, replaced or retired it.
        """
        with transaction.atomic():
            saved = super().save(commit=False)
            if commit:
                saved.save(update_fields=[*(name for name in self.Meta.fields if name in self.changed_data), "updated"])
                if "title" in self.changed_data:
                    title_changed(saved.pk)
            now = self._mine.filter(superseded_by=saved)
            shown, chosen = self._shown_as_replaced(), _ids(self.cleaned_data["supersedes"])
            for document in now:
                if str(document.pk) in shown - chosen:
                    self._link(document, None)
            for document in self.cleaned_data["supersedes"]:
                if str(document.pk) not in shown and document not in now:
                    self._link(document, saved)
        return saved

    def _shown_as_replaced(self) -> frozenset[str]:
        field = self.fields["supersedes"]
        if not field.show_hidden_initial:
            return _ids(self.initial["supersedes"])
        name = self.add_initial_prefix("supersedes")
        return _ids(field.hidden_widget().value_from_datadict(self.data, self.files, name))

    def _link(self, document: Document, newer: Document | None) -> None:
        document.superseded_by = newer
        document.save(update_fields=["superseded_by", "updated"])
        audit.record(self._user, "document.changed", document)


def _ids(chosen: Any) -> frozenset[str]:
    """Of what a choice of documents holds: one or several of them, or of their ids."""
    several = chosen if isinstance(chosen, (list, tuple)) else [chosen]
    return frozenset(str(getattr(one, "pk", one)) for one in several if one)


class AdministeredDocumentForm(ShownForm):
    """A document on the administration's pages. Who changes it there need not be able to read it."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        refuse_a_circle(self.instance, cleaned.get("superseded_by"))
        return cleaned


class CheckingForm(forms.ModelForm[Collection]):
    """Writes a choice only where it was made: on an old page the others may have been changed by somebody else."""

    class Meta:
        model = Collection
        fields: ClassVar = ["unsupported"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through to Django's form unchanged
        say_what_was_shown(self, ["unsupported"])

    def save(self, commit: bool = True) -> Collection:
        saved = super().save(commit=False)
        if commit:
            saved.save(update_fields=["unsupported"])
        return saved


# One choice for each collection that a person curates.
CheckingForms = forms.modelformset_factory(Collection, form=CheckingForm, extra=0, edit_only=True)
