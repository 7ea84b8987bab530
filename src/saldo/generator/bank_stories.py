"""The stories of payments: how debtors pay, rightly and wrongly. Weights are parts of a thousand, roughly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from saldo.generator import bank_slips as slips
from saldo.generator.bank_payers import Owed
from saldo.generator.bank_town import Payment, Town, Truth, pay

Story = Callable[[Town, str], list[Payment]]
CENT = Decimal("0.01")


def _right(town: Town, story: str) -> list[Payment]:
    paper = town.take()
    return [named(town, paper, story)] if paper else []


def named(town: Town, paper: Owed, story: str, **other: object) -> Payment:
    reference = paper.reference if town.random.random() < 0.8 else slips.spaced(paper.reference, town.random)
    payer = slips.as_a_bank_writes(town.payer_of(paper).name, town.random)
    return pay(town, paper, story, **{"references": (reference,), "payer": payer} | other)


def _in_a_sentence(town: Town, story: str) -> list[Payment]:
    paper = town.take()
    if paper is None:
        return []
    text = slips.in_a_sentence(paper.reference, town.random)
    return [named(town, paper, story, references=(), text=text)]


def _by_number(town: Town, story: str) -> list[Payment]:
    paper = town.take()
    if paper is None:
        return []
    written = town.random.choice((paper.number, paper.number.replace("-", " "), paper.number.replace("-", "/")))
    return [named(town, paper, story, references=(), text=f"FAKT {written} / {paper.issued_on}")]


def _several_numbers(town: Town, story: str) -> list[Payment]:
    first = town.take(lambda paper: len(_alike_open(town, paper)) > 1)
    if first is None:
        return []
    others = [paper for paper in _alike_open(town, first) if town.random.random() < 0.7][:5]
    town.touch(*others)
    all_of_them = [first, *others]
    joint = town.random.choice((" ", ", ", " + ", "/ "))
    text = "Invoices " + joint.join(paper.number for paper in all_of_them)
    return [_sum(town, all_of_them, story, references=(), text=text)]


def _sum(town: Town, papers: list[Owed], story: str, **other: object) -> Payment:
    total = sum((paper.gross for paper in papers), Decimal(0))
    latest = max(papers, key=lambda paper: paper.due_on)
    truth = Truth(story=story, debtor=latest.debtor, settles=tuple((paper.number, paper.gross) for paper in papers))
    return named(town, latest, story, **{"value": total, "truth": truth} | other)


def _alike_open(town: Town, paper: Owed) -> list[Owed]:
    """Untouched invoices of the same debtor and currency."""
    return [other for other in town.free[paper.debtor] if not other.is_credit and other != paper]


def _all_at_once(town: Town, story: str) -> list[Payment]:
    """A lump sum for everything open, without a word."""
    first = town.take(lambda paper: _may_pay_all(town, paper))
    if first is None:
        return []
    papers = [*town.free[first.debtor], first]
    town.touch(*town.free[first.debtor])
    return [_sum(town, papers, story, references=(), text="", payer=town.payer_of(first).name)]


def _may_pay_all(town: Town, paper: Owed) -> bool:
    whole = town.whole(paper.debtor)
    is_alone = not town.has_double(town.payer_of(paper))
    return 2 <= len(whole) <= 6 and is_alone and not any(other.is_credit for other in whole)


def _no_reference(town: Town, story: str) -> list[Payment]:
    paper = town.take(lambda paper: not town.has_double(town.payer_of(paper)))
    if paper is None:
        return []
    text = town.random.choice(("", "Microsoft 365", "avtal 118", "PAYMENT"))
    payer = slips.folded_to_ascii(town.payer_of(paper).name).upper()
    return [pay(town, paper, story, text=text, payer=payer)]


def _cut_name(town: Town, story: str) -> list[Payment]:
    paper = town.take(lambda paper: len(town.payer_of(paper).name) > 22)
    if paper is None:
        return []
    return [pay(town, paper, story, payer=slips.folded_to_ascii(town.payer_of(paper).name).upper()[:20].rstrip())]


def _spread_name(town: Town, story: str) -> list[Payment]:
    paper = town.take(lambda paper: any(letter in "åäö" for letter in town.payer_of(paper).name.lower()))
    return [pay(town, paper, story, payer=slips.spread_out(town.payer_of(paper).name))] if paper else []


def _foreign_name(town: Town, story: str) -> list[Payment]:
    """The payer's name in a script of its own, or a person's: nobody we know."""
    paper = town.take()
    payer = town.random.choice(("星桥科技有限公司", "M. OLIVEIRA SANTOS", "ООО ЛАДОГА", "K. ANDERSSON"))
    return [named(town, paper, story, payer=payer, payer_account="")] if paper else []


def _own_fee(town: Town, story: str) -> list[Payment]:
    paper = town.take(lambda paper: paper.gross > 500)
    if paper is None:
        return []
    fee = Decimal(town.random.choice((500, 1250, 2500, 4500))) / 100
    told = {"fee": fee} if town.random.random() < 0.5 else _ordered(paper)
    return [named(town, paper, story, value=paper.gross - fee, **told)]


def _ordered(paper: Owed) -> dict[str, object]:
    return {"original_currency": paper.currency, "original_value": paper.gross}


def _silent_fee(town: Town, story: str) -> list[Payment]:
    paper = town.take(lambda paper: paper.gross > 2000)
    fee = Decimal(town.random.randrange(100, 1500)) / 100
    return [named(town, paper, story, value=paper.gross - fee)] if paper else []


def _in_parts(town: Town, story: str) -> list[Payment]:
    paper = town.take(lambda paper: paper.gross > 3000)
    if paper is None:
        return []
    share = (paper.gross * town.random.randrange(20, 70) / 100).quantize(CENT, ROUND_HALF_UP)
    first = named(town, paper, story, value=share, truth=truth_of(story, paper, share))
    rest = paper.gross - share
    later = first.on + timedelta(days=town.random.randrange(5, 20))
    return [first, named(town, paper, story, value=rest, on=later, truth=truth_of(story, paper, rest))]


def truth_of(story: str, paper: Owed, value: Decimal, on_account: Decimal = Decimal(0), is_plain: bool = True) -> Truth:
    settles = ((paper.number, value),) if value else ()
    return Truth(story=story, debtor=paper.debtor, settles=settles, on_account=on_account, is_plain=is_plain)


def _too_much(town: Town, story: str) -> list[Payment]:
    paper = town.take()
    if paper is None:
        return []
    over = Decimal(town.random.randrange(1_00, 900_00)) / 100
    return [named(town, paper, story, value=paper.gross + over, truth=truth_of(story, paper, paper.gross, over))]


def _twice(town: Town, story: str) -> list[Payment]:
    paper = town.take()
    if paper is None:
        return []
    first = named(town, paper, story)
    again = truth_of(story, paper, Decimal(0), paper.gross, is_plain=False)
    return [first, replace(first, on=first.on + timedelta(days=town.random.randrange(1, 9)), truth=again)]


def _slipped(slip: Callable[[str, Random], str]) -> Story:
    def story(town: Town, name: str) -> list[Payment]:
        paper = town.take()
        if paper is None:
            return []
        payer = slips.folded_to_ascii(town.payer_of(paper).name).upper()
        return [pay(town, paper, name, references=(slip(paper.reference, town.random),), payer=payer)]

    return story


def _exchanged(town: Town, story: str) -> list[Payment]:
    """A euro invoice, ordered in euro, that arrives on the account in kronor."""
    paper = town.take(lambda paper: paper.currency == "EUR")
    if paper is None:
        return []
    rate = Decimal(town.random.randrange(10_900, 11_600)) / 1000
    value = (paper.gross * rate).quantize(CENT, ROUND_HALF_UP)
    return [named(town, paper, story, currency="SEK", value=value, **_ordered(paper))]


WITH_ONE_PAPER: tuple[tuple[str, int, Story], ...] = (
    ("right reference", 600, _right),
    ("reference in a sentence", 90, _in_a_sentence),
    ("document number in the text", 60, _by_number),
    ("several document numbers", 35, _several_numbers),
    ("everything open at once", 15, _all_at_once),
    ("no reference", 35, _no_reference),
    ("no reference, name cut", 6, _cut_name),
    ("no reference, name spread out", 6, _spread_name),
    ("right reference, payer unknown", 25, _foreign_name),
    ("short by a fee the bank names", 18, _own_fee),
    ("short by a fee nobody names", 10, _silent_fee),
    ("in two parts", 10, _in_parts),
    ("too much", 6, _too_much),
    ("paid twice", 5, _twice),
    ("one digit wrong", 14, _slipped(slips.one_digit_wrong)),
    ("two digits swapped", 6, _slipped(slips.two_digits_swapped)),
    ("one digit lost", 4, _slipped(slips.one_digit_lost)),
    ("exchanged on the way", 10, _exchanged),
)
