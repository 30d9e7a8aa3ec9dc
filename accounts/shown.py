"""Forms of rows that several people edit: what is written is what a person changed on the page they were shown.

On a page that was opened a while ago the other fields show what has been changed since, by a colleague or a worker.
The page therefore carries what it showed (Django's hidden initial values), and the rest of the row stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import models


def say_what_was_shown(form: forms.BaseForm, names: Iterable[str]) -> None:
    """A page carries what it showed in these fields, so that what its reader changed is told from what others did."""
    for name in names:
        form.fields[name].show_hidden_initial = not form.is_bound or form.add_initial_prefix(name) in form.data


def save_what_changed(row: models.Model, form: forms.ModelForm[Any]) -> None:
    """Writes a new row whole, and of an old one the fields that this form changed, with the time of the change."""
    if row._state.adding:
        row.save()
        return
    own = {field.name for field in row._meta.concrete_fields}
    if changed := own & set(form.changed_data):
        stamps = {field.name for field in row._meta.concrete_fields if getattr(field, "auto_now", False)}
        row.save(update_fields=changed | stamps)


class ShownForm(forms.ModelForm[Any]):
    """Fields that this person left as they were shown keep what stands in the row, and it is that which is checked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            # What nobody can change there, such as a password's hash, is not repeated.
            say_what_was_shown(self, [name for name, field in self.fields.items() if not field.disabled])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        meta = self.instance._meta
        for field in (*meta.concrete_fields, *meta.many_to_many):
            if field.name in cleaned and not self.instance._state.adding and field.name not in self.changed_data:
                value = getattr(self.instance, field.name)
                cleaned[field.name] = list(value.all()) if field.many_to_many else value
        return cleaned

    def save(self, commit: bool = True) -> Any:
        saved = super().save(commit=False)
        if commit:
            save_what_changed(saved, self)
            self.save_m2m()
        return saved
