"""The figures of the rest-home convention. It bears no first day: they hold for every day."""

from decimal import Decimal
from fractions import Fraction

#: How far a rise may go beyond that of the consumer price index in a calendar year (art. 4 §1): 5 points.
POINTS_ABOVE_INDEX = Fraction(5, 100)
#: Days from the notification of a rise to its first day (art. 4 §1).
DAYS_TO_RISE = 30

#: Days of trial, the day of entry counted (art. 10).
TRIAL_DAYS = 30
#: Days of notice in the trial, and of a short stay (art. 10).
SHORT_NOTICE_DAYS = 7
#: Days of notice of a resident after the trial (art. 10).
RESIDENT_NOTICE_DAYS = 15
#: Months of notice of the manager after the trial, and where rules are broken (art. 10).
MANAGER_NOTICE_MONTHS = 3
MANAGER_BREACH_MONTHS = 1
#: Working days between a notice and the day it starts to run (art. 10).
WORKING_DAYS_BEFORE = 2

#: Days to pay an invoice and months to dispute it, from its receipt (art. 6).
PAYMENT_DAYS = 8
DISPUTE_MONTHS = 1
#: Days of a year in the reckoning of interest (house rule).
INTEREST_YEAR = 365

#: Days within which a change of room for reasons of health may be written down after the fact (house rule).
HEALTH_MOVE_DAYS = 30
#: How far ahead an amendment may begin (house rule).
AMENDMENT_DAYS_AHEAD = 366

HUNDRED = Decimal(100)
