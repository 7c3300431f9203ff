"""Why somebody is not signed in, or an account not changed."""

from datetime import datetime
from math import ceil

from diemcau.domain.refusal import Conflict, Refusal, Text, Unknown
from diemcau.ports.identity import NotIdentified


class WrongSignIn(NotIdentified):
    """The one answer for an unknown name, a wrong password and an account that is closed."""

    id = "wrong-sign-in"
    title = Text("Chưa đăng nhập được", "Not signed in")

    def __init__(self) -> None:
        super().__init__(
            "Tên đăng nhập hoặc mật khẩu không đúng; kiểm tra bộ gõ tiếng Việt và phím Caps Lock,"
            " nếu quên hãy nhờ người quản trị đặt lại.",
            "The login name or the password is wrong; check the keyboard layout and Caps Lock, or"
            " ask the administrator for a new password.",
        )


class AccountLocked(Refusal):
    """Too many wrong attempts at a name, be it an account's or not."""

    id = "account-locked"
    title = Text("Tạm khóa đăng nhập", "Sign-in is locked for a while")

    def __init__(self, until: datetime, now: datetime) -> None:
        self.retry_after_s = max(1, ceil((until - now).total_seconds()))
        minutes = ceil(self.retry_after_s / 60)
        super().__init__(
            f"Đã thử sai nhiều lần; hãy thử lại sau {minutes} phút, hoặc nhờ người quản trị mở"
            " khóa.",
            f"There were too many wrong attempts; try again in {minutes} min, or ask the"
            " administrator to unlock it.",
        )


class CodeNeeded(NotIdentified):
    """The password is right, and the account has one-time codes."""

    id = "code-needed"
    title = Text("Cần mã dùng một lần", "A one-time code is needed")

    def __init__(self) -> None:
        super().__init__(
            "Nhập mã sáu chữ số đang hiện trên ứng dụng xác thực.",
            "Enter the six digits that your authenticator application shows.",
        )


class WrongCode(NotIdentified):
    id = "wrong-code"
    title = Text("Mã không đúng", "The code is wrong")

    def __init__(self) -> None:
        super().__init__(
            "Mỗi mã chỉ dùng một lần trong nửa phút: chờ mã kế tiếp rồi nhập lại; nếu vẫn sai, kiểm"
            " tra giờ của điện thoại.",
            "A code is good once, for half a minute: wait for the next one and enter that; if it"
            " is wrong too, check the time of your phone.",
        )


class NewPasswordNeeded(NotIdentified):
    """The password was handed out: it is only good for choosing one's own."""

    id = "new-password-needed"
    title = Text("Hãy đặt mật khẩu của mình", "Choose your own password")

    def __init__(self) -> None:
        super().__init__(
            "Mật khẩu được cấp chỉ dùng một lần để đặt mật khẩu của riêng bạn; hãy đặt rồi đăng"
            " nhập.",
            "The password you were given is only for choosing your own; do so, then sign in.",
        )


class FirstPasswordOver(NotIdentified):
    id = "first-password-over"
    title = Text("Mật khẩu được cấp đã hết hạn", "The password you were given has expired")

    def __init__(self) -> None:
        super().__init__(
            "Hãy nhờ người quản trị cấp mật khẩu mới.", "Ask the administrator for another one."
        )


class SignedOut(NotIdentified):
    """The token's account was signed out everywhere, has a new password, or is closed."""

    id = "signed-out"
    title = Text("Đã đăng xuất", "Signed out")

    def __init__(self) -> None:
        super().__init__(
            "Tài khoản đã được đăng xuất khỏi mọi nơi; hãy đăng nhập lại.",
            "This account was signed out everywhere; sign in again.",
        )


class NoAccount(NotIdentified):
    """The identity provider knows him; we do not."""

    id = "no-account"
    title = Text("Chưa có tài khoản", "No account")

    def __init__(self, email: str) -> None:
        super().__init__(
            f"Không có (hoặc có nhiều) tài khoản đang dùng cho «{email}»; hãy nhờ người quản trị"
            " tạo hoặc sửa tài khoản với địa chỉ này.",
            f"There is no active account, or more than one, for {email!r}; ask the administrator"
            " to make or mend one with this address.",
        )


class UnknownAccount(Unknown):
    id = "unknown-account"
    title = Text("Không có tài khoản này", "No such account")

    def __init__(self, account: str) -> None:
        super().__init__(
            f"Không có tài khoản «{account}»; hãy xem danh sách tài khoản.",
            f"There is no account {account!r}; see the list of accounts.",
        )


class NameTaken(Conflict):
    id = "name-taken"
    title = Text("Tên đăng nhập đã có", "The login name is taken")

    def __init__(self, account: str) -> None:
        super().__init__(
            f"Đã có tài khoản «{account}», kể cả khi đã ngừng dùng; hãy chọn tên khác.",
            f"There is an account {account!r} already, perhaps a closed one; choose another name.",
        )


class LastAdministrator(Conflict):
    id = "last-administrator"
    title = Text("Người quản trị cuối cùng", "The last administrator")

    def __init__(self) -> None:
        super().__init__(
            "Không còn ai khác quản trị hệ thống; hãy giao vai trò admin cho người khác trước.",
            "Nobody else administers the system; give somebody else the role admin first.",
        )


class NotTheFirst(Conflict):
    id = "not-the-first"
    title = Text("Đã có người quản trị", "There is an administrator")

    def __init__(self) -> None:
        super().__init__(
            "Hệ thống đã có người quản trị; hãy nhờ người đó tạo tài khoản.",
            "The system has an administrator; ask that person for an account.",
        )


class NoSetup(Conflict):
    id = "no-code-setup"
    title = Text("Chưa bắt đầu đặt mã", "Codes were not being set up")

    def __init__(self) -> None:
        super().__init__(
            "Hãy bắt đầu lại: nhập mật khẩu rồi quét mã QR mới.",
            "Start again: enter your password, then scan the new QR code.",
        )
