"""The watch over the order of locks sees a step back, and nothing else."""

from tests.support.locks import Locks


def steps(*taken: tuple[str, set[int]], made: tuple[str, set[int]] = ("order", set())) -> list[str]:
    back: list[str] = []
    watch = Locks(back)
    watch.made(*made)
    for table, ids in taken:
        watch.locked(table, ids, "SELECT")
    return [" ".join(one.split()[:5]) for one in back]


def test_going_down_the_order_is_no_step_back() -> None:
    assert steps(("event", {9}), ("order", {4, 2}), ("registration", {7, 8}), ("pool", {1}), ("pool", {3})) == []


def test_an_earlier_kind_is_a_step_back() -> None:
    assert steps(("pool", {1}), ("order", {5})) == ["order 5 after pool 1:"]


def test_a_lower_id_of_the_same_kind_is_a_step_back() -> None:
    assert steps(("fund", {7}), ("fund", {3})) == ["fund 3 after fund 7:"]


def test_what_it_has_or_made_itself_costs_nothing() -> None:
    assert steps(("order", {5}), ("pool", {1}), ("order", {5}), ("order", {6}), made=("order", {6})) == []
