"""The office's screens for what reaches people: services, deliveries, cards, projects."""

from .cards import CardDriveViewSet, CardSchemeViewSet
from .points import DeliveryViewSet, ObservationViewSet, PointChooser, ServicePointViewSet
from .projects import MilestoneViewSet, ProjectChooser, ProjectViewSet
from .reference import SectorViewSet, ServiceTypeViewSet

__all__ = [
    "CardDriveViewSet",
    "CardSchemeViewSet",
    "DeliveryViewSet",
    "MilestoneViewSet",
    "ObservationViewSet",
    "PointChooser",
    "ProjectChooser",
    "ProjectViewSet",
    "SectorViewSet",
    "ServicePointViewSet",
    "ServiceTypeViewSet",
]
