"""The office's screens for the ground floor: lists, forms and details."""

from .accounts import PostingViewSet, UserViewSet
from .contacts import ContactOpeningViewSet, ContactViewSet
from .places import CommunityChooser, CommunityViewSet, PresenceViewSet, TieViewSet
from .reference import (
    AgencyChooser,
    AgencyViewSet,
    AreaChooser,
    AreaViewSet,
    BorderSectionViewSet,
    CrossingPointViewSet,
    LanguageViewSet,
)

__all__ = [
    "AgencyChooser",
    "AgencyViewSet",
    "AreaChooser",
    "AreaViewSet",
    "BorderSectionViewSet",
    "CommunityChooser",
    "CommunityViewSet",
    "ContactOpeningViewSet",
    "ContactViewSet",
    "CrossingPointViewSet",
    "LanguageViewSet",
    "PostingViewSet",
    "PresenceViewSet",
    "TieViewSet",
    "UserViewSet",
]
