"""What is typed to sign up and in."""

from typing import Any

from wtforms import BooleanField, EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, ValidationError

from webapp.accounts import names, passwords
from webapp.core.errors import Refusal
from webapp.web.forms import Form, Line, cleaned


def as_address(_form: Any, field: Any) -> None:
    """Says at once what is missing in an address, beside whatever else is to be put right."""
    try:
        names.address(field.data or "")
    except Refusal as refusal:
        raise ValidationError(refusal.sentence) from refusal


def as_password(form: Any, field: Any) -> None:
    """Says at once why a password cannot be taken; what it must not be made of stands in the form's other fields."""
    about = " ".join(form[name].data or "" for name in ("given_name", "family_name", "email") if name in form)
    try:
        passwords.check(field.data or "", about=about)
    except Refusal as refusal:
        raise ValidationError(refusal.sentence) from refusal


_ADDRESS = [InputRequired("Write your e-mail address."), cleaned(254)]


class AddressForm(Form):
    """One address: for a link, a reset."""

    email = EmailField("E-mail address", _ADDRESS)
    next = HiddenField()


class EntryForm(AddressForm):
    """Address and password; a refusal must not tell which of them was wrong. A password is never cleaned: it is hashed as it was typed."""

    password = PasswordField("Password", [InputRequired("Write your password.")])
    remember = BooleanField("Keep me signed in on this device", default=True)


class SignUpForm(AddressForm):
    """Who she is, and the password she chooses."""

    given_name = Line("Given name", 100, [InputRequired("Write your given name.")])
    family_name = Line("Family name", 100)
    email = EmailField("E-mail address", [*_ADDRESS, as_address])
    password = PasswordField("Password", [InputRequired("Choose a password."), as_password])


class NewPasswordForm(Form):
    """A password chosen anew, by a link."""

    password = PasswordField("New password", [InputRequired("Choose a password."), as_password])


class ProofForm(Form):
    """The password of the sign-up, asked when its mail is opened in another browser."""

    password = PasswordField("The password you chose", [InputRequired("Write the password you chose, or set a new one.")])

