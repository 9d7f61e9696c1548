"""What reaches people: service points and what was seen there, deliveries, card drives, projects, gaps."""

from .cards import CardCount, CardDrive, CardScheme, Step
from .gaps import Gap, GapRun, GapState
from .points import Delivery, Observation, ServicePoint, ServiceState, ServiceType
from .projects import Milestone, Project, Sector

__all__ = [
    "CardCount",
    "CardDrive",
    "CardScheme",
    "Delivery",
    "Gap",
    "GapRun",
    "GapState",
    "Milestone",
    "Observation",
    "Project",
    "Sector",
    "ServicePoint",
    "ServiceState",
    "ServiceType",
    "Step",
]
