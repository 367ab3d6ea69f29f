"""The tool that takes rules out: its cuts, how they take effect, and what each comes to."""

from __future__ import annotations

import ast
import inspect

import pytest

from counterpoise.core import trigger
from simulation.mutants import lines
from simulation.mutants.change import Mutant
from simulation.scripts import SCRIPTS
from simulation.sweep import Sweep, chosen, near
from simulation.sweeping.coverage import in_child, reach
from simulation.sweeping.cuts import cuts
from simulation.sweeping.graft import parsed, path_of, rewritten
from simulation.sweeping.modules import MODULES

GUARDED = """
def guarded(value, most):
    if value > most and value != 0:
        raise ValueError("too much")
    log.info("seen", value=value + 1)
    return min(abs(value), most - 1)
"""


def kinds(source: str) -> set[str]:
    return {cut.kind for cut in cuts(ast.parse(source))}


def made(source: str, kind: str) -> str:
    tree = ast.parse(source)
    next(cut for cut in cuts(tree) if cut.kind == kind).make()
    return ast.unparse(tree)


def test_a_guard_is_dropped_forced_and_shifted() -> None:
    wanted = {"never", "always", "GtE", "or", "operand 0 dropped", "not raised", "max"}
    assert wanted | {"argument 0 alone", "without abs", "left alone", "Add"} <= kinds(GUARDED)


def test_what_is_only_said_is_no_rule() -> None:
    assert not any("seen" in cut.was or cut.line == 5 for cut in cuts(ast.parse(GUARDED)))


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("never", "if False:"),
        ("operand 1 dropped", "if value > most:"),
        ("GtE", "if value >= most and value != 0:"),
        ("max", "return max(abs(value), most - 1)"),
        ("without abs", "return min(value, most - 1)"),
        ("left alone", "return min(abs(value), most)"),
    ],
)
def test_a_cut_changes_one_thing(kind: str, line: str) -> None:
    assert line in made(GUARDED, kind)


def test_the_same_source_has_the_same_cuts() -> None:
    assert [cut.name for cut in cuts(parsed("core.trigger"))] == [
        cut.name for cut in cuts(parsed("core.trigger"))
    ]


@pytest.mark.parametrize("module", MODULES)
def test_every_module_with_rules_is_there_and_has_cuts_and_scripts(module: str) -> None:
    assert path_of(module).exists()
    assert cuts(parsed(module))
    assert near(module)


def test_a_line_is_taken_out_and_put_back() -> None:
    was = "    if memory.correcting is not None:\n"
    before = trigger.fired.__code__
    changes = rewritten("core.trigger", was, "    if False:\n")
    with Mutant(name="x", profiles=(), changes=lambda: changes).applied():
        assert trigger.fired.__code__ is not before
    assert trigger.fired.__code__ is before


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ("words that are not there", "", "0 times"),
        ("memory", "", "times"),
        ("class Occasion:", "class Moment:", "outside of its functions"),
    ],
)
def test_words_that_make_no_rule_are_an_error(was: str, becomes: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        rewritten("core.trigger", was, becomes)


@pytest.mark.parametrize("name", lines.TABLE)
def test_every_named_line_is_still_there(name: str) -> None:
    scripts, changes = lines.TABLE[name]
    assert changes()
    assert set(scripts) <= set(SCRIPTS)


def test_a_rule_that_is_cut_is_noticed_and_the_next_cut_finds_the_code_whole() -> None:
    sweep = Sweep()
    guard = next(
        number
        for number in chosen("core.trigger", everything=False)
        if "memory.correcting is not None" in cuts(parsed("core.trigger"))[number].was
    )
    first, second = (next(sweep.fates("core.trigger", [guard])) for _ in range(2))
    assert (first.fate, second.fate) == ("killed", "killed")
    assert first.trial.startswith("timing")


def test_a_child_answers_or_is_ended() -> None:
    assert in_child(lambda: 7, 10.0) == 7
    assert in_child(lambda: int("x"), 10.0) is None


def test_what_a_script_reaches_is_recorded_by_line() -> None:
    found = reach("doubting gates", SCRIPTS["doubting gates"])
    _, first = inspect.getsourcelines(trigger.fired)
    assert not found.said
    assert any(
        file == inspect.getsourcefile(trigger) and line > first for file, line in found.lines
    )
