"""Whether the review policy has looked at an answer: at all there are so far, it has."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistant", "0010_pages")]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="fed",
            field=models.BooleanField(default=True, editable=False, help_text="The review policy has looked at it"),
        ),
        migrations.AlterField(
            model_name="answer",
            name="fed",
            field=models.BooleanField(default=False, editable=False, help_text="The review policy has looked at it"),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(condition=models.Q(fed=False), fields=["finished"], name="answer_unfed"),
        ),
    ]
