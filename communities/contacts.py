"""The verb on contacts: opening one is logged."""

from django.db import transaction

from .models import Contact, ContactOpening, User
from .sight import require


@transaction.atomic
def open_contact(contact: Contact, *, by: User) -> dict[str, str]:
    """The name and phone of a contact. The opening is written down before anything is shown.

    Raises PermissionDenied when the contact is out of `by`'s sight.
    """
    require(by, "view", contact)
    ContactOpening.objects.create(contact=contact, by=by)
    return {"name": contact.name, "phone": contact.phone}
