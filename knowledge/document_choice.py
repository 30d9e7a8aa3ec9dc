"""Choosing documents among thousands: the nearest by title are offered, and others after looking for them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from knowledge.models import Document

OFFERED = 200  # documents in one choice
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


class ShownChoices(forms.HiddenInput):
    """What was shown as chosen, in one input, which is there as well when that was nothing."""

    def format_value(self, value: Any) -> str:
        return ",".join(map(str, value or ()))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [one for one in data.get(name, "").split(",") if one]


Choice = tuple[Any, str]


class Titles(ModelChoiceIterator[Document]):
    """Choices by id and title: thousands of whole documents would be made to show a line of each."""

    field: DocumentChoice | DocumentChoices

    def __iter__(self) -> Iterator[Choice]:
        if self.field.empty_label is not None:
            yield "", str(self.field.empty_label)
        yield from nearest(list(self.queryset.values_list("pk", "title")), self.field.near, self.field.kept)


class DocumentChoice(forms.ModelChoiceField[Document]):
    """One document. ``near``: words of the titles that are offered first; ``kept``: ids that are offered anyway."""

    iterator = Titles
    widget = LongSelect
    near = ""
    kept: frozenset[str] = frozenset()


class DocumentChoices(forms.ModelMultipleChoiceField[Document]):
    """The same for several."""

    iterator = Titles
    widget = LongSelectMultiple
    hidden_widget = ShownChoices
    near = ""
    kept: frozenset[str] = frozenset()


def nearest(choices: list[Choice], near: str, kept: Collection[str]) -> list[Choice]:
    """In their order, of these (id, title) those of the ``kept`` ids and ``OFFERED`` others whose titles hold most of
    the words, as parts of words too."""
    if len(choices) <= OFFERED:
        return choices
    wanted = set(near.casefold().split())

    def held(choice: Choice) -> int:
        title = choice[1].casefold()
        return sum(word in title for word in wanted)

    others = [choice for choice in choices if str(choice[0]) not in kept]
    others.sort(key=held, reverse=True)
    offered = {choice[0] for choice in others[:OFFERED]}
    return [choice for choice in choices if choice[0] in offered or str(choice[0]) in kept]
