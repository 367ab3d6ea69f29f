"""Where a module can be cut: small changes of its syntax tree, each of which may drop a rule."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import UnionType
from typing import Any

from simulation.sweeping.words import WORDS, is_words

OPPOSITE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE,),
    ast.LtE: (ast.Lt,),
    ast.Gt: (ast.GtE,),
    ast.GtE: (ast.Gt,),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any", "down_to": "up_to"}
TRANSPARENT = frozenset({"abs", "frozenset", "sorted"})
TURNED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
SCALE = 10
Changes = Iterator[tuple[str, Callable[[], object]]]  # what it is, and what makes it


@dataclass(frozen=True, slots=True)
class Cut:
    """One change that can be made to a parsed module, in place."""

    line: int
    first: int  # of the statement around it
    last: int
    kind: str
    was: str
    inside: str  # qualified name of the outermost function around it; "" at the module's own level
    around: tuple[int, int]  # first and last line of that function
    make: Callable[[], object]

    @property
    def name(self) -> str:
        """Name it, the same from run to run of the same source."""
        return f"{self.line}: {self.kind} `{self.was}`"


@dataclass(slots=True)
class _Place:
    parent: ast.AST
    field: str
    index: int | None

    def put(self, new: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, new)
        else:
            getattr(self.parent, self.field)[self.index] = new

    def drop(self) -> None:
        assert self.index is not None
        del getattr(self.parent, self.field)[self.index]


@dataclass(slots=True)
class _Around:
    """What stands around a node."""

    inside: str = ""
    scope: tuple[str, ...] = ()
    statement: ast.stmt | None = None
    lines: tuple[int, int] = (0, 0)


def cuts(tree: ast.Module) -> list[Cut]:
    """Return every cut of a module, in order. Making one changes the tree."""
    return [cut for cut in _walk(tree, _Around()) if cut.line]


def _walk(node: ast.AST, around: _Around) -> Iterator[Cut]:
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "type_params", "bases"):
            continue
        items = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for index, child in items:
            if isinstance(child, ast.AST):
                inner = _within(child, around)
                if inner is not None:
                    yield from _of(child, _Place(node, field, index), inner)
                    yield from _walk(child, inner)


def _within(node: ast.AST, around: _Around) -> _Around | None:
    """Return what stands around a child, or None where nothing below it is a rule."""
    if is_words(node):
        return None
    statement = node if isinstance(node, ast.stmt) else around.statement
    scope, inside, lines = around.scope, around.inside, around.lines
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        if node.name in ("__repr__", "__str__"):
            return None
        scope = (*scope, node.name)
        if not inside and not isinstance(node, ast.ClassDef):
            inside, lines = ".".join(scope), (node.lineno, node.end_lineno or node.lineno)
    return _Around(inside=inside, scope=scope, statement=statement, lines=lines)


def _of(node: ast.AST, place: _Place, around: _Around) -> Iterator[Cut]:
    for kind, make in _changes(node, place):
        statement = around.statement
        if statement is None:
            continue
        body = getattr(statement, "body", None)
        head = body[0].lineno - 1 if isinstance(body, list) and body else statement.end_lineno
        line = getattr(node, "lineno", statement.lineno)
        yield Cut(
            line=line,
            first=min(line, statement.lineno) if node is not statement else line,
            last=max(line, head or statement.lineno),
            kind=kind,
            was=_short(node),
            inside=around.inside,
            around=around.lines,
            make=make,
        )


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else f"{text[:67]}..."


def _changes(node: ast.AST, place: _Place) -> Changes:
    match node:
        case ast.stmt():
            yield from _of_statement(node, place)
        case ast.expr():
            yield from _of_expression(node, place)
        case ast.comprehension() if node.ifs:
            yield from (
                (f"filter {n} dropped", partial(node.ifs.pop, n)) for n in range(len(node.ifs))
            )
        case ast.match_case() if place.index:
            yield "case dropped", place.drop
        case ast.ExceptHandler(type=ast.Tuple() as caught):
            for n in range(len(caught.elts)):
                yield f"class {n} no longer caught", partial(caught.elts.pop, n)


def _of_statement(node: ast.stmt, place: _Place) -> Changes:
    match node:
        case ast.If() | ast.While():
            yield "never", lambda: setattr(node, "test", _constant(node.test, value=False))
            if isinstance(node, ast.If):
                yield "always", lambda: setattr(node, "test", _constant(node.test, value=True))
        case ast.Expr(value=ast.Await() | ast.Call()):
            yield "not called", lambda: place.put(_nothing(node))
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_]) | ast.AugAssign():
            yield "not kept", lambda: place.put(_nothing(node))
        case ast.Raise() if node.exc is not None:
            yield "not raised", lambda: place.put(_nothing(node))


def _of_expression(node: ast.expr, place: _Place) -> Changes:
    for kind, changes in BY_KIND:
        if isinstance(node, kind):
            yield from changes(node, place)


def _of_compare(node: ast.Compare, place: _Place) -> Changes:
    for n, operator in enumerate(node.ops):
        for other in OPPOSITE[type(operator)]:
            yield other.__name__, partial(node.ops.__setitem__, n, other())
        if isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE) and len(node.ops) > 1:
            yield f"part {n} true", partial(_put_less, place, node, n)


def _of_choice(node: ast.BoolOp, place: _Place) -> Changes:
    swapped = ast.Or if isinstance(node.op, ast.And) else ast.And
    yield swapped.__name__.lower(), partial(setattr, node, "op", swapped())
    for n in range(len(node.values)):
        yield f"operand {n} dropped", partial(_put_fewer, place, node, n)


def _of_sum(node: ast.BinOp, place: _Place) -> Changes:
    if not isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.BitOr):
        return
    yield "left alone", partial(place.put, node.left)
    yield "right alone", partial(place.put, node.right)
    if type(node.op) in TURNED:
        to = TURNED[type(node.op)]
        yield to.__name__, partial(setattr, node, "op", to())


def _of_sign(node: ast.UnaryOp, place: _Place) -> Changes:
    if isinstance(node.op, ast.Not | ast.USub):
        yield "sign dropped", partial(place.put, node.operand)


def _of_either(node: ast.IfExp, place: _Place) -> Changes:
    yield "first", partial(place.put, node.body)
    yield "second", partial(place.put, node.orelse)


def _of_elements(node: ast.Set | ast.Tuple | ast.List, place: _Place) -> Changes:
    if isinstance(place.parent, ast.Call | ast.Set):
        for n in range(len(node.elts)):
            yield f"element {n} dropped", partial(node.elts.pop, n)


def _of_rows(node: ast.Dict, _: _Place) -> Changes:
    for n in range(len(node.keys)):
        yield f"row {n} dropped", partial(_drop_row, node, n)


def _drop_row(node: ast.Dict, n: int) -> None:
    del node.keys[n], node.values[n]


def _put_less(place: _Place, node: ast.Compare, n: int) -> None:
    place.put(_less(node, n))


def _put_fewer(place: _Place, node: ast.BoolOp, n: int) -> None:
    place.put(_dropped(node, n))


def _of_call(node: ast.Call, place: _Place) -> Changes:
    name = getattr(node.func, "id", "")
    if name in SWAPPED:
        yield SWAPPED[name], lambda: setattr(node.func, "id", SWAPPED[name])
    if name in ("min", "max") and len(node.args) > 1:
        for n in range(len(node.args)):
            yield f"argument {n} alone", partial(place.put, node.args[n])
    if name in TRANSPARENT and len(node.args) == 1:
        yield f"without {name}", lambda: place.put(node.args[0])
    if name == "replace":
        for n, keyword in enumerate(node.keywords):
            if keyword.arg not in WORDS and keyword.arg is not None:
                yield f"{keyword.arg} not replaced", partial(node.keywords.pop, n)


def _of_constant(node: ast.Constant, place: _Place) -> Changes:
    value = node.value
    if isinstance(value, bool):
        yield "turned", lambda: place.put(_constant(node, value=not value))
    elif isinstance(value, int | float) and not isinstance(place.parent, ast.Subscript):
        for other in (value * SCALE, value / SCALE) if value else (1,):
            yield (
                f"{other:g}",
                partial(place.put, _constant(node, value=type(value)(other))),
            )


def _constant(node: ast.AST, *, value: object) -> ast.Constant:
    return ast.copy_location(ast.Constant(value=value), node)  # type: ignore[arg-type]


def _nothing(node: ast.stmt) -> ast.stmt:
    return ast.copy_location(ast.Pass(), node)


def _dropped(node: ast.BoolOp, n: int) -> ast.expr:
    left = [value for i, value in enumerate(node.values) if i != n]
    if len(left) == 1:
        return left[0]
    return ast.copy_location(ast.BoolOp(op=node.op, values=left), node)


def _less(node: ast.Compare, n: int) -> ast.expr:
    """Return a chained comparison with one of its two parts taken as true."""
    terms = [node.left, *node.comparators]
    if n == 0:
        left, ops, rest = terms[1], node.ops[1:], terms[2:]
    else:
        left, ops, rest = terms[0], node.ops[:1], terms[1:2]
    return ast.copy_location(ast.Compare(left=left, ops=ops, comparators=rest), node)


BY_KIND: tuple[tuple[type[ast.expr] | UnionType, Callable[[Any, _Place], Changes]], ...] = (
    (ast.Compare, _of_compare),
    (ast.BoolOp, _of_choice),
    (ast.BinOp, _of_sum),
    (ast.UnaryOp, _of_sign),
    (ast.IfExp, _of_either),
    (ast.Call, _of_call),
    (ast.Constant, _of_constant),
    (ast.Set | ast.Tuple | ast.List, _of_elements),
    (ast.Dict, _of_rows),
)
