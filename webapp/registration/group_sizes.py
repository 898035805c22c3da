"""Group size limits membership: it is no pool, so who puts people into a group locks it and counts."""

from sqlalchemy import func, select

from webapp.catalog.models import Group
from webapp.core.db import db
from webapp.core.errors import Full, NotFound
from webapp.registration.models import ACTIVE, Registration


def check(event_id: int, group_id: int, people: int = 1) -> None:
    """Refuses when the group has no room for so many more, or is of another event. It stays locked: nobody else is put in meanwhile."""
    group = db.session.scalar(select(Group).where(Group.id == group_id, Group.event_id == event_id)
                              .with_for_update().execution_options(populate_existing=True))
    if group is None:
        raise NotFound
    members = db.session.scalar(select(func.count()).where(Registration.group_id == group_id, Registration.state.in_(ACTIVE))) or 0
    if group.size is not None and members + people > group.size:
        raise Full(f"{group.name} is full: {members} of {group.size}.", way_out="Choose another group, or make it larger.", field="group")
