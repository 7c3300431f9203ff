"""What a request can be refused with."""

from diemcau.apart.lines import Refused


class StillError(Refused):
    """No still can be given."""
