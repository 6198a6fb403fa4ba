"""Addresses of the home page and of the pages about the portal."""

from django.urls import include, path

from partenamut.web import trail, users, views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("account/", include("partenamut.web.account_urls")),
    path("users/", users.users, name="users"),
    path("users/new/", users.new_user, name="new_user"),
    path("users/<uuid:public_id>/", users.edit_user, name="user"),
    path("trail/", trail.entries, name="entries"),
    path("trail/accesses/", trail.accesses, name="accesses_of_all"),
]
