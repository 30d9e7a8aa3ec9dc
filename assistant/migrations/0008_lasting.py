"""Up to where an open question was asked again; whose own words the question of a verified answer is."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def name_origins(apps: migrations.state.StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Of what was verified before: the asker, where their answer is still there and the words are theirs."""
    verified = apps.get_model("assistant", "VerifiedAnswer").objects
    rows = verified.filter(answer__isnull=False).exclude(question="").values_list(
        "pk", "question", "answer__searched_as", "answer__turn__question", "answer__turn__conversation__user"
    )
    for pk, question, searched, asked, asker in list(rows):
        if _plain(question) in {_plain(searched), _plain(asked)}:
            verified.filter(pk=pk).update(origin=asker)


class Migration(migrations.Migration):
    dependencies = [
        ("assistant", "0007_gaps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="gapquestion",
            name="tried",
            field=models.BigIntegerField(
                default=0, help_text="Up to which change of the index it was asked again."
            ),
        ),
        migrations.AddField(
            model_name="verifiedanswer",
            name="origin",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose own words the question is; empty when a reviewer put it otherwise.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="verifiedanswer",
            name="why",
            field=models.CharField(
                blank=True,
                choices=[
                    ("changed", "A cited document has a new version."),
                    ("deleted", "A cited document was deleted."),
                    ("expired", "A cited document is no longer in force."),
                    ("superseded", "A cited document was replaced by another."),
                    ("disputed", "A second reviewer judged it otherwise."),
                    ("renewed", "A newer verified answer took its place."),
                    ("taken_back", "A reviewer took it back."),
                    ("asker_gone", "Whoever asked it was erased, and the question with them."),
                ],
                max_length=12,
            ),
        ),
        migrations.RunPython(name_origins, migrations.RunPython.noop),
    ]
