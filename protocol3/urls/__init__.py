"""The addresses of this business: projects, people, services, months, money, reports."""

from protocol3.urls import entry, money, months, people, projects, reports

app_name = "protocol3"
urlpatterns = [
    *projects.urlpatterns,
    *people.urlpatterns,
    *entry.urlpatterns,
    *months.urlpatterns,
    *money.urlpatterns,
    *reports.urlpatterns,
]
