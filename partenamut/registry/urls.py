"""Addresses of the registry: public pages, those who keep members and residences, directors."""

from django.urls import path

from partenamut.registry import (
    director_views,
    franchise_views,
    hospital_views,
    import_views,
    insurer_views,
    label_views,
    member_views,
    public_views,
    residence_views,
)

app_name = "registry"
urlpatterns = [
    path("residences/", public_views.residences, name="residences"),
    path("residences/print/", public_views.residences_on_paper, name="residences_on_paper"),
    path("residences/<slug:slug>/", public_views.residence, name="residence"),
    # directors
    path("my-residences/", director_views.own_residences, name="own_residences"),
    path("my-residences/<uuid:public_id>/", director_views.own_residence, name="own_residence"),
    path("my-residences/<uuid:public_id>/contact/", director_views.edit_contact, name="edit_contact"),
    # members
    path("registry/members/", member_views.members, name="members"),
    path("registry/members/add/", member_views.add_member, name="add_member"),
    path("registry/members/<uuid:public_id>/", member_views.member, name="member"),
    path("registry/members/<uuid:public_id>/correct/", member_views.correct_member, name="correct_member"),
    path("registry/members/<uuid:public_id>/<slug:kind>/add/", member_views.add_row, name="add_member_row"),
    path(
        "registry/members/<uuid:public_id>/<slug:kind>/<uuid:row_id>/end/",
        member_views.end_row,
        name="end_member_row",
    ),
    path(
        "registry/members/<uuid:public_id>/<slug:kind>/<uuid:row_id>/correct/",
        member_views.correct_row,
        name="correct_member_row",
    ),
    path(
        "registry/members/<uuid:public_id>/insurances/change/",
        member_views.change_tier,
        name="change_tier",
    ),
    # files of members
    path("registry/imports/", import_views.imports, name="imports"),
    path("registry/imports/add/", import_views.add_import, name="add_import"),
    path("registry/imports/template.csv", import_views.template, name="import_template"),
    path("registry/imports/<uuid:public_id>/", import_views.member_import, name="import"),
    path("registry/imports/<uuid:public_id>/refused.csv", import_views.refused_lines, name="refused_lines"),
    path("registry/imports/<uuid:public_id>/start/", import_views.start, name="start_import"),
    path("registry/imports/<uuid:public_id>/check/", import_views.check_again, name="check_import"),
    path("registry/imports/<uuid:public_id>/discard/", import_views.discard, name="discard_import"),
    # residences
    path("registry/residences/", residence_views.residences, name="managed_residences"),
    path("registry/residences/add/", residence_views.add_residence, name="add_residence"),
    path("registry/residences/<uuid:public_id>/", residence_views.residence, name="managed_residence"),
    path("registry/residences/<uuid:public_id>/edit/", residence_views.edit_residence, name="edit_residence"),
    path(
        "registry/residences/<uuid:public_id>/labels/<slug:label>/grant/",
        label_views.grant_label,
        name="grant_label",
    ),
    path(
        "registry/residences/<uuid:public_id>/labels/<uuid:grant_id>/renew/",
        label_views.renew_label,
        name="renew_label",
    ),
    path(
        "registry/residences/<uuid:public_id>/labels/<uuid:grant_id>/withdraw/",
        label_views.withdraw_label,
        name="withdraw_label",
    ),
    path(
        "registry/residences/<uuid:public_id>/evidence/<uuid:upload_id>/",
        label_views.evidence_file,
        name="evidence_file",
    ),
    path(
        "registry/residences/<uuid:public_id>/<slug:kind>/add/",
        residence_views.add_row,
        name="add_residence_row",
    ),
    path(
        "registry/residences/<uuid:public_id>/<slug:kind>/<uuid:row_id>/end/",
        residence_views.end_row,
        name="end_residence_row",
    ),
    # labels
    path("registry/criteria/", label_views.criteria, name="criteria"),
    path("registry/criteria/add/", label_views.add_criterion, name="add_criterion"),
    path("registry/criteria/<uuid:public_id>/end/", label_views.end_criterion, name="end_criterion"),
    # insurers
    path("registry/insurers/", insurer_views.insurers, name="insurers"),
    path("registry/insurers/<uuid:public_id>/", insurer_views.insurer, name="insurer"),
    path("registry/mutualities/", insurer_views.mutualities, name="mutualities"),
    path("registry/mutualities/add/", insurer_views.add_mutuality, name="add_mutuality"),
    path("registry/mutualities/<uuid:public_id>/", insurer_views.mutuality, name="mutuality"),
    # hospitals
    path("registry/hospitals/", hospital_views.hospitals, name="hospitals"),
    path("registry/hospitals/add/", hospital_views.add_hospital, name="add_hospital"),
    path("registry/hospitals/<uuid:public_id>/", hospital_views.hospital, name="hospital"),
    path("registry/hospitals/<uuid:public_id>/edit/", hospital_views.edit_hospital, name="edit_hospital"),
    path("registry/hospitals/<uuid:public_id>/close/", hospital_views.close_hospital, name="close_hospital"),
    path("registry/hospitals/franchise-lists/", franchise_views.franchise_lists, name="franchise_lists"),
    path(
        "registry/hospitals/franchise-lists/import/",
        franchise_views.import_franchise,
        name="import_franchise",
    ),
    path(
        "registry/hospitals/franchise-lists/template.csv",
        franchise_views.franchise_template,
        name="franchise_template",
    ),
    path(
        "registry/hospitals/franchise-lists/confirm/",
        franchise_views.confirm_franchise,
        name="confirm_franchise",
    ),
    path(
        "registry/hospitals/franchise-lists/<uuid:public_id>/",
        franchise_views.franchise_list,
        name="franchise_list",
    ),
    path(
        "registry/hospitals/franchise-lists/<uuid:public_id>/add/",
        franchise_views.add_to_franchise,
        name="add_to_franchise",
    ),
    path(
        "registry/hospitals/franchise-lists/<uuid:public_id>/hospitals/<uuid:hospital_id>/remove/",
        franchise_views.remove_from_franchise,
        name="remove_from_franchise",
    ),
]
