"""What was told to whom, and the work that people have with it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from saldo.dunning.models.fields import MONEY, of_company


class Notice(models.Model):
    """One letter or mail, or both, of one step to one debtor in one currency, for all items that entered it that day.

    ``state``: ordered, handed-over (every channel took it), proved (as the step asks), failed (came back, or no
    address), recalled. ``channels``: [{"channel", "message", "state", "at", "said", "sha256"}].
    """

    company = of_company()
    key = models.TextField()  # "notice:<debtor>:<step>:<currency>:<day>"
    debtor = models.TextField()
    currency = models.CharField(max_length=3)
    policy = models.TextField()
    version = models.IntegerField()
    step = models.TextField()
    letter = models.TextField()
    language = models.CharField(max_length=8)
    on = models.DateField()
    owed = models.DecimalField(**MONEY)
    items = models.JSONField()  # [{"item", "document", "due_on", "open", "owed", "interest", "fee"}]
    told = models.JSONField(default=dict)  # the forecast and everything else that it says
    channels = models.JSONField(default=list)
    proof = models.TextField()  # what the step asks for
    state = models.TextField(default="ordered")
    proved_on = models.DateField(null=True)
    proved_by = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    ordered_at = models.DateTimeField()
    ordered_by = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "key"], name="one_notice_a_key")]
        indexes: ClassVar = [
            models.Index(fields=["company", "debtor"], name="notice_by_debtor"),
            models.Index(fields=["company", "state"], name="notice_by_state"),
        ]

    def __str__(self) -> str:
        return self.key


class Task(models.Model):
    """Work for a person. ``kind``: call, letter (to be posted), notice-failed, no-contact, claim, review, agreement,
    end-of-term, external-collection, write-off. The same ``key`` is the same task."""

    company = of_company()
    key = models.TextField()
    kind = models.TextField()
    debtor = models.TextField()
    items = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    due_on = models.DateField()
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.TextField(blank=True)
    outcome = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "key"], name="one_task_a_key")]
        indexes: ClassVar = [
            models.Index(fields=["company", "due_on"], name="task_to_do", condition=models.Q(done_at__isnull=True)),
            models.Index(fields=["company", "debtor"], name="task_by_debtor"),
        ]

    def __str__(self) -> str:
        return self.key


class Call(models.Model):
    """A talk with a debtor, or the attempt: who was reached, what was said."""

    company = of_company()
    debtor = models.TextField()
    outcome = models.TextField()  # reached, no-answer, wrong-number, message-left
    spoken_with = models.TextField(blank=True)
    note = models.TextField(blank=True)
    on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "debtor"], name="call_by_debtor")]

    def __str__(self) -> str:
        return f"{self.debtor} {self.outcome}"
