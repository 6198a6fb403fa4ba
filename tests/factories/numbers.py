"""Numbers of nobody, with right check digits."""

from datetime import date, timedelta

FIRST_BIRTH = date(1940, 1, 1)
BIRTHS = 20_000  # days, up to 1994


def birth_date(count: int) -> date:
    """The birth date of the so-manieth fictitious person."""
    return FIRST_BIRTH + timedelta(days=count % BIRTHS)


def niss(count: int, born: date | None = None) -> str:
    """A NISS of the so-manieth person; another count gives another number for the same birth date."""
    born = born or birth_date(count)
    serial = (count // BIRTHS if born == birth_date(count) else count) % 997 + 1
    base = f"{born:%y%m%d}{serial:03d}"
    return base + f"{97 - int(('2' if born.year >= 2000 else '') + base) % 97:02d}"


def iban(count: int) -> str:
    """A Belgian IBAN of a bank that does not exist."""
    account = f"999{count % 10**7:07d}"
    number = account + f"{int(account) % 97 or 97:02d}"
    return f"BE{98 - int(number + '111400') % 97:02d}{number}"


def inami(count: int) -> str:
    """The eight figures of the INAMI number of the so-manieth hospital."""
    base = f"{710_000 + count % 1_000:06d}"
    return base + f"{97 - int(base) % 97:02d}"
