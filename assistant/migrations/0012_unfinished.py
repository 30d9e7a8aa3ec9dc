"""The few answers that are being made are found without a look at the many that were."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistant", "0011_fed")]

    operations = [
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                condition=models.Q(finished__isnull=True), fields=["created"], name="answer_unfinished"
            ),
        ),
    ]
