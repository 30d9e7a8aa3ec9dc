"""What a curator may set on a document."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from accounts.models import User
from knowledge.models import Collection, Document


class DocumentSettingsForm(forms.ModelForm[Document]):
    """Title, dates and replacement of a document. Only documents of the same readers' view can be named."""

    class Meta:
        model = Document
        fields: ClassVar = ["title", "effective", "review_by", "superseded_by"]
        labels: ClassVar = {"effective": "In force from", "superseded_by": "Replaced by"}
        help_texts: ClassVar = {"effective": "", "superseded_by": "Answers then prefer the replacement."}
        widgets: ClassVar = {
            "effective": forms.DateInput(attrs={"type": "date"}),
            "review_by": forms.DateInput(attrs={"type": "date"}),
        }

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through to Django's form unchanged
        self._replacement = self.instance.superseded_by
        self._choices = Document.objects.visible_to(user).filter(current__isnull=False).exclude(pk=self.instance.pk)
        field = self.fields["superseded_by"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = self._choices
            field.empty_label = "Nothing replaces it"

    def clean_superseded_by(self) -> Document | None:
        """A replacement that this person may not read looks like none to them, and stays."""
        chosen: Document | None = self.cleaned_data["superseded_by"]
        kept = self._replacement
        return kept if chosen is None and kept is not None and kept not in self._choices else chosen


# One choice for each collection that a person curates.
CheckingForms = forms.modelformset_factory(Collection, fields=["unsupported"], extra=0, edit_only=True)
