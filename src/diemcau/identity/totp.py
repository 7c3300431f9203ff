"""One-time codes as authenticator applications show them: TOTP (RFC 6238), six digits, 30 s."""

from datetime import datetime
from hmac import compare_digest

import pyotp
import segno

WINDOW = 1
"""Steps that a clock or a slow hand may be off, to either side (RFC 6238, 5.2)."""


class TotpCodes:
    def new_secret(self) -> str:
        return pyotp.random_base32()

    def uri(self, secret: str, account: str, issuer: str) -> str:
        return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)

    def picture(self, uri: str) -> str:
        image: str = segno.make(uri, error="m").svg_inline(border=4, light="#fff", omitsize=True)
        return image

    def verify(self, secret: str, code: str, now: datetime, last_step: int) -> int | None:
        totp, given = pyotp.TOTP(secret), code.strip().encode()
        present = totp.timecode(now)
        for step in range(max(present - WINDOW, last_step + 1, 0), present + WINDOW + 1):
            if compare_digest(totp.generate_otp(step).encode(), given):
                return step
        return None
