"""``./diemcau COMMAND``: the commands and their options."""

from pathlib import Path
from typing import Annotated

import typer

from diemcau.domain.refusal import Refusal
from diemcau.mcu.program import USUAL

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Folder = Annotated[Path, typer.Option(help="Thư mục dữ liệu / data folder")]
Host = Annotated[str, typer.Option(help="Địa chỉ lắng nghe / address to listen on")]
Port = Annotated[int, typer.Option(help="Cổng / port")]
Province = Annotated[str, typer.Option(help="Danh bạ ban đầu / units to start from")]
Database = Annotated[
    str, typer.Option(help="URL cơ sở dữ liệu / database URL; mặc định SQLite trong folder")
]


@app.command()
def demo(
    province: Province = "vinh-phuc-2022",
    sites: Annotated[int, typer.Option(help="Số điểm cầu giả lập / synthetic sites")] = 12,
    host: Host = "127.0.0.1",
    port: Port = 8080,
    seconds: Annotated[
        float, typer.Option(help="Tự dừng sau … giây, 0: không / stop after … seconds, 0: never")
    ] = 0,
) -> None:
    """Một tỉnh đang họp trên một máy / a province in session on one machine."""
    from diemcau.cli import demo as command

    command.run(province, sites, host, port, seconds)


@app.command()
def server(
    province: Province = "vinh-phuc-2022",
    folder: Folder = Path("var/server"),
    host: Host = "127.0.0.1",
    port: Port = 8080,
    plain: Annotated[
        list[str] | None,
        typer.Option(help="Địa chỉ dùng HTTP trong mạng riêng / HTTP inside a network of its own"),
    ] = None,
    database: Database = "",
    certificate: Annotated[Path | None, typer.Option(help="Chứng thư TLS / certificate")] = None,
    private_key: Annotated[Path | None, typer.Option(help="Khóa riêng / private key")] = None,
    public_url: Annotated[
        str, typer.Option(help="Địa chỉ người dùng thấy / how people reach the pages: https://…")
    ] = "",
    couriers: Annotated[
        Path | None, typer.Option(help="Tệp cấu hình thư, webhook / mail and webhooks, TOML")
    ] = None,
    sso: Annotated[
        Path | None, typer.Option(help="Tệp cấu hình đăng nhập một lần / single sign-on, TOML")
    ] = None,
    agent_keys: Annotated[
        Path | None, typer.Option(help="Tệp khóa của các MCU / keys of agents of one's own, TOML")
    ] = None,
    max_sites: Annotated[
        int, typer.Option(min=1, max=4095, help="Số điểm cầu tối đa một phiên / sites a session")
    ] = 200,
    clock_speed: Annotated[
        float,
        typer.Option(min=1, max=1000, help="Diễn tập: giờ chạy nhanh … lần / rehearsal: … times"),
    ] = 1,
) -> None:
    """Máy chủ: API, trang web, WHIP và WHEP / the server."""
    from diemcau.bootstrap import Settings
    from diemcau.cli import server as command

    settings = Settings(
        data=folder,
        province=province,
        database=database,
        public_url=public_url,
        couriers=couriers,
        sso=command.sso_client(sso),
        agent_keys=agent_keys,
        max_sites=max_sites,
        clock=command.clock_of(folder, clock_speed),
    )
    command.run(settings, host, port, plain or [], certificate, private_key)


@app.command()
def administrator(
    login: Annotated[str, typer.Argument(help="Tên đăng nhập / login name")],
    name: Annotated[str, typer.Option(help="Họ tên / name of the person")],
    unit: Annotated[
        str, typer.Option(help="Mã đơn vị quản trị; mặc định cả tỉnh / unit that is administered")
    ] = "",
    folder: Folder = Path("var/server"),
    province: Province = "vinh-phuc-2022",
    database: Database = "",
) -> None:
    """Tạo tài khoản quản trị đầu tiên / make the first administrator, and print the password."""
    from diemcau.cli import administrator as command

    command.run(login, name, unit, folder, province, database)


@app.command()
def mcu(
    name: Annotated[str, typer.Argument(help="Mã MCU trong danh bạ / the MCU's id")],
    key_file: Annotated[Path, typer.Option(help="Tệp chứa khóa / file with its key")],
    address: Annotated[str, typer.Option(help="Địa chỉ nhận media / where media arrive")],
    server: Annotated[str, typer.Option(help="ws://… hoặc wss://…")] = "ws://127.0.0.1:8080",
    folder: Folder = Path("var/mcu"),
    reserve: Annotated[
        int, typer.Option(min=0, help="Phần đĩa ghi hình không dùng tới, MiB / kept free, MiB")
    ] = 1024,
    stills_every: Annotated[
        int, typer.Option(min=0, help="Mỗi điểm cầu một ảnh sau … giây, 0: không / seconds a still")
    ] = 10,
    program: Annotated[
        str, typer.Option(help="Hình chương trình RỘNGxCAO@SỐ_HÌNH / picture of the programme")
    ] = str(USUAL),
) -> None:
    """Tác tử của một máy MCU: Janus và bộ trộn / the agent of one MCU host.

    SIGTERM ends the agent and leaves pictures and sound running for its successor; Ctrl-C ends all.
    """
    from diemcau.cli import mcu as command

    command.run(name, key_file, address, server, folder, reserve * 2**20, stills_every, program)


@app.command()
def agent_key(
    name: Annotated[str, typer.Argument(help="Mã MCU / the MCU's id")],
    folder: Folder = Path("var/server"),
) -> None:
    """In khóa của một MCU / print the key an MCU's agent needs."""
    from diemcau.cli import server as command

    typer.echo(command.agent_key(name, folder))


@app.command()
def operator_link(
    folder: Folder = Path("var/server"),
    url: Annotated[
        str, typer.Option(help="Địa chỉ trang web / the pages' address")
    ] = "http://127.0.0.1:8080",
    hours: Annotated[float, typer.Option(help="Hiệu lực, giờ / valid for hours")] = 12,
) -> None:
    """In đường dẫn vào trang đầu cho người điều hành / print a link to the home page."""
    from diemcau.cli import server as command

    typer.echo(command.operator_link(folder, url, hours))


@app.command()
def verify_log(
    file: Annotated[
        Path | None, typer.Argument(help="Tệp đã xuất; không có: của folder / an exported log")
    ] = None,
    folder: Folder = Path("var/server"),
    key: Annotated[
        Path | None, typer.Option(help="Khóa công khai, PEM / public key; mặc định của folder")
    ] = None,
    database: Database = "",
) -> None:
    """Kiểm tra nhật ký có bị sửa không / whether a log book is whole; exit code 1 if not."""
    from diemcau.cli import verify_log as command

    raise typer.Exit(command.run(file, folder, key, database))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(
    context: typer.Context,
    fast: Annotated[
        bool, typer.Option("--fast", help="Chỉ các phép thử đơn vị / the unit tests alone")
    ] = False,
) -> None:
    """Mọi kiểm thử và kiểm tra mã / all tests and checks; further arguments go to pytest."""
    from diemcau.cli import checks

    raise typer.Exit(checks.run(fast, context.args))


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="Phép đo trong / one of those in docs/benchmarks.md")],
    json_only: Annotated[
        bool, typer.Option("--json", help="Chỉ in JSON / print JSON only")
    ] = False,
    quick: Annotated[bool, typer.Option(help="Ít vòng hơn / fewer rounds")] = False,
) -> None:
    """Đo / measure; the last line is one JSON object."""
    from diemcau.cli import bench as command

    command.run(name, json_only, quick)


@app.command()
def shots(
    folder: Annotated[Path, typer.Option(help="Nơi ghi ảnh / where to write the pictures")] = Path(
        "docs/pictures"
    ),
    province: Province = "vinh-phuc-2022",
    page: Annotated[
        list[str] | None, typer.Option(help="Chỉ chụp trang này / this page only; repeatable")
    ] = None,
) -> None:
    """Chụp mọi trang, cả trong phiên họp / pictures of every page, also in session."""
    from diemcau.cli import shots as command

    command.run(folder, province, page or ())


@app.command()
def doctor(
    folder: Folder = Path("var/server"),
    couriers: Annotated[
        Path | None, typer.Option(help="Tệp cấu hình thư, webhook / mail and webhooks, TOML")
    ] = None,
) -> None:
    """Xem máy này có chạy được không / whether this machine can run it."""
    from diemcau.cli import doctor as command
    from diemcau.cli.machine import ThisMachine

    raise typer.Exit(command.run(ThisMachine(folder, couriers)))


def main() -> None:
    """Run a command; a refusal is one clear line, not a trace."""
    try:
        app()
    except Refusal as refusal:
        typer.echo(f"diemcau: {refusal.detail.vi} / {refusal.detail.en}", err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
