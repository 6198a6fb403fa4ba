"""Addresses of the REST API: what each app registers, the decisions, the document that describes them."""

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.utils.module_loading import import_string
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.routers import DefaultRouter

from partenamut.web.decisions import DecisionView
from partenamut.web.tokens import TokenView

app_name = "api"

#: Each fills in its own part; businesses are named, not imported.
REGISTRATIONS = (
    "partenamut.registry.api.register",
    "partenamut.payments.api.register",
    "convalescence.api.register",
    "protocol3.api.register",
    "residences.api.register",
    "hospitalisation.api.register",
)

router = DefaultRouter()
router.include_root_view = False
for registration in REGISTRATIONS:
    import_string(registration)(router)

# The page brings a style element of its own, and pictures inside its stylesheet: only here are they let in.
browse_api = csp_update({"style-src": [UNSAFE_INLINE], "img-src": ["data:"]})(
    SpectacularSwaggerSplitView.as_view(url_name="api:schema", permission_classes=[AllowAny])
)

urlpatterns = [
    path("", include(router.urls)),
    path("decisions/<slug:ruleset>/", login_not_required(DecisionView.as_view()), name="decision"),
    path("token/", login_not_required(TokenView.as_view()), name="token"),
    path(
        "schema/",
        login_not_required(SpectacularAPIView.as_view(permission_classes=[AllowAny])),
        name="schema",
    ),
    path("docs/", login_not_required(browse_api), name="docs"),
]
