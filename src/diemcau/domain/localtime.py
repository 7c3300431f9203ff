"""The hours that people in Viet Nam read: UTC+7 all year since 1975 (IANA: Asia/Ho_Chi_Minh)."""

from datetime import date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")

YEARS = range(1970, 2200)
"""Beyond them nothing is held, and near the calendar's ends times cannot be computed with."""


def local_day(moment: datetime) -> date:
    """The calendar day of a moment."""
    return moment.astimezone(VIETNAM).date()


def spoken(moment: datetime) -> str:
    """As a letter writes it: «08:00 ngày 24/11/2026»."""
    return f"{moment.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"
