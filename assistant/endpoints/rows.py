"""Rows about language models: the endpoints in their order, their health, the budget, and what was spent.

No row holds a key: a key is named, and read from the environment or from a file when it is needed (``keys.py``).
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from assistant.apart_rows import Asked
from assistant.endpoints.addresses import check_address
from assistant.endpoints.keys import check_name

SECONDS = (MinValueValidator(0.1), MaxValueValidator(600))
_CURRENCY = RegexValidator(r"^[A-Z]{3}$", _("Three capital letters, such as EUR or USD."))


class ModelEndpoint(models.Model):
    """A language model that speaks the OpenAI chat protocol, and how far it is trusted with time and money."""

    class Serves(models.TextChoices):
        ALL = "all", _("Every question")
        SHORT = "short", _("Short questions only")

    name = models.CharField(
        max_length=60, unique=True,
        help_text=_("What readers and statistics call it, for example: Mistral in our data centre."),
    )
    base_url = models.CharField(
        _("address"), max_length=300, validators=[check_address],
        help_text=_("Up to and with the version, for example http://10.0.0.5:8000/v1. Passages are sent there."),
    )
    model = models.CharField(max_length=120, help_text=_("The model's name as the endpoint knows it."))
    priority = models.PositiveSmallIntegerField(
        default=100, help_text=_("The smallest number is asked first; the next one when it does not answer.")
    )
    enabled = models.BooleanField(default=True, help_text=_("Off: it is not asked. Takes effect on the next question."))
    serves = models.CharField(
        _("used for"), max_length=8, choices=Serves.choices, default=Serves.ALL,
        help_text=_("A cheap model for short questions is asked before the others when a question is short."),
    )
    key_name = models.CharField(
        _("name of the key"), max_length=120, blank=True, validators=[check_name],
        help_text=_(
            "Never the key itself: the name of an environment variable that begins with FOOTNOTE_KEY_, or of a file in "
            "the secrets folder (FOOTNOTE_SECRETS). Empty when the endpoint wants no key."
        ),
    )
    context_window = models.PositiveIntegerField(
        default=8192, validators=[MinValueValidator(1024)],
        help_text=_("How many tokens the model can take in and give in all. Passages that do not fit are left out."),
    )
    max_tokens = models.PositiveIntegerField(
        _("longest answer"), default=600, validators=[MinValueValidator(16)], help_text=_("In tokens.")
    )
    connect_seconds = models.FloatField(_("to connect"), default=5, validators=SECONDS, help_text=_("Seconds."))
    first_token_seconds = models.FloatField(
        _("to the first word"), default=10, validators=SECONDS,
        help_text=_("Seconds. After that the next endpoint is asked."),
    )
    idle_seconds = models.FloatField(
        _("between two words"), default=15, validators=SECONDS,
        help_text=_("Seconds of silence in mid-answer after which it is cut off; the rest is answered by quotes."),
    )
    total_seconds = models.FloatField(_("whole answer"), default=120, validators=SECONDS, help_text=_("Seconds."))
    price_in = models.DecimalField(
        _("price of what it reads"), max_digits=10, decimal_places=4, default=Decimal(0),
        validators=[MinValueValidator(0)],
        help_text=_("Per million tokens read. 0 for a model of your own: it then counts against no budget."),
    )
    price_out = models.DecimalField(
        _("price of what it writes"), max_digits=10, decimal_places=4, default=Decimal(0),
        validators=[MinValueValidator(0)], help_text=_("Per million tokens written."),
    )
    currency = models.CharField(max_length=3, default="EUR", validators=[_CURRENCY])

    class Meta:
        ordering = ("priority", "pk")
        verbose_name = "language model"

    def __str__(self) -> str:
        return self.name


class EndpointHealth(models.Model):
    """The circuit breaker of one endpoint, the same for every process. ``key`` is the endpoint's, see ``value.py``."""

    key = models.CharField(max_length=40, unique=True)
    failures = models.PositiveIntegerField(default=0, help_text=_("In a row."))
    open_until = models.DateTimeField(null=True, blank=True, help_text=_("Not asked before."))
    probe_until = models.DateTimeField(null=True, blank=True, help_text=_("Somebody is trying it until then."))
    last_code = models.CharField(max_length=24, blank=True)
    last_failure = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.key}: {self.failures}"


class ModelBudget(models.Model):
    """What language models may cost in a calendar month."""

    currency = models.CharField(
        max_length=3, unique=True, default="EUR", validators=[_CURRENCY],
        help_text=_("It counts the endpoints whose prices are in this currency."),
    )
    monthly = models.DecimalField(
        _("per month"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)],
        help_text=_("When it is used up, endpoints with a price are not asked until the month is over."),
    )
    warn_percent = models.PositiveSmallIntegerField(
        _("warn at"), default=80, validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Per cent of the budget from which Insights and the log warn."),
    )

    class Meta:
        verbose_name = "budget"

    def __str__(self) -> str:
        return f"{self.monthly} {self.currency} a month"


class ModelSpending(models.Model):
    """What one endpoint used on one day, in counts only. It outlives the answers, which people may delete."""

    day = models.DateField()
    endpoint = models.CharField(max_length=120)
    model = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    calls = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    tokens_in = models.PositiveBigIntegerField(default=0)
    tokens_out = models.PositiveBigIntegerField(default=0)
    estimated = models.PositiveIntegerField(default=0, help_text=_("Calls whose tokens were estimated."))
    cost = models.DecimalField(max_digits=14, decimal_places=6, default=Decimal(0))
    apart = models.BooleanField(default=False, editable=False, help_text=_("To measure or replay, not for an asker."))

    objects = Asked["ModelSpending"]()
    everything: ClassVar[models.Manager[ModelSpending]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "endpoint", "model", "currency", "apart"], name="spending_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.endpoint}"
