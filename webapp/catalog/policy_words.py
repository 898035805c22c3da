"""The sentence people read of a cancellation policy, made from its rules (their words: policies.py). Pure."""

from webapp.catalog.policies import BalanceRule, Fee, Rules, Tier
from webapp.core import money


def sentence(rules: Rules) -> str:
    """All of it, in the order a person asks: money back, balance, another date, then what is left, and when we cancel."""
    said = [_refunds(rules["refunds"]), _balance(rules["balance"], rules["refunds"]), _transfer(rules), _after(rules),
            _deferral(rules)]
    if rules.get("naming_until_hours"):
        said.append(f"A place whose name is to follow is named until {hours(rules['naming_until_hours'])} before the start.")
    if rules.get("group_below") == "reprice":
        said.append("When a group becomes smaller than its price asks for, those who are left pay the price without it.")
    return " ".join(one for one in [*said, "If we cancel, you get everything back."] if one)


def hours(number: int) -> str:
    """`1 hour`, `24 hours`."""
    return f"{number} hour{'' if number == 1 else 's'}"


def days(number: int) -> str:
    """`the day of the first session`, `1 day before the first session`."""
    if not number:
        return "the day of the first session"
    return f"{number} day{'' if number == 1 else 's'} before the first session"


def months_words(number: int) -> str:
    """`1 month`, `24 months`."""
    return f"{number} month{'' if number == 1 else 's'}"


def kept(fee: Fee) -> str:
    """What comes back under this fee: `your money back less $20.00`."""
    if fee["kind"] == "flat":
        return f"your money back less {money.written(fee['cents'])}"
    if fee["kind"] == "percent":
        return f"{100 - fee['basis_points'] / 100:g}% of your money back"
    if fee["kind"] == "by_price":
        bands = ", ".join(f"{money.written(one['fee_cents'])} for a place from {money.written(one['from_cents'])}" for one in fee["bands"])
        return f"your money back less a fee ({bands})"
    return "all your money back"


def _refunds(tiers: list[Tier]) -> str:
    said = [f"until {days(one['until_days'])} you get {kept(one['fee'])}" for one in tiers]
    return f"{'; '.join(said).capitalize()}." if said else ""


def _balance(balance: BalanceRule | None, tiers: list[Tier]) -> str:
    if not balance:
        return ""
    months = months_words(balance["months"])
    if any(one["until_days"] <= balance["until_days"] for one in tiers):
        return f"Until {days(balance['until_days'])} you may have the whole price kept as your balance for {months} instead."
    return f"Until {days(balance['until_days'])} you may cancel and have the whole price kept as your balance for {months}."


def _transfer(rules: Rules) -> str:
    if "transfer" not in rules:
        return ""
    return f"Until {days(rules['transfer']['until_days'])} you may move your place to another date of the same course."


def _deferral(rules: Rules) -> str:
    rule = rules.get("deferral")
    if rule is None:
        return ""
    often = {1: "once", 2: "twice"}.get(rule["times"], f"{rule['times']} times")
    then = f"it is your balance for {months_words(rule['then_months'])} more" if rule["then_months"] else "it is not paid back"
    return (f"Until {days(rule['until_days'])} you may put your place off, {often}: what you paid is kept for another date of the same "
            f"course for {months_words(rule['months'])}; after that {then}.")


def _after(rules: Rules) -> str:
    then = "After that there is no refund" if rules["refunds"] or rules["balance"] else "There is no refund"
    if rules["after"] != "substitution":
        return f"{then}."
    until = rules["substitution_until_hours"]
    return f"{then}, but a colleague may take your place{f' until {hours(until)} before the start' if until else ''}."
