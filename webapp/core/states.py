"""States move along a written table; a move that is not in the table is refused."""

from webapp.core.errors import Refusal

Table = dict[str, frozenset[str]]


def table(**moves: str) -> Table:
    """`table(held="confirmed expired", confirmed="cancelled", cancelled="")`: from each state, the states allowed next."""
    return {state: frozenset(targets.split()) for state, targets in moves.items()}


def check(moves: Table, thing: str, current: str, target: str) -> None:
    """Refuses the move of `thing` from `current` to `target` unless the table has it."""
    if target not in moves.get(current, frozenset()):
        raise Refusal(f"This {thing} is {current} and cannot become {target}.", code="wrong_state")
