"""What becomes of sentences that a collection's documents do not support."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0004_age")]

    operations = [
        migrations.AddField(
            model_name="collection",
            name="unsupported",
            field=models.CharField(
                choices=[
                    ("mark", "Show them, marked as not supported"),
                    ("hold", "Hold back what is not supported"),
                    ("hold_partly", "Hold back also what is only partly supported"),
                ],
                default="mark",
                help_text="When an answer draws on several collections, the strictest choice counts.",
                max_length=16,
                verbose_name="sentences its documents do not support",
            ),
        ),
    ]
