"""The addresses of hospitalisation: what everybody may see, the member's side, the desk, the figures."""

from . import claim, desk, figures, member, public

app_name = "hospitalisation"

urlpatterns = [
    *public.urlpatterns,
    *member.urlpatterns,
    *claim.urlpatterns,
    *desk.urlpatterns,
    *figures.urlpatterns,
]
