"""Forms of the evaluation pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from assistant.generators.choices import endpoint_of
from assistant.models import Calibration, Candidate, EvaluationSet, ModelEndpoint, PromptText

_AS_TODAY = ("", "As today")


class SetForm(forms.ModelForm[EvaluationSet]):
    class Meta:
        model = EvaluationSet
        fields = ("name", "about")
        labels: ClassVar = {"about": "What it is for"}


class CandidateForm(forms.ModelForm[Candidate]):
    """What is left empty stays as it is today. A prompt's text is kept as a version of its own."""

    answerer = forms.ChoiceField(label="Answered by", required=False)
    rerank = forms.TypedChoiceField(
        label="Re-ranking model", required=False, empty_value=None,
        choices=(_AS_TODAY, ("1", "Used, where there is one"), ("0", "Not used")), coerce=lambda value: value == "1",
    )
    prompt_text = forms.CharField(
        label="New prompt for language models", required=False, max_length=6000, strip=True,
        widget=forms.Textarea({"rows": 8}),
        help_text="Rules in your own words. That passages are data, that every sentence names its passage and that "
        "silence is allowed is added to them. It is kept under the candidate's name and never changed.",
    )

    class Meta:
        model = Candidate
        fields = (
            *("name", "about", "answerer", "prompt", "prompt_text", "passages", "lexical_weight"),
            *("superseded_factor", "rerank", "threshold", "calibration", "shipped"),
        )
        labels: ClassVar = {
            "about": "What it tries",
            "prompt": "Prompt kept before",
            "passages": "Passages found",
            "lexical_weight": "Weight of exact words beside meaning",
            "superseded_factor": "How much a replaced document counts, 0 to 1",
            "threshold": "Probability from which it answers, 0 to 1",
            "calibration": "Calibration of that probability",
            "shipped": "The shipped calibration and threshold",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        models = [(f"row:{row.pk}", row.name) for row in ModelEndpoint.objects.all()]
        if environment := endpoint_of("environment"):
            models.insert(0, ("environment", environment.name))
        self.fields["answerer"].choices = [  # type: ignore[attr-defined]  # a ChoiceField's
            _AS_TODAY, ("quoting", "Quotes alone, without a language model"), *models,
        ]
        if self.instance.rerank is not None:
            self.initial["rerank"] = "1" if self.instance.rerank else "0"
        self.fields["prompt"].queryset = PromptText.objects.all()  # type: ignore[attr-defined]
        self.fields["calibration"].queryset = Calibration.objects.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        name = self._prompt_name(given)
        if given.get("prompt_text") and given.get("prompt"):
            self.add_error("prompt_text", "Choose a prompt that is kept, or write a new one.")
        elif given.get("prompt_text") and PromptText.objects.filter(name=name).exists():
            self.add_error("prompt_text", f"There is a prompt {name} already. Give the candidate another name.")
        return given

    def save(self, commit: bool = True) -> Candidate:
        row = super().save(commit=False)
        if text := self.cleaned_data["prompt_text"]:
            row.prompt = PromptText.objects.create(name=self._prompt_name(self.cleaned_data), text=text, by=row.by)
        if commit:
            row.save()
        return row

    @staticmethod
    def _prompt_name(given: dict[str, Any]) -> str:
        return str(given.get("name", ""))[:20].rstrip("-")


class CaseForm(forms.Form):
    question = forms.CharField(max_length=4000, widget=forms.Textarea({"rows": 2}))
    answer = forms.CharField(
        label="What the answer should say", required=False, max_length=4000, widget=forms.Textarea({"rows": 3})
    )


class RunForm(forms.Form):
    candidate = forms.ModelChoiceField(
        Candidate.objects.all(), required=False, empty_label="Today's configuration", label="Ask these of"
    )
