"""The blueprint that the modules of this folder put their routes on, and the views of the account as tabs."""

from typing import Any

from flask import Blueprint, url_for

pages = Blueprint("my_account", __name__)

_TABS = (("My details", "my_account.details"), ("Addresses", "my_account.emails"), ("Password", "my_account.password"),
         ("Sharing", "my_sharing.sharing"), ("My data", "my_privacy.overview"))


def tabs_for(endpoint: str) -> list[dict[str, Any]]:
    """The tabs of the account, with this one current."""
    return [{"label": label, "href": url_for(name), "current": name == endpoint} for label, name in _TABS]
