"""What is kept of each paper: why it differs from the one before, the authority's document for it, its file."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Explanation(models.Model):
    """Why this document differs from the one before: text and facts as they stand on the paper, frozen."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    number = models.TextField()
    before = models.TextField()  # number of the document compared with; "" for the first
    language = models.CharField(max_length=8)
    reasons = models.JSONField()  # [{"code", "amount", "subject", "text"}]
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "number"], name="one_explanation_a_number")]

    def __str__(self) -> str:
        return f"{self.number} against {self.before}"


class AuthorityDocument(models.Model):
    """The fiscal document that an authority issued for a statement of ours (NFS-e, fapiao); what counts for dunning."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    number = models.TextField()  # ours
    authority_number = models.TextField()
    issued_on = models.DateField()
    file = models.CharField(max_length=64)  # in the document store
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "number"], name="one_authority_document_a_number")
        ]

    def __str__(self) -> str:
        return self.authority_number


class Paper(models.Model):
    """A rendered document as it was sent: PDF/A-3 with its XML, by content; rendered once, kept for ever."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    number = models.TextField()
    form = models.TextField()  # pdf, ubl
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "number", "form"], name="one_paper_a_form")]

    def __str__(self) -> str:
        return f"{self.number} {self.form}"
