"""The addresses of the portal. Businesses are included by name: nothing here imports them."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("partenamut.web.urls")),
    path("accounts/", include("partenamut.accounts.urls")),
    path("", include("partenamut.registry.urls")),
    path("payments/", include("partenamut.payments.urls")),
    path("convalescence/", include("convalescence.urls")),
    path("protocol3/", include("protocol3.urls")),
    path("rest-homes/", include("residences.urls")),
    path("hospital/", include("hospitalisation.urls")),
    path("api/v1/", include("partenamut.web.api_urls")),
    path("health/", include("partenamut.web.health_urls")),
    path("i18n/", include("partenamut.web.language_urls")),
]

if getattr(settings, "GALLERY", settings.DEBUG):
    urlpatterns.append(path("components/", include("partenamut.web.gallery")))
