"""The documents of a session on paper (DOCX, PDF) and in calendars."""

from diemcau.documents.calendar import MailCalendar
from diemcau.documents.office import OfficeDocuments

__all__ = ["MailCalendar", "OfficeDocuments"]
