"""People and what they may do: persons, addresses, accounts, roles, agencies, consent, memberships, holdings."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base

ROLES = ("organizer", "coordinator", "presenter", "door", "supervisor", "reviewer", "finance", "admin")


class Person(Base):
    """A human being the association knows, with or without means to sign in.

    `merged_into_id` redirects to another person; every read resolves the root (`accounts.people.root`).
    Never stored: anything about children or families.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="not_into_itself"),
        Index("ix_person_names", "family_name", "given_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    given_name: Mapped[str] = mapped_column(String(100))
    family_name: Mapped[str] = mapped_column(String(100))
    profession: Mapped[str] = mapped_column(String(120), default="")
    employer: Mapped[str] = mapped_column(String(200), default="")
    county: Mapped[str] = mapped_column(String(80), default="")
    zone: Mapped[str] = mapped_column(String(64), default="America/Chicago")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    addresses: Mapped[list["EmailAddress"]] = relationship(back_populates="person", lazy="raise_on_sql")

    @property
    def name(self) -> str:
        """The name as the person would write it."""
        return f"{self.given_name} {self.family_name}".strip()


class EmailAddress(Base):
    """An address of a person, lower-cased. Unique among the verified; one per person is primary.

    Several persons may share one unverified address (an office registers five).
    """

    __tablename__ = "email_address"
    __table_args__ = (
        UniqueConstraint("person_id", "address"),
        Index("uq_email_address_verified", "address", unique=True,
              sqlite_where=text("verified_at IS NOT NULL"), postgresql_where=text("verified_at IS NOT NULL")),
        Index("uq_email_address_primary", "person_id", unique=True,
              sqlite_where=text("is_primary"), postgresql_where=text("is_primary")),
        Index("ix_email_address_address", "address"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str] = mapped_column(String(254))
    is_primary: Mapped[bool] = mapped_column(default=False)
    gets_mail: Mapped[bool] = mapped_column(default=True)
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship(back_populates="addresses", lazy="raise_on_sql")


class Account(Base):
    """The means to sign in: 0 or 1 per person. `epoch` is in the session cookie; raising it signs out everywhere."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    epoch: Mapped[int] = mapped_column(default=0)
    is_demo: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]
    last_sign_in_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class AccessToken(Base):
    """A link that proves control of an address: hash of the secret, purpose, deadline. Works once."""

    __tablename__ = "access_token"
    __table_args__ = (
        CheckConstraint("purpose IN ('verify', 'reset', 'magic', 'claim', 'order')", name="purpose"),
        Index("ix_access_token_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    email_address_id: Mapped[int] = mapped_column(ForeignKey("email_address.id", ondelete="CASCADE"), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class PersonMerge(Base):
    """A reviewed decision that two persons are one; undone by a second row's `undone_at`, never by rewriting."""

    __tablename__ = "person_merge"
    __table_args__ = (CheckConstraint("from_id <> into_id", name="two_persons"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    how: Mapped[str] = mapped_column(String(40))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class RoleGrant(Base):
    """A role for all things, or for one event, organization (partner) or agency. At most one scope is set."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(f"role IN ({', '.join(repr(r) for r in ROLES)})", name="role"),
        CheckConstraint(
            "(CASE WHEN event_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN organization_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN agency_id IS NULL THEN 0 ELSE 1 END) <= 1", name="one_scope"),
        CheckConstraint("role <> 'coordinator' OR organization_id IS NOT NULL", name="coordinator_of"),
        CheckConstraint("role <> 'supervisor' OR agency_id IS NOT NULL", name="supervisor_of"),
        Index("ix_role_grant_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(20))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Agency(Base):
    """An employer that pays for staff. `po_required`: it will not pay an invoice without a purchase order number."""

    __tablename__ = "agency"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    billing_name: Mapped[str] = mapped_column(String(200), default="")
    billing_email: Mapped[str] = mapped_column(String(254), default="")
    billing_address: Mapped[str] = mapped_column(Text, default="")
    county: Mapped[str] = mapped_column(String(80), default="")
    po_required: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class AgencyMember(Base):
    """A person works for an agency, from and until."""

    __tablename__ = "agency_member"
    __table_args__ = (
        Index("uq_agency_member_current", "agency_id", "person_id", unique=True,
              sqlite_where=text("until_on IS NULL"), postgresql_where=text("until_on IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Consent(Base):
    """A person lets an agency see something of hers: scope `attendance` or `hours`, with an end; withdrawable."""

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("scope IN ('attendance', 'hours', 'calendar')", name="scope"),
        Index("ix_consent_agency_person", "agency_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    scope: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    until_on: Mapped[date]
    withdrawn_at: Mapped[datetime | None]


class ConsentLook(Base):
    """A supervisor looked at what a person lets her agency see: who, of which agency, whose, which scope, when."""

    __tablename__ = "consent_look"
    __table_args__ = (
        CheckConstraint("scope IN ('attendance', 'hours', 'calendar')", name="scope"),
        Index("ix_consent_look_person_id", "person_id", "looked_at"),
        Index("ix_consent_look_viewer", "viewer_id", "agency_id", "looked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    viewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    scope: Mapped[str] = mapped_column(String(20))
    looked_at: Mapped[datetime]


class Membership(Base):
    """Individual membership of the association: number and the days it is valid. Decides the member price on the day.

    One that was bought and is not paid (any more) is withdrawn: it decides nothing, until it is paid again.
    """

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="dates"),
        UniqueConstraint("number", "from_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    number: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    from_on: Mapped[date]
    until_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(20), default="staff")
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class CategoryHolding(Base):
    """A person holds an endorsement category (IFS, IMHM-C ...) of an association, from and until."""

    __tablename__ = "category_holding"
    __table_args__ = (CheckConstraint("status IN ('endorsed', 'emerging', 'inactive')", name="status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    category: Mapped[str] = mapped_column(String(20))
    association: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20), default="endorsed")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
