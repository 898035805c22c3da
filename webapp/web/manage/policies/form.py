"""The form of a cancellation policy: its rules as a person thinks of them."""

from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from webapp.catalog.policies import Rules
from webapp.core import money
from webapp.web.forms import Form, Line, Option, Paragraphs

ROWS = (1, 2, 3, 4)
FEES = [Option("none", "All of it comes back"), Option("percent", "A percentage comes back"), Option("flat", "Less a fee in dollars"),
        Option("by_price", "Less a fee by price")]
AFTER = [Option("substitution", "No refund, but a colleague may take the place"), Option("none", "Nothing")]


class PolicyForm(Form):
    """`days_1`, `fee_1`, `amount_1` and so on are the rows of money back; `edition` and `seen` what was looked at."""

    name = Line("Name", 120, [InputRequired("Give the policy a name.")], description="For staff, for example Two weeks, less $25.")
    bands = Paragraphs("Fees by price", 1000, [Optional()], render_kw={"rows": 3},
                       description="One to a line: price from, colon, fee; for example 100.00: 25.00. Below the first, nothing is kept.")
    balance_days = Line("Until so many days before", 10)
    balance_months = Line("Good for so many months", 10)
    after = RadioField("After that", choices=AFTER, default="substitution", validate_choice=False)
    substitution_hours = Line("A colleague may take the place until so many hours before the start", 10, [Optional()],
                              description="0: until it starts.")
    transfer_days = Line("A place may move to another date until so many days before", 10, [Optional()],
                         description="Of the same course, by who paid. Empty: only staff move places.")
    deferral_days = Line("A place may be put off until so many days before", 10, [Optional()],
                         description="What was paid is kept for another date of the same course. Empty: only staff put places off.")
    deferral_times = Line("So many times", 10, [Optional()], description="For the same money. Empty: once.")
    deferral_months = Line("What was paid is kept for so many months", 10, [Optional()])
    deferral_then = Line("Then it is an ordinary balance for so many months", 10, [Optional()],
                         description="Empty or 0: what is not used by then stays with the association.")
    naming_hours = Line("A name that is to follow is given until so many hours before the start", 10, [Optional()],
                        description="Empty or 0: until it starts.")
    reprice = BooleanField("When a group becomes smaller than its price asks for, those who are left pay the price without it",
                           description="Else they keep the group price. Who pays sees what it costs before.")
    own_words = Paragraphs("In your own words", 2000, [Optional()], render_kw={"rows": 4},
                           description="Only where the sentence made from the rules does not do. People read it instead.")
    example = Line("Price in the examples, in dollars", 20, [Optional()], default="150.00")
    reason = Line("Why", 255, description="It stands in the history.")
    edition = HiddenField()
    seen = HiddenField()


for _row in ROWS:
    setattr(PolicyForm, f"days_{_row}", Line("Until so many days before", 10))
    setattr(PolicyForm, f"fee_{_row}", SelectField("What comes back", choices=FEES, default="none", validate_choice=False))
    setattr(PolicyForm, f"amount_{_row}", Line("Percent back, or fee", 20))


def filled(name: str, sentence: str, made: str, edition: int, rules: Rules) -> dict[str, Any]:
    """A policy as the form shows it; `made` is the sentence its rules make."""
    balance, deferral = rules["balance"], rules.get("deferral")
    values = {"name": name, "own_words": "" if sentence == made else sentence, "edition": str(edition), "after": rules["after"],
              "substitution_hours": _or_empty(rules["substitution_until_hours"]), "reprice": rules.get("group_below") == "reprice",
              "balance_days": _or_empty(balance["until_days"]) if balance else "",
              "balance_months": _or_empty(balance["months"]) if balance else "",
              "transfer_days": _or_empty(rules["transfer"]["until_days"]) if "transfer" in rules else "",
              "deferral_days": _or_empty(deferral["until_days"]) if deferral else "",
              "deferral_times": _or_empty(deferral["times"]) if deferral else "",
              "deferral_months": _or_empty(deferral["months"]) if deferral else "",
              "deferral_then": _or_empty(deferral["then_months"] or None) if deferral else "",
              "naming_hours": _or_empty(rules.get("naming_until_hours") or None)}
    for row, tier in zip(ROWS, rules["refunds"], strict=False):
        fee = tier["fee"]
        amount = money.plain(fee["cents"]) if fee["kind"] == "flat" else ""
        if fee["kind"] == "percent":
            amount = f"{100 - fee['basis_points'] / 100:g}"
        values |= {f"days_{row}": str(tier["until_days"]), f"fee_{row}": fee["kind"], f"amount_{row}": amount}
        if fee["kind"] == "by_price":
            values["bands"] = "\n".join(f"{money.plain(one['from_cents'])}: {money.plain(one['fee_cents'])}" for one in fee["bands"])
    return values


def _or_empty(number: int | None) -> str:
    return "" if number is None else str(number)
