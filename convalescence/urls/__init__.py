"""The addresses of this business: open pages, the member's, the adviser's desk."""

from convalescence.urls import desk, member, public

app_name = "convalescence"
urlpatterns = [*public.urlpatterns, *member.urlpatterns, *desk.urlpatterns]
