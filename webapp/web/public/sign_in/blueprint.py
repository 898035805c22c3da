"""The blueprint that the modules of this folder put their routes on."""

from flask import Blueprint

pages = Blueprint("sign_in", __name__)
