"""Whom the keys of the members' screen are for, and what its helpers share."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from av_pos.domain.permissions import Permission, allowed, can_approve
from av_pos.services.member_page import MemberPage
from av_pos.services.members import MemberRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui.members.deeds import Deeds
from av_pos.ui.members.lists import Shown
from av_pos.ui.screen import Screen


class Serving(QObject):
    """Opens sheets for the member in front; `deeds` carries out what they say."""

    def __init__(self, screen: Screen, settings: ShopSettings, deeds: Deeds) -> None:
        super().__init__(screen)
        self._screen = screen
        self._settings = settings
        self._deeds = deeds
        self._shown: Shown | None = None

    def serve(self, shown: Shown | None) -> None:
        """Whom the keys are for from now on."""
        self._shown = shown

    @property
    def _window(self) -> QWidget:
        return self._screen.window()

    def _page(self) -> MemberPage:
        assert self._shown is not None
        return self._shown.page

    def _member(self) -> MemberRow:
        return self._page().member

    def _id(self) -> int:
        return self._member().member_id

    def _living(self) -> MemberRow | None:
        """The member in front, unless there is none or the person is gone."""
        row = self._member() if self._shown is not None else None
        return row if row is not None and row.status in ("active", "suspended") else None

    def _may(self, permission: Permission) -> bool:
        """Whether this person may, or a manager beside may lend it."""
        role = self._screen.desk.actor.role
        return allowed(role, permission) or can_approve("manager", permission)
