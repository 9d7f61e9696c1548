"""The office's screens for the ground floor. (Grown below.)"""

from .models import User
from .office import ScopedModelViewSet


class UserViewSet(ScopedModelViewSet):
    model = User
    icon = "user"
    list_display = ["name", "email", "is_active"]
    form_fields = ["email", "name", "language", "is_active"]
