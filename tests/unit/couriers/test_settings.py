"""Settings of couriers: what is read, and what a wrong entry is answered with."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from diemcau.couriers import BadSettings, open_couriers, read_settings
from diemcau.couriers.webhook import payload
from diemcau.domain.outbox import Attachment, Channel, Message
from diemcau.testing import FakeClock

MAIL = '[mail]\nhost = "mail.vinhphuc.gov.vn"\nsender = "hnth@vinhphuc.gov.vn"\n'
HOOK = '[[webhook]]\nname = "van-thu"\nurl = "https://vanthu.vinhphuc.gov.vn/hook"\n'
SECRET = 'secret = "0123456789abcdef"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "couriers.toml"


def refused(file: Path, text: str) -> BadSettings:
    file.write_text(text, "utf-8")
    with pytest.raises(BadSettings) as caught:
        read_settings(file)
    assert str(file) in caught.value.detail.vi
    assert str(file) in caught.value.detail.en
    return caught.value


def test_all_of_it(file: Path) -> None:
    file.write_text(
        MAIL
        + 'port = 2525\nsecurity = "tls"\nuser = "hnth"\npassword = "mật"\ntimeout_s = 20\n'
        + 'sender_name = "Văn phòng UBND tỉnh"\n'
        + HOOK
        + SECRET,
        "utf-8",
    )
    settings = read_settings(file)
    assert settings.mail is not None
    assert (settings.mail.port, settings.mail.sender_name) == (2525, "Văn phòng UBND tỉnh")
    assert settings.mail.password.get_secret_value() == "mật"
    assert [hook.name for hook in settings.webhook] == ["van-thu"]
    assert settings.webhook[0].key == b"0123456789abcdef"
    assert "mật" not in repr(settings)
    assert "0123456789abcdef" not in repr(settings)


async def test_what_is_not_set_up_has_no_courier(file: Path) -> None:
    file.write_text("", "utf-8")
    assert open_couriers(read_settings(file), FakeClock()) == {}
    file.write_text(MAIL, "utf-8")
    assert set(open_couriers(read_settings(file), FakeClock())) == {Channel.MAIL}
    file.write_text(MAIL + HOOK + SECRET, "utf-8")
    couriers = open_couriers(read_settings(file), FakeClock())
    assert set(couriers) == {Channel.MAIL, Channel.WEBHOOK}
    for courier in couriers.values():
        await courier.close()


def test_a_secret_may_be_written_as_standard_webhooks_do(file: Path) -> None:
    file.write_text(HOOK + 'secret = "whsec_c2VjcmV0LXNlY3JldA=="\n', "utf-8")
    assert read_settings(file).webhook[0].key == b"secret-secret"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (MAIL + 'hots = "x"\n', "mail hots"),
        (MAIL + "port = 70000\n", "mail port"),
        (MAIL + 'security = "ssl"\n', "mail security"),
        (MAIL.replace("hnth@", "hnth"), "mail sender"),
        ('[mail]\nhost = "x"\n', "mail sender: Field required"),
        (MAIL + 'sender_name = "A\\nBcc: x"\n', "mail sender_name"),
        (MAIL + 'security = "none"\nuser = "a"\npassword = "b"\n', "tls or starttls"),
        (MAIL + 'ca = "/nowhere/ca.pem"\n', "no file /nowhere/ca.pem"),
        (MAIL + "timeout_s = 0\n", "mail timeout_s"),
        (HOOK, "webhook 1 secret"),
        (HOOK + 'secret = "short"\n', "webhook 1 secret"),
        (HOOK + 'secret = "whsec_nonsense!nonsense"\n', "not base64"),
        (HOOK.replace("https", "ftp") + SECRET, "webhook 1 url"),
        (HOOK.replace("van-thu", "Văn thư") + SECRET, "webhook 1 name"),
        (HOOK + SECRET + HOOK + SECRET, "two are called 'van-thu'"),
    ],
)
def test_a_wrong_entry_is_named(file: Path, text: str, named: str) -> None:
    refusal = refused(file, text)
    assert refusal.id == "bad-courier-settings"
    assert re.search(re.escape(named), refusal.detail.vi)
    assert re.search(re.escape(named), refusal.detail.en)


def test_every_wrong_entry_is_named_at_once(file: Path) -> None:
    said = refused(file, MAIL + "port = -1\n" + HOOK).detail.en
    assert "mail port" in said
    assert "webhook 1 secret" in said


def test_what_was_written_wrongly_is_not_repeated_since_it_may_be_secret(file: Path) -> None:
    said = refused(file, HOOK + 'secret = "geheim"\n').detail.en
    assert "geheim" not in said


@pytest.mark.parametrize("text", ["[mail", "mail = 1\nmail = 2"])
def test_what_is_no_toml_is_refused(file: Path, text: str) -> None:
    assert "TOML" in refused(file, text).detail.vi


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=re.escape("nowhere.toml")):
        read_settings(tmp_path / "nowhere.toml")


DOCUMENT = (Path(__file__).parents[3] / "docs/couriers.md").read_text("utf-8")


def test_the_document_shows_every_setting_in_a_file_that_is_read(file: Path) -> None:
    example = DOCUMENT.split("```toml\n")[1].split("```")[0]
    file.write_text(
        re.sub(r"ca = .*", "", example).replace("whsec_…", "whsec_c2VjcmV0LXNlY3JldA=="), "utf-8"
    )
    settings = read_settings(file)
    assert settings.mail is not None
    for shown in (settings.mail, settings.webhook[0]):
        assert shown.model_fields_set == type(shown).model_fields.keys() - {"ca"}
    assert example.count("ca = ") == 2


def test_the_document_names_every_member_of_a_webhook() -> None:
    at = datetime(2026, 11, 24, 1, tzinfo=UTC)
    file = Attachment("a", "text/plain", "")
    one = Message("m1", "d1", Channel.WEBHOOK, "x", "s", "b", at, at, attachments=(file,))
    members = json.loads(payload(one))
    named = set(re.findall(r"`(\w+)`", DOCUMENT.split("| member |")[1]))
    assert named == members.keys() | members["attachments"][0].keys()
