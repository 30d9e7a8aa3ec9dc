"""A short document written on the spot, for what nothing answered yet."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.policy import Audience, allow
from ingest.uploads import UploadRefused, accept_upload
from knowledge.models import Collection
from knowledge.requests import asker


class WritingForm(forms.Form):
    title = forms.CharField(max_length=120, help_text="Say what it is about, as people would ask for it.")
    collection = forms.ModelChoiceField(
        Collection.objects.none(), empty_label=None, help_text="Its readers will be answered from it."
    )
    text = forms.CharField(max_length=50_000, widget=forms.Textarea(attrs={"rows": 12}))

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through to Django's form unchanged
        field = self.fields["collection"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Collection.objects.curated_by(user)


@require_http_methods(["GET", "POST"])
@allow(Audience.CURATOR)
def upload_write(request: HttpRequest) -> HttpResponse:
    """Takes the same road as a file: it is a Markdown document from then on."""
    user = asker(request)
    form = WritingForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        title, text = form.cleaned_data["title"].strip(), form.cleaned_data["text"].strip()
        name = f"{slugify(title, allow_unicode=True)[:80] or 'note'}.md"
        content = ContentFile(f"# {title}\n\n{text}\n".encode(), name=name)
        collection = form.cleaned_data["collection"]
        try:
            accepted = accept_upload(user=user, collection=collection, name=name, file=content, anew=True)
        except UploadRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{accepted.message} People who asked for it are told when it answers them.")
            return redirect("upload")
    return render(request, "ingest/write.html", {"form": form}, status=422 if form.is_bound else 200)
