from django.http import HttpRequest, HttpResponse

from . import sight
from .accounts import align_groups


class PostingMiddleware:
    """Once a day per user: a posting that began or ended overnight is felt at the next request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.groups_aligned_on != sight.today():
            align_groups(user)
        return self.get_response(request)
