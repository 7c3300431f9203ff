"""``diemcau administrator``: the first one, who makes all other accounts in the pages."""

import asyncio
from pathlib import Path

from diemcau.bootstrap import InUse, Settings, opened
from diemcau.domain.accounts import FIRST_PASSWORD_FOR, Account


def run(login: str, name: str, unit: str, folder: Path, province: str, database: str) -> None:
    """Print the first password, once; raises ``InUse`` while the server runs."""
    settings = Settings(folder, database=database, province=province)
    account, password = asyncio.run(make(settings, login, name, unit))
    days = FIRST_PASSWORD_FOR.days
    print(
        f"Tài khoản / account            {account.id}\n"
        f"Quản trị đơn vị / administers  {account.grants[0].unit}\n"
        f"Mật khẩu lần đầu / password    {password}\n"
        f"Đổi mật khẩu khi đăng nhập lần đầu, trong {days} ngày; mật khẩu này không hiện lại.\n"
        f"To be changed at the first sign-in, within {days} days; it is not shown again."
    )


async def make(settings: Settings, login: str, name: str, unit: str) -> tuple[Account, str]:
    """The account, and its first password; ``unit`` "": all that the installation belongs to.

    A running server has its accounts in memory and would not see it, so that is refused. Raises
    ``InUse``, ``NotTheFirst``, ``Unknown`` for the unit, and ``Invalid``.
    """
    try:
        async with opened(settings) as house:
            server = house.server
            place = server.book.directory.unit(unit or server.home)
            await house.custody.start()
            made = await server.accounts.first_administrator(login, name, place.id)
            await house.custody.sign()
            return made
    except InUse as error:
        raise InUse(
            f"{error.detail.vi} Máy chủ đang chạy không thấy tài khoản tạo từ bên ngoài. Hoặc vào"
            " trang web bằng đường dẫn của ./diemcau operator-link rồi tạo tài khoản ở đó.",
            f"{error.detail.en} A running server does not see an account that is made outside of"
            " it. Or go to the pages by ./diemcau operator-link, and make the account there.",
        ) from None
