"""What a request can be refused with."""

from diemcau.apart.lines import Refused


class ExaminerError(Refused):
    """No examination can be made."""
