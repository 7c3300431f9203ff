"""What a password must be: long, and not what everybody tries first (NIST SP 800-63B, 3.1.1)."""

import re
from unicodedata import normalize

from diemcau.domain.refusal import Invalid, Text

SHORTEST, LONGEST = 10, 256

COMMONEST = re.compile(
    "(abc){1,9}|abcd(efgh)?|admin(istrator)?|anhyeuem|asdf(gh)?(jkl)?|changeme|dangnhap|default"
    "|diemcau|emyeuanh|hanoi|hoinghi(truyenhinh)?|iloveyou|khongbiet|khongco(matkhau)?|letmein"
    "|login|matkhau(moi)?|passw?(ord)?|phutho|quantri(vien)?|qwerty(ui|uiop)?|saigon|secret|test"
    "|ubnd|vanphong|vietnam|vinhphuc|welcome|zxcvbnm?"
)
"""The commonest ones by their letters, without marks, digits and signs: ``Matkhau@123`` is one."""


class WeakPassword(Invalid):
    id = "weak-password"
    title = Text("Mật khẩu chưa đủ mạnh", "The password is too weak")


def normalized(password: str) -> str:
    """One password however it is typed: Vietnamese keyboards differ in how they compose marks
    (NFC, as RFC 8265, 4.2.2)."""
    return normalize("NFC", password)


def require_strong(password: str, login: str) -> None:
    """Raises ``WeakPassword``, which says what to do."""
    password = normalized(password)
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(
            f"Dùng {SHORTEST}–{LONGEST} ký tự; một câu bạn dễ nhớ là tốt nhất.",
            f"Use {SHORTEST}–{LONGEST} characters; a sentence that you remember is best.",
        )
    if login and login.casefold() in password.casefold():
        raise WeakPassword(
            "Mật khẩu không được chứa tên đăng nhập; hãy chọn mật khẩu khác.",
            "A password must not contain the login name; choose another.",
        )
    if _common(password):
        raise WeakPassword(
            "Mật khẩu này ai cũng đoán được; hãy dùng vài từ không liên quan đến nhau.",
            "Everybody would guess this one; use several words that have nothing in common.",
        )


def _common(password: str) -> bool:
    """A common word with digits and signs around it, digits alone, or few characters repeated."""
    plain = password.casefold().replace("đ", "d")
    if len(set(plain)) < 5 or not any(character.isalpha() for character in plain):
        return True
    letters = re.sub(r"[^a-z]", "", normalize("NFD", plain))
    return COMMONEST.fullmatch(letters) is not None
