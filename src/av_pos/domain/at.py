"""Who does something, at which till, and when: the circumstances every operation is given."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or the console) that acts. `role` is a key of `domain.permissions.ROLES`."""

    staff_id: int
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class At:
    """The circumstances of one operation; `now` is an aware UTC time. Rules and services never read the clock."""

    actor: Actor
    till: int
    now: datetime
