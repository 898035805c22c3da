"""`flask --app wsgi reconcile`: finds payments whose webhook was lost, and finishes what was begun."""

import click
from flask.cli import with_appcontext

from webapp.core import clock
from webapp.payments import reconcile as reconciling


@click.command("reconcile")
@with_appcontext
def reconcile() -> None:
    """Asks Stripe what we have not heard, applies what waits, ends holds that are over, sends refunds. Exit 1 on trouble."""
    report = reconciling.sweep(clock.now())
    click.echo(report.words())
    if report.troubles or report.failed:
        raise SystemExit(1)
