"""Who did what, when, why. Append only; ids, no names, so that a person can be forgotten and the chain still holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One act. ``company`` and ``actor`` are plain values: the log outlives what it speaks of."""

    company = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.TextField()  # "user:17", "system", "command"
    code = models.TextField()
    subject = models.TextField()  # "user:18", "delivery:4"
    facts = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["company", "-at"], name="audit_by_time"),
            models.Index(fields=["company", "subject"], name="audit_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.code} {self.subject}"


class Seal(models.Model):
    """One day's entries under one hash, together with the seal before."""

    company = models.BigIntegerField()
    day = models.DateField()
    count = models.IntegerField()
    last_entry = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "day"], name="one_audit_seal_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.digest[:12]}"
