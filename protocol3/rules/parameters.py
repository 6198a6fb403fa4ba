"""The limits of the transition convention of 1 January 2023 to 31 December 2024, in its own units."""

#: Art. 5: age at the start of the period, and the share of younger people among those included.
FULL_AGE = 60
UNDER_60_PERCENT = 15

#: Art. 5: what the BelRAI scores must reach.
AIVQ = 3
AVQ = 3
CPS = 3
CPS2 = 2
PSYCHIC = 1.5
BEHAVIOUR = 1
#: Art. 5, 2.4: the two services of a specialised diagnosis of dementia.
DEMENTIA_ASSESSMENTS = ("102933", "102992")

#: Art. 9 and 16bis: units a day, from and to.
SESSION_UNITS = (2, 4)
GROUP_UNITS = (1, 1)
CAREGIVER_GROUP_UNITS = (4, 4)
NIGHT_VISIT_UNITS = (1, 3)
MODULE_UNITS = (1, 1)
#: Art. 9 and 16bis: people in a group, from and to.
GROUP_PARTICIPANTS = (4, 8)
CAREGIVER_GROUP_PARTICIPANTS = (5, 10)

#: Art. 11: the period, and the days after it.
PERIOD_MONTHS = 36
CLOSING_DAYS = 30

#: Art. 12: units of a series, and of groups within it.
SERIES_UNITS = {1: 122, 2: 61}
SERIES_GROUP_UNITS = {1: 50, 2: 25}
CLOSING_UNITS = 10
#: Art. 12: what must be sessions: units of case management, a share of the two others (groups count).
CASE_MANAGEMENT_SESSIONS = 4
SESSIONS_PERCENT = 60
#: Art. 12 §3: second series in a calendar year, of those who began a first one.
SECOND_SERIES_PERCENT = 30

#: Art. 16bis, table 3: units a beneficiary.
ALTERNATIVE_UNITS = {"caregiver_group": 80, "care_education": 32}

#: Art. 26: sessions in hospital a period.
HOSPITAL_SESSIONS = {"case_management": 2, "occupational_therapy": 1, "psychological_support": 1}

#: Art. 10: minutes of a unit of support.
UNIT_MINUTES = 30

#: Art. 17: hours a week of each person in the function.
WEEKLY_HOURS = 8
