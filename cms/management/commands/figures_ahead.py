"""`manage.py figures_ahead`: what most readers open first, worked out before they come. In a large country it takes minutes."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from cms import countrywide, sheets
from communities.sight import programme_by_sight
from engagements import digests, figures
from engagements.figures import Population
from engagements.figures.kept_sheets import sheet_ahead


class Command(BaseCommand):
    help = "Works out the public's figures, and the programme managers' of this month and last week."

    def handle(self, *args, **options):
        countrywide.again()
        for name in sheets.PERIODS:
            sheets.again(name)
        month, last_week = figures.month(timezone.localdate()), figures.week(timezone.localdate()).previous
        for user in programme_by_sight():
            population = Population.seen_by(user)
            sheet_ahead(population, month)
            digests.ahead(population, month)
            digests.ahead(population, last_week)
