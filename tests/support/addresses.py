"""The list of addresses in docs/addresses.md, from the application's own routes: `python -m tests.support.addresses` writes it anew."""

import re
import tempfile
from collections import defaultdict
from pathlib import Path

import click
from flask import Flask
from werkzeug.routing import Rule

from tests.conftest import make_settings
from tests.support.source import ROOT
from webapp import create_app
from webapp.web import access

MANUAL = ROOT / "docs" / "addresses.md"
MARK = "<!-- From here on this page is written by: .venv/bin/python -m tests.support.addresses -->\n"
HEADINGS = {
    "me": "Mine (signed in)", "manage": "Staff", "door": "Door", "dev": "Demonstrations only (`DEMO=1`)",
    "orders": "An order, by its reference", "applications": "An application, by its reference", "invoices": "An invoice, by its reference",
    "login": "Signing in", "logout": "Signing in", "signup": "Signing in", "reset": "Signing in", "magic": "Signing in",
    "verify-address": "Signing in", "find": "Signing in",
    "webhooks": "Machines", "healthz": "Machines", "readyz": "Machines", "metrics": "Machines", "robots.txt": "Machines",
    "assets": "Machines", "agency": "Agency (supervisors)", "api": "API",
    "feeds": "Calendars", "calendar.ics": "Calendars", "sessions": "Calendars", "programmes": "Calendars",
}
ORDER = ("Public", "Calendars", "Signing in", *dict.fromkeys(list(HEADINGS.values())[4:7]), "Mine (signed in)", "Agency (supervisors)",
         "Door", "Staff", "API", "Machines", "Demonstrations only (`DEMO=1`)")
ASSETS = "Style sheets, scripts and pictures, under names that change with what is in them"
WHO = {"public": "anybody", "by_secret": "who has the link", "machine": "a machine that proves itself", "signed_in": "signed in",
       "dev_only": "`DEMO=1`"}


def tables(app: Flask) -> str:
    """One table per audience: address, methods, who may use it, and what its view says of itself."""
    found: dict[str, dict[str, list[Rule]]] = defaultdict(lambda: defaultdict(list))
    for rule in app.url_map.iter_rules():
        found[_heading(rule.rule)][written(rule.rule)].append(rule)
    parts = [
        f"\n## {heading}\n\n| address | methods | who | what |\n|---|---|---|---|\n"
        + "".join(_row(app, address, rules) for address, rules in sorted(found[heading].items()))
        for heading in ORDER if found[heading]]
    return "".join(parts)


def written(rule: str) -> str:
    """An address as people write it: `<int:id>` is `<id>`, `<any(a,b):what>` is `{a,b}`."""
    return re.sub(r"<\w+:(\w+)>", r"<\1>", re.sub(r"<any\(([^)]*)\):\w+>", r"{\1}", rule))


def everything() -> str:
    """The tables of an application with its demonstration pages."""
    with tempfile.TemporaryDirectory() as folder:
        return tables(create_app(make_settings(Path(folder), "sqlite://", demo=True)))


def _heading(rule: str) -> str:
    first = rule.split("/")[1]
    return "Calendars" if rule.endswith("<slug>.ics") else HEADINGS.get(first, "Public")


def _row(app: Flask, address: str, rules: list[Rule]) -> str:
    rules = sorted(rules, key=lambda rule: "GET" not in (rule.methods or ()))
    methods = sorted({method for rule in rules for method in rule.methods or () if method not in ("HEAD", "OPTIONS")})
    views = [app.view_functions[rule.endpoint] for rule in rules]
    who = dict.fromkeys(_who(access.rule_of(view)) for view in views)
    words = (views[0].__doc__ or ASSETS).strip().split("\n")[0].rstrip(".")
    return f"| `{address}` | {', '.join(methods)} | {'; '.join(who)} | {words} |\n"


def _who(declared: tuple[str, frozenset[str]] | None) -> str:
    rule, roles = declared or ("nobody", frozenset())
    return ", ".join(sorted(roles)) if roles else WHO[rule]


if __name__ == "__main__":
    head = MANUAL.read_text("utf-8").split(MARK)[0]
    MANUAL.write_text(head + MARK + everything(), "utf-8")
    click.echo(f"{MANUAL.relative_to(ROOT)} is written anew.")
