"""Addresses of the payments' pages."""

from django.urls import path

from partenamut.payments import batch_views, views

app_name = "payments"

urlpatterns = [
    path("", views.payables, name="payables"),
    path("approve/", views.approve, name="approve"),
    path("batches/", batch_views.batches, name="batches"),
    path("batches/new/", batch_views.prepare, name="prepare"),
    path("batches/<uuid:public_id>/", batch_views.batch, name="batch"),
    path("batches/<uuid:public_id>/file/", batch_views.download, name="download"),
    path("batches/<uuid:public_id>/<slug:action>/", batch_views.act, name="batch_act"),
    path("<uuid:public_id>/", views.payable, name="payable"),
    path("<uuid:public_id>/<slug:action>/", views.act, name="act"),
]
