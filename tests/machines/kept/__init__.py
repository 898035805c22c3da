"""The rules of product.md as questions to what was seen. Each recounts by itself what the product counts in its own way.

`about(...)` names the rows a rule speaks of: it is asked after a step that changed one of them.
"""

from collections.abc import Callable
from typing import TypeVar

Rule = TypeVar("Rule", bound=Callable[..., None])


def about(*names: str) -> Callable[[Rule], Rule]:
    """Marks a rule with the rows it speaks of (names of `seen.Seen`)."""
    def mark(rule: Rule) -> Rule:
        rule.about = frozenset(names)  # type: ignore[attr-defined]
        return rule

    return mark
