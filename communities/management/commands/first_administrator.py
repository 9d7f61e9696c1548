"""Makes the first administrator; everyone else is invited by them."""

from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from communities.accounts import post
from communities.models import User
from communities.sight import ADMINISTERS


class Command(BaseCommand):
    help = "Makes the first administrator, who then invites everyone else."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("name")

    @transaction.atomic
    def handle(self, *, email, name, **options):
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError(f"{email} has an account already.")
        password = getpass("Password: ")
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        post(User.objects.create_user(email, password, name=name), ADMINISTERS, by=None)
        self.stdout.write(f"{email} may now sign in and invite others.")
