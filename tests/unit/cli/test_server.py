"""The first way into a server, and the key of an agent."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from diemcau.cli import server
from diemcau.domain.refusal import Invalid
from diemcau.domain.roles import Role
from diemcau.identity import DerivedAgentKeys, JwtTokens, load_secret
from diemcau.services.clock import SystemClock


def test_the_operators_link_opens_the_home_page_as_operator_of_all(tmp_path: Path) -> None:
    link = server.operator_link(tmp_path, "https://hop.example.vn/", 2)
    address, _, token = link.partition("#token=")
    assert address == "https://hop.example.vn/"
    principal = JwtTokens(load_secret(tmp_path), SystemClock()).identify(token)
    assert principal.role is Role.OPERATOR
    assert principal.conference == ""
    left = principal.expires_at - SystemClock().now()
    assert 1.9 < left.total_seconds() / 3600 <= 2


@pytest.mark.parametrize("hours", [0, -1, 745])
def test_a_link_for_no_time_or_for_ever_is_refused(tmp_path: Path, hours: float) -> None:
    with pytest.raises(Invalid, match="--hours"):
        server.operator_link(tmp_path, "http://127.0.0.1:8080", hours)


def test_an_agents_key_is_the_one_the_server_accepts(tmp_path: Path) -> None:
    key = server.agent_key("vnpt", tmp_path)
    keys = DerivedAgentKeys(load_secret(tmp_path))
    assert keys.accepts("vnpt", key)
    assert not keys.accepts("viettel", key)


def test_the_rehearsals_clock_goes_on_where_it_was(tmp_path: Path) -> None:
    before = server.clock_of(tmp_path / "data", 1000).now()
    file = tmp_path / "data" / server.CLOCK_FILE
    began = datetime.fromisoformat(file.read_text()) - timedelta(seconds=60)
    file.write_text(began.isoformat())
    after = server.clock_of(tmp_path / "data", 1000)
    assert after.now() - before >= timedelta(seconds=60 * 999)


def test_the_real_clock_needs_no_file(tmp_path: Path) -> None:
    assert isinstance(server.clock_of(tmp_path / "data", 1), SystemClock)
    assert not (tmp_path / "data").exists()
