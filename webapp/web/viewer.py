"""Who looks at a page: plain values, loaded in two queries, safe to keep through a transaction."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flask_login import UserMixin
from sqlalchemy import bindparam, select

from webapp.accounts import people
from webapp.accounts.models import Account, Agency, Person, RoleGrant
from webapp.core.db import db


@dataclass(frozen=True)
class Grant:
    """A role and its scope; all scopes None means everywhere."""

    role: str
    event_id: int | None = None
    organization_id: int | None = None
    agency_id: int | None = None


class AgencyLink(NamedTuple):
    """An agency she supervises; its page is /agency/<id>."""

    id: int
    name: str


@dataclass(frozen=True)
class Viewer(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """A signed-in person, or the guest. `id` is `account-epoch`, so that raising the epoch signs out everywhere."""

    account_id: int = 0
    person_id: int = 0
    epoch: int = 0
    name: str = ""
    short_name: str = ""
    zone: str = "America/Chicago"
    grants: tuple[Grant, ...] = ()
    agencies: tuple[AgencyLink, ...] = field(default=())

    @staticmethod
    def of(account: Account) -> "Viewer":
        """The bare viewer that flask-login writes into the cookie."""
        return Viewer(account_id=account.id, epoch=account.epoch, person_id=account.person_id)

    def get_id(self) -> str:
        return f"{self.account_id}-{self.epoch}"

    @property
    def is_authenticated(self) -> bool:
        return self.account_id != 0

    @property
    def is_anonymous(self) -> bool:
        return self.account_id == 0

    def has_any(self, roles: frozenset[str] | tuple[str, ...]) -> bool:
        """Whether she holds one of the roles in any scope; admin always does."""
        return any(g.role in roles or g.role == "admin" for g in self.grants)

    def may(self, roles: tuple[str, ...], *, event_id: int | None = None, organization_id: int | None = None,
            agency_id: int | None = None) -> bool:
        """Whether she holds one of the roles for this thing: everywhere, or in exactly its scope."""
        for g in self.grants:
            if g.role == "admin":
                return True
            if g.role not in roles:
                continue
            if g.event_id is None and g.organization_id is None and g.agency_id is None:
                return True
            if (g.event_id is not None and g.event_id == event_id) or (
                    g.organization_id is not None and g.organization_id == organization_id) or (
                    g.agency_id is not None and g.agency_id == agency_id):
                return True
        return False

    def everywhere(self, *roles: str) -> bool:
        """Whether she holds one of the roles without a scope (or is admin)."""
        return any(g.role == "admin" or (g.role in roles and g.event_id is None and g.organization_id is None
                                         and g.agency_id is None) for g in self.grants)

    @property
    def can_manage(self) -> bool:
        return self.has_any(("organizer", "coordinator", "presenter", "reviewer", "finance"))

    @property
    def can_finance(self) -> bool:
        return self.has_any(("finance",))

    @property
    def can_door(self) -> bool:
        return self.has_any(("organizer", "door"))

    @property
    def home(self) -> str:
        """Where she goes on to when nothing else was asked for: to her work here, or else to her own places."""
        if self.can_manage:
            return "/manage"
        if self.can_door:
            return "/door"
        return f"/agency/{self.agencies[0].id}" if self.agencies else "/me"


GUEST = Viewer()


def load(cookie_id: str) -> Viewer | None:
    """The viewer of a session cookie; None when the account is gone, disabled, or was signed out everywhere."""
    account_id, _, epoch = cookie_id.partition("-")
    if not (account_id.isascii() and account_id.isdigit() and epoch.isascii() and epoch.isdigit() and len(cookie_id) < 30):
        return None
    row = db.session.execute(_OWNER, {"account": int(account_id)}).first()
    if row is None or row.epoch != int(epoch):
        return None
    if row.merged_into_id is not None:
        row = db.session.execute(_OWNER_ROOT, {"account": int(account_id), "root": people.root_id(row.person_id)}).one()
    grants = db.session.execute(_GRANTS, {"root": row.person_id}).all()
    initial = f" {row.family_name[:1]}." if row.given_name and row.family_name else ""
    return Viewer(
        account_id=row.account_id, person_id=row.person_id, epoch=row.epoch, name=f"{row.given_name} {row.family_name}".strip(),
        short_name=f"{row.given_name or row.family_name}{initial}", zone=row.zone,
        grants=tuple(Grant(g.role, g.event_id, g.organization_id, g.agency_id) for g in grants),
        agencies=tuple(AgencyLink(g.agency_id, g.name) for g in grants if g.agency_id and g.role == "supervisor"),
    )


def _owner(on: Any) -> Any:
    return (select(Account.id.label("account_id"), Account.epoch, Person.id.label("person_id"), Person.given_name, Person.family_name,
                   Person.zone, Person.merged_into_id)
            .join(Person, on).where(Account.id == bindparam("account"), Account.disabled_at.is_(None), Person.erased_at.is_(None)))


def _grants() -> Any:
    """Her roles, those of persons merged into her too (walked down from the root in the same statement)."""
    family = select(Person.id).where(Person.id == bindparam("root")).cte("family", recursive=True)
    family = family.union_all(select(Person.id).join(family, Person.merged_into_id == family.c.id))
    return (select(RoleGrant.role, RoleGrant.event_id, RoleGrant.organization_id, RoleGrant.agency_id, Agency.name)
            .join(family, family.c.id == RoleGrant.person_id).outerjoin(Agency, Agency.id == RoleGrant.agency_id)
            .where(RoleGrant.ended_at.is_(None)).order_by(RoleGrant.id))


# Built once: they run on every page.
_OWNER = _owner(Person.id == Account.person_id)
_OWNER_ROOT = _owner(Person.id == bindparam("root"))
_GRANTS = _grants()
