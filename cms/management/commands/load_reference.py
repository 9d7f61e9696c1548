"""Loads the reference data that ships with the tracker: languages, service types, sectors, topics."""

from django.core.management.base import BaseCommand
from django.db import transaction

from communities import reference as languages
from engagements import reference as topics
from services import reference as services


class Command(BaseCommand):
    help = "Adds missing reference data. What the office has edited stays; running it twice changes nothing."

    @transaction.atomic
    def handle(self, **options):
        added = languages.load() + services.load() + topics.load()
        self.stdout.write(f"{added} rows of reference data added.")
