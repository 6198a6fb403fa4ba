"""`POST /api/v1/token/`: an address and a password for a token; counted by the lock-out and throttled."""

from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.permissions import AllowAny
from rest_framework.throttling import AnonRateThrottle


class TokenView(ObtainAuthToken):
    """Gives the token of a user."""

    permission_classes = (AllowAny,)
    throttle_classes = (AnonRateThrottle,)
