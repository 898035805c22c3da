"""The WSGI application: `gunicorn wsgi:app`, `flask --app wsgi ...`."""

import click

from webapp import create_app
from webapp.accounts import demo

app = create_app()
# A server imports this; commands (doctor, restore) must work all the same.
if not app.config["SETTINGS"].demo and click.get_current_context(silent=True) is None:
    with app.app_context():
        demo.refuse_to_serve()
