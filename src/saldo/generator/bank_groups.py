"""Stories of several: parents and children, debtors alike, credit notes, tax kept back, strangers, money sent back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from saldo.generator.bank_payers import Owed
from saldo.generator.bank_stories import CENT, WITH_ONE_PAPER, Story, named, truth_of
from saldo.generator.bank_town import Payment, Town, Truth, pay


def _parent_pays(town: Town, story: str) -> list[Payment]:
    """The parent pays one child's invoice by reference, or those of several by number."""
    paper = town.take(lambda paper: bool(town.payer_of(paper).parent))
    if paper is None:
        return []
    parent = town.payers[town.payer_of(paper).parent]
    papers = [paper]
    for child in town.children[parent.number]:
        if child != paper.debtor:
            papers += [other for other in town.free.get(child, []) if _goes_with(other, paper)][:1]
    town.touch(*papers[1:])
    paid_by = {"payer": parent.name, "payer_account": parent.account}
    if len(papers) == 1:
        return [named(town, paper, story, **paid_by)]
    truth = Truth(story=story, debtor=paper.debtor, settles=tuple((each.number, each.gross) for each in papers))
    total = sum((each.gross for each in papers), Decimal(0))
    text = "PAYMENT " + " ".join(each.number for each in papers)
    return [named(town, paper, story, references=(), text=text, value=total, truth=truth, **paid_by)]


def _goes_with(other: Owed, paper: Owed) -> bool:
    return not other.is_credit and other.currency == paper.currency


def _alike(town: Town, story: str) -> list[Payment]:
    """Two debtors of one name: with a reference it is plain, without one it is not."""
    paper = town.take(lambda paper: town.has_double(town.payer_of(paper)))
    if paper is None:
        return []
    if town.random.random() < 0.6:
        return [named(town, paper, story, payer=town.payer_of(paper).name)]
    return [pay(town, paper, story, truth=truth_of(story, paper, paper.gross, is_plain=False))]


def _wrong_paper(town: Town, story: str) -> list[Payment]:
    """A right check digit, but the paper of somebody else, whose number stood nearby."""
    paper, other = town.take(), town.take()
    if paper is None or other is None:
        return []
    truth = truth_of(story, paper, paper.gross, is_plain=False)
    return [pay(town, paper, story, references=(other.reference,), truth=truth)]


def _sibling(town: Town, story: str) -> list[Payment]:
    """A child pays its own invoice and quotes a sister's."""
    paper = town.take(lambda paper: len(town.children.get(town.payer_of(paper).parent, ())) > 1)
    if paper is None:
        return []
    sisters = [child for child in town.children[town.payer_of(paper).parent] if child != paper.debtor]
    papers = [other for child in sisters for other in town.free.get(child, []) if _goes_with(other, paper)]
    if not papers:
        return [named(town, paper, story)]
    truth = truth_of(story, paper, paper.gross, is_plain=False)
    return [pay(town, paper, story, references=(papers[0].reference,), truth=truth)]


def _older_paper(town: Town, story: str) -> list[Payment]:
    """The debtor's own paper of another month, over another sum, stands in the standing order."""
    paper = town.take(lambda paper: _other_sum(town, paper) is not None)
    other = _other_sum(town, paper) if paper else None
    if paper is None or other is None:
        return []
    truth = truth_of(story, paper, paper.gross, is_plain=False)
    return [pay(town, paper, story, references=(other.reference,), truth=truth)]


def _other_sum(town: Town, paper: Owed) -> Owed | None:
    return next((o for o in town.free[paper.debtor] if _goes_with(o, paper) and o.gross != paper.gross), None)


def _credit_netted(town: Town, story: str) -> list[Payment]:
    """An invoice less a credit note, named by the invoice's reference or by both numbers."""
    paper = town.take(lambda paper: _credit_of(town, paper) is not None)
    credit = _credit_of(town, paper) if paper else None
    if paper is None or credit is None:
        return []
    town.touch(credit)
    settles = ((paper.number, paper.gross), (credit.number, credit.gross))
    truth = Truth(story=story, debtor=paper.debtor, settles=settles)
    net = {"value": paper.gross + credit.gross, "truth": truth}
    if town.random.random() < 0.5:
        return [named(town, paper, story, **net)]
    return [named(town, paper, story, references=(), text=f"{paper.number} - {credit.number}", **net)]


def _credit_of(town: Town, paper: Owed) -> Owed | None:
    fitting = [other for other in town.free[paper.debtor] if other.is_credit and other.currency == paper.currency]
    return fitting[0] if fitting and -fitting[0].gross < paper.gross else None


def _tax_kept_back(town: Town, story: str) -> list[Payment]:
    paper = town.take(lambda paper: bool(town.payer_of(paper).withholding))
    if paper is None:
        return []
    kept = (paper.net * town.payer_of(paper).withholding / 100).quantize(CENT, ROUND_HALF_UP)
    return [named(town, paper, story, value=paper.gross - kept)]


def _stranger(town: Town, story: str) -> list[Payment]:
    """Money of nobody we bill: interest, a tax refund, somebody else's reference."""
    paper = town.take()
    if paper is None:
        return []
    value = Decimal(town.random.randrange(100_00, 50_000_00)) / 100
    truth = Truth(story=story, debtor="", on_account=value, is_plain=False)
    said = town.random.choice(((), ("7700112",), ("RF18539007547034",)))
    return [
        pay(town, paper, story, value=value, truth=truth, references=said, payer="SKATTEVERKET REGION 4", text="utbet")
    ]


def _sent_back(town: Town, story: str) -> list[Payment]:
    """Paid, and some days later taken back by the bank: a chargeback or a bounced debit."""
    paper = town.take()
    if paper is None:
        return []
    paid = named(town, paper, story)
    truth = Truth(story=story, debtor=paper.debtor, settles=((paper.number, -paper.gross),))
    later = paid.on + timedelta(days=town.random.randrange(2, 15))
    return [paid, replace(paid, on=later, value=-paid.value, truth=truth, kind="return", text="RETURN")]


STORIES: tuple[tuple[str, int, Story], ...] = (
    *WITH_ONE_PAPER,
    ("parent pays for children", 16, _parent_pays),
    ("two debtors alike", 8, _alike),
    ("somebody else's reference", 3, _wrong_paper),
    ("a sister's reference", 3, _sibling),
    ("another month's reference", 3, _older_paper),
    ("credit note netted", 8, _credit_netted),
    ("tax kept back", 6, _tax_kept_back),
    ("not a customer's money", 4, _stranger),
    ("sent back", 4, _sent_back),
)
