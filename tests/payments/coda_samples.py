"""Files in CODA, the statement of account of Belgian banks, with invented movements."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

DAY = date(2026, 4, 20)


@dataclass
class Move:
    """A movement; `code` is its type, `details` the transfers of a sum."""

    amount: str
    structured: str = ""
    text: str = ""
    reference: str = "OL9456574JBBNEUBCRCL1"
    name: str = "MOREAU MARC"
    account: str = "BE71096123456769"
    code: str = "0"
    details: tuple["Move", ...] = ()


def _money(amount, width=15):
    return f"{abs(int(Decimal(amount) * 1000)):0{width}d}"


def _signed(amount):
    return ("1" if Decimal(amount) < 0 else "0") + _money(amount)


def _records(move, place, detail, day):
    communication = f"1101{move.structured}" if move.structured else f"0{move.text}"
    head = f"{place:04d}{detail:04d}"
    code = f"{move.code}0150000"
    yield (
        f"21{head}{move.reference:21}{_signed(move.amount)}{day:%d%m%y}{code}{communication[:54]:54}"
        f"{day:%d%m%y}0010{1 if move.name else 0} 0"
    )
    rest = communication[54:]
    if move.name:
        yield f"22{head}{rest[:53]:53}{'':35}{'':11}{'':3} {'':4}{'':4}{'':4}{'1'} 0"
        yield f"23{head}{move.account:34}EUR{move.name:35}{rest[53:96]:43}0 0"


def coda(*moves, iban="BE71096123456769", day=DAY, currency="EUR", opening="1000.00"):
    """The bytes of a file with one statement."""
    account = f"{iban:31}   {currency}"
    body = [f"12001{account}{_signed(opening)}{day:%d%m%y}{'ESSAI ASBL':26}{'COMPTE A VUE':35}001"]
    for place, move in enumerate(moves, 1):
        body += _records(move, place, 0, day)
        for detail, part in enumerate(move.details, 1):
            body += _records(part, place, detail, day)
    closing = Decimal(opening) + sum(Decimal(move.amount) for move in moves)
    body.append(f"8001{account}{_signed(closing)}{day:%d%m%y}{'':64}0")
    credit = sum(Decimal(move.amount) for move in moves if Decimal(move.amount) > 0)
    debit = -sum(Decimal(move.amount) for move in moves if Decimal(move.amount) < 0)
    head = f"00000{day:%d%m%y}00005{'':8}{'FICHIER001':10}{'ESSAI ASBL':26}{'KREDBEBB':11}{'00630366277':11} 00000{'':39}2"
    tail = f"9{'':15}{len(body):06d}{_money(debit)}{_money(credit)}{'':75}2"
    records = [head, *body, tail]
    assert {len(record) for record in records} == {128}, [(len(one), one) for one in records]
    return "\r\n".join([*records, ""]).encode("windows-1252")
