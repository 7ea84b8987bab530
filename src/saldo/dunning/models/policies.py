"""The policy: drafts, published versions, for whom each holds, who has read it, what the terms allow."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from saldo.dunning.models.fields import of_company


class PolicyDraft(models.Model):
    """The text of a policy that is being written; one a code."""

    company = of_company()
    code = models.TextField()
    text = models.TextField()
    edited_at = models.DateTimeField()
    edited_by = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "code"], name="one_policy_draft_a_code")]

    def __str__(self) -> str:
        return self.code


class PolicyVersion(models.Model):
    """A published policy: its text never changes. It is in force from ``starts_on`` until the next version begins."""

    company = of_company()
    code = models.TextField()
    version = models.IntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    starts_on = models.DateField()
    published_at = models.DateTimeField()
    published_by = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "code", "version"], name="one_policy_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class Assignment(models.Model):
    """Which policy holds for whom from a day on: company < segment < debtor < invoice."""

    company = of_company()
    scope = models.TextField()  # company, segment, debtor, invoice
    subject = models.TextField(blank=True)  # the segment, the debtor's number, the item's key
    policy = models.TextField()  # code; "" takes the assignment away
    starts_on = models.DateField()
    reason = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "scope", "subject"], name="assignment_by_subject")]

    def __str__(self) -> str:
        return f"{self.scope} {self.subject} {self.policy}"


class Acknowledgement(models.Model):
    """A debtor has read and accepted one version of a policy, in one language: how, when, with which evidence."""

    company = of_company()
    debtor = models.TextField()
    policy = models.TextField()
    version = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    said_by = models.TextField()  # the person at the debtor's
    how = models.TextField()  # page, signed, mail, contract
    evidence = models.TextField(blank=True)
    on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "debtor"], name="acknowledgement_by_debtor")]

    def __str__(self) -> str:
        return f"{self.debtor} {self.policy} {self.version}"


class Clause(models.Model):
    """What a debtor's own terms allow: a late fee, interest, touching access (practice 19 a, 24)."""

    company = of_company()
    debtor = models.TextField()
    allows = models.TextField()  # fee, interest, access
    agreed_on = models.DateField()
    evidence = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()
    ended_on = models.DateField(null=True)
    ended_by = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "debtor"], name="clause_by_debtor")]

    def __str__(self) -> str:
        return f"{self.debtor} {self.allows}"
