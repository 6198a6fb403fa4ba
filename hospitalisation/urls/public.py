"""What everybody may use: estimate of a stay, check of a bill."""

from django.urls import URLPattern, path

from hospitalisation.views import public

urlpatterns: list[URLPattern] = [
    path("", public.start, name="start"),
    path("estimate/", public.estimate, name="estimate"),
    path("check/", public.check_bill, name="check_bill"),
    path("check/letter/", public.contest, name="contest"),
    path("check/template/", public.bill_template, name="bill_template"),
]
