"""What of a module is only said: text for people, and no rule."""

from __future__ import annotations

import ast

WORDS = frozenset({"detail", "hint", "said", "advice"})  # keywords that hold text for people


TALK = frozenset({"log", "_log"})


def is_words(node: ast.AST) -> bool:
    """Say whether nothing below a node is a rule."""
    match node:
        case ast.JoinedStr() | ast.Import() | ast.ImportFrom() | ast.AnnAssign(value=None):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) if name in WORDS:
            return True
        case ast.keyword(arg=name) if name in WORDS:
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Call(func=ast.Attribute(value=owner)) if _talks(owner):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner))) if _talks(owner):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Raise():
            return False
    return False


def _talks(owner: ast.expr) -> bool:
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name in TALK
