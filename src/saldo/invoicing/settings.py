"""How a company issues: fiscal form, series, rounding, recall time, limits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from saldo.core.identity import CompanyId
from saldo.invoicing import models
from saldo.invoicing.rules.totals import Rounding

FORMS = ("own", "external", "es-verifactu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One company's settings; those of a company that set none are the model's defaults."""

    fiscal_form: str
    series: str
    rounding: Rounding
    recall_minutes: int
    backup_days: int
    demands_backup: bool
    credit_limit: Decimal


def get_settings(*, company: CompanyId) -> Settings:
    """The company's settings."""
    row = models.InvoicingSettings.objects.filter(company_id=company).first() or models.InvoicingSettings()
    return Settings(
        fiscal_form=row.fiscal_form,
        series=row.series,
        rounding=cast(Rounding, row.rounding),
        recall_minutes=row.recall_minutes,
        backup_days=row.backup_days,
        demands_backup=row.demands_backup,
        credit_limit=Decimal(row.credit_limit),
    )
