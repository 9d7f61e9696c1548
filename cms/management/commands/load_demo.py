"""`manage.py load_demo`: the invented demo, once. Running it again changes nothing."""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import BaseCommand

from cms.demo import integrity_key, people, story
from communities import statistics

DOORS = [("Public site", "/"), ("Office", "/office/"), ("Notebook", "/field/")]


class Command(BaseCommand):
    help = "Loads the demo: one invented border region and eighteen months of what happened there."

    def handle(self, *args, **options):
        loaded = story.tell()
        if loaded:
            statistics.refresh()
        self.stdout.write(
            "The demo is loaded." if loaded else "The demo is here already; nothing was changed."
        )
        self.stdout.write("Everything in it is invented, except the names and places of real towns.\n")
        for name, path in DOORS:
            self.stdout.write(f"  {name + ':':<14}{settings.WAGTAILADMIN_BASE_URL}{path}")
        self.stdout.write(f"\nTen logins, all with the password  {people.PASSWORD}\n")
        for role, address in people.logins().items():
            self.stdout.write(f"  {role.replace('_', ' '):<16}{address}")
        self.stdout.write(f"\nThe integrity officer's key file: {integrity_key.file()}")
        self.stdout.write(f"Its passphrase:  {integrity_key.PASSPHRASE}")
