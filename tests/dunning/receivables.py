"""Files of receivables for tests, and where the public one lies if it is here."""

from __future__ import annotations

from pathlib import Path

IBM = Path(__file__).resolve().parents[3] / "shared/data/receivables/ibm_receivables_before_2013-07-01.csv"
HEAD = "customer,invoice,issued,due,amount,settled,disputed"


def a_file(*rows: str, head: str = HEAD) -> str:
    return "\n".join([head, *rows]) + "\n"
