"""`flask --app wsgi doctor`: looks whether everything this site needs is there and well."""

from collections.abc import Collection

import click
from flask.cli import with_appcontext

from webapp.cli.checks import CHECKS, Finding

MARKS = {"ok": "ok      ", "warning": "warning ", "fault": "FAULT   "}


@click.command("doctor")
@click.option("--without", multiple=True, type=click.Choice(sorted(CHECKS)), help="Leave a part out.")
@with_appcontext
def doctor(without: tuple[str, ...]) -> None:
    """Checks settings, database, migrations, storage, mail, Stripe and the worker. Exit 1 on a fault; says what to do."""
    if examine(without):
        raise SystemExit(1)


def examine(without: Collection[str] = ()) -> int:
    """Runs the checks and says what they found; returns the number of faults. A check that breaks is a fault itself."""
    faults = 0
    for name, check in CHECKS.items():
        if name in without:
            continue
        try:
            for finding in check():
                faults += finding.level == "fault"
                _say(name, finding)
        except Exception as error:  # noqa: BLE001 - the doctor must reach the other checks
            faults += 1
            _say(name, Finding("fault", f"the check itself failed: {type(error).__name__}: {error}", "Please report this error in Attune."))
    click.echo(f"{faults} fault{'' if faults == 1 else 's'}" if faults else "Everything that was looked at is well.")
    return faults


def _say(name: str, finding: Finding) -> None:
    click.echo(f"{MARKS[finding.level]}{name}: {finding.what}")
    if finding.way_out:
        click.echo(f"          -> {finding.way_out}")
