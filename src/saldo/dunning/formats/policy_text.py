"""A policy's text and the policy it says: read with line and column of every fault, written in one canonical form.

The form is `policy.schema.json` beside this file; what a schema cannot say (keys and steps that come twice, digits of
a currency, anchors) is refused here only. Whether a policy is sound is `rules.check`'s to say.
"""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from saldo.dunning.formats.policy_values import Values
from saldo.dunning.formats.yaml_nodes import Fault, Reading, root_of
from saldo.dunning.rules.policy import (
    CLEAR,
    LETTERS,
    MOST_STEPS,
    PRODUCT_CLASSES,
    PROOFS,
    Act,
    ActKind,
    Hours,
    NoticePeriod,
    Policy,
    Proof,
    Step,
)

KEYS = frozenset(
    {
        "policy",
        "names",
        "jurisdiction",
        "floor",
        "bank-data-hours",
        "triage-days",
        "notice-holds-days",
        "promise",
        "fees-alone",
    }
    | {"sending", "access", "steps"}
)
STEP_KEYS = frozenset({"step", "follows", "when", "do", "proof", "notice", "release"})
HOURS_KEYS = frozenset({"from", "until", "on"})
PLAIN_ACTS: tuple[ActKind, ...] = ("call", "stop-new-orders", "end-of-term", "external-collection", "propose-write-off")
ACT_KEYS = frozenset({"mail", "letter", "fee", "interest", "propose-suspension"})
_NOBODY: frozenset[str] = frozenset()


def read_policy(text: str) -> Policy | tuple[Fault, ...]:
    """The policy that a text says, or everything that is wrong with the text, in the order of its lines."""
    root = root_of(text)
    if isinstance(root, Fault):
        return (root,)
    reading = Reading()
    policy = _policy(Values(reading), root)
    if reading.faults:
        return tuple(sorted(reading.faults, key=lambda one: (one.line, one.column, one.code)))
    return policy


def lines_of(text: str) -> Mapping[str, int]:
    """The line on which each step begins, by its code; the policy itself has the empty code. Never refuses."""
    root = root_of(text)
    if isinstance(root, Fault):
        return {"": root.line}
    reading = Reading()
    lines = {"": root.start_mark.line + 1}
    steps = reading.pairs(root).get("steps")
    for node in reading.items(steps[1]) if steps is not None else ():
        code = reading.pairs(node).get("step")
        if code is not None:
            lines.setdefault(reading.text(code[1]), node.start_mark.line + 1)
    return lines


def _policy(values: Values, root: yaml.Node) -> Policy:
    found = values.reading.mapping(root, known=KEYS, needed=frozenset({"policy", "steps"}))
    plain = Policy(code="")
    promise = _promise(values, found.get("promise"))
    return Policy(
        code=values.code(found.get("policy"), ""),
        names=values.names(found.get("names")),
        jurisdiction=values.jurisdiction(found.get("jurisdiction")),
        floor=values.amounts(found.get("floor")),
        bank_hours=values.count(found.get("bank-data-hours"), plain.bank_hours),
        triage_days=values.count(found.get("triage-days"), plain.triage_days),
        notice_holds_days=values.count(found.get("notice-holds-days"), plain.notice_holds_days),
        promise_days=values.count(promise.get("longest-days"), plain.promise_days),
        promises_per_item=values.count(promise.get("per-item"), plain.promises_per_item),
        fees_alone=values.choice(found.get("fees-alone"), ("leave", "collect"), "leave") == "collect",
        sending=_hours(values, found.get("sending"), plain.sending),
        access=_hours(values, found.get("access"), plain.access),
        steps=_steps(values, found.get("steps")),
    )


def _promise(values: Values, node: yaml.Node | None) -> Mapping[str, yaml.Node]:
    if node is None:
        return {}
    return values.reading.mapping(node, known=frozenset({"longest-days", "per-item"}), needed=_NOBODY)


def _hours(values: Values, node: yaml.Node | None, default: Hours) -> Hours:
    if node is None:
        return default
    found = values.reading.mapping(node, known=HOURS_KEYS, needed=_NOBODY)
    return Hours(
        opens=values.clock(found.get("from"), default.opens),
        closes=values.clock(found.get("until"), default.closes),
        weekdays=values.weekdays(found.get("on"), default.weekdays),
    )


def _steps(values: Values, node: yaml.Node | None) -> tuple[Step, ...]:
    """The steps in the order written; none at all and more than thirty are faults, as is a code that comes twice."""
    nodes = values.reading.items(node) if node is not None else []
    if node is not None and not 1 <= len(nodes) <= MOST_STEPS:
        values.reading.fault(node, "dunning.text.steps", str(len(nodes)))
    steps: list[Step] = []
    for one in nodes[:MOST_STEPS]:
        steps.append(_step(values, one, steps[-1].code if steps else CLEAR, taken={step.code for step in steps}))
    return tuple(steps)


def _step(values: Values, node: yaml.Node, before: str, *, taken: set[str]) -> Step:
    found = values.reading.mapping(node, known=STEP_KEYS, needed=frozenset({"step"}))
    code = values.code(found.get("step"), "")
    if code == CLEAR or code in taken:
        values.reading.fault(found["step"], "dunning.text.duplicate-step")
    acts = tuple(_act(values, one) for one in values.listed(found.get("do")))
    tells = any(act.letter is not None for act in acts)
    default: Proof = "handed-over" if tells else "none"
    return Step(
        code=code,
        follows=values.codes(found.get("follows"), (before,)),
        when=tuple(values.condition(one) for one in values.listed(found.get("when"))),
        acts=acts,
        proof=values.choice(found.get("proof"), PROOFS, default),
        notice=values.period(found.get("notice"), NoticePeriod()),
        release=values.choice(found.get("release"), ("automatic", "person"), "automatic"),
    )


def _act(values: Values, node: yaml.Node) -> Act:
    """One act: a plain word, or one key with what it needs."""
    if isinstance(node, yaml.ScalarNode):
        return Act(kind=values.choice(node, PLAIN_ACTS, "call"))
    found = values.reading.mapping(node, known=ACT_KEYS, needed=_NOBODY)
    if len(found) != 1:
        values.reading.fault(node, "dunning.text.unknown-act")
        return Act(kind="call")
    ((key, value),) = found.items()
    return _act_with(values, key, value)


def _act_with(values: Values, key: str, value: yaml.Node) -> Act:
    if key == "fee":
        return Act(kind="fee", net=values.amounts(value, above_zero=True))
    if key == "interest":
        return Act(kind="interest", yearly_percent=values.percent(value))
    if key == "propose-suspension":
        return Act(kind="propose-suspension", classes=values.choices(value, PRODUCT_CLASSES))
    kind: ActKind = "mail" if key == "mail" else "letter"
    return Act(kind=kind, letter=values.choice(value, LETTERS, LETTERS[0]))
