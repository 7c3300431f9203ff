"""The documents name what there is: a command, route or term that is missing fails here."""

import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any, get_args

import pytest
from typer.main import get_command

import diemcau
from diemcau.api import gateway
from diemcau.api.app import create_app
from diemcau.api.may import Of
from diemcau.cli import bench, checks
from diemcau.cli.__main__ import app
from diemcau.domain.examination import CONNECT_FIGURES, PICTURE_FIGURES, SOUND_FIGURES
from diemcau.domain.permissions import ALLOWED, Action
from diemcau.domain.resources import KINDS
from diemcau.domain.roles import ACCOUNT_ROLES, LINK_ROLES, Role
from diemcau.mcu.agent import SERVED
from diemcau.services.guard import ROLE_NAMES
from diemcau.testing import FakeClock
from tests.contract.rights_routes import ROUTES as RIGHTS
from tests.contract.rights_routes import declaration

SOURCE = Path(diemcau.__file__).parent
ROOT = SOURCE.parent.parent
DOCS = ROOT / "docs"
HEADINGS = ("## Context", "## Decision", "## Figures", "## Consequences")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@cache
def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def protocol(section: int) -> str:
    """One section of docs/protocol.md."""
    return text("docs/protocol.md").split(f"\n## {section}. ", 1)[1].split("\n## ", 1)[0]


def code_words(section: str) -> set[str]:
    """All words inside backticks."""
    spans = re.findall(r"`([^`\n]+)`", section)
    return {word for span in spans for word in re.findall(r"[A-Za-z][\w./<>-]*", span)}


def commands() -> Iterator[tuple[str, list[str]]]:
    """Each command of the launcher with its long options."""
    group = get_command(app)
    for name, command in vars(group)["commands"].items():
        options = [option for parameter in command.params for option in parameter.opts]
        yield name, [option for option in options if option.startswith("--")]


COMMANDS = dict(commands())


def test_there_are_commands_to_document() -> None:
    assert {"demo", "server", "mcu", "test"} <= COMMANDS.keys()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_in_the_documents_with_all_its_options(command: str) -> None:
    rows = text("docs/operations.md").splitlines()
    row = next((line for line in rows if line.startswith(f"| `./diemcau {command}")), "")
    assert row, f"a row for ./diemcau {command} in docs/operations.md"
    assert set(COMMANDS[command]) <= set(re.findall(r"`(--[a-z-]+)`", row))


def routes() -> Iterator[tuple[str, str]]:
    """Method and path of the OpenAPI document, parameters as protocol.md writes them."""
    schema: dict[str, Any] = create_app(FakeClock()).openapi()
    for path, operations in schema["paths"].items():
        for method in operations:
            yield method.upper(), path


ROUTES = sorted(routes())


def documented_routes() -> set[tuple[str, str]]:
    """Method and path of the calls in the tables of sections 1, 3 and 6, parameters without names.
    A method alone belongs to the path before it."""
    found: set[tuple[str, str]] = set()
    for line in (protocol(1) + protocol(3) + protocol(6)).splitlines():
        if not line.startswith("| `"):
            continue
        path = ""
        for call in re.findall(r"`([^`]+)`", line.split("|")[1]):
            method, _, rest = call.partition(" ")
            path = shape(rest) if rest.startswith("/") else path
            if method in ("GET", "POST", "PATCH", "DELETE", "PUT"):
                found.add((method, path))
    return found


def shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_route_is_in_the_protocol(method: str, path: str) -> None:
    assert (method, shape(path)) in documented_routes() | session_routes()


def session_routes() -> set[tuple[str, str]]:
    """The calls on a Location, spelled out: WHIP's and WHEP's table rows begin with `… Location`,
    and feeds with a slash in their name are the list below the table."""
    section = protocol(3)
    whip, whep = section.split("WHEP (draft-ietf-wish-whep)", 1)
    found: set[tuple[str, str]] = set()
    for part in (whip, whep):
        location = re.search(r"`Location: (/[^`]+)`", part)
        assert location, "say what Location looks like"
        for method, tail in re.findall(r"^\| `(\w+) Location(/\w+)?`", part, re.MULTILINE):
            found.add((method, shape(location[1]) + tail))
    if "`slot/{n}`" in whep and "`site/{source}`" in whep:
        found.add(("POST", "/whep/{}/{}/{}"))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_resource_is_in_the_protocol_with_its_fields(kind: str) -> None:
    row = next((x for x in protocol(4).splitlines() if x.startswith(f"| `{kind}` |")), "")
    assert row, f"a row for the kind {kind} in section 4"
    names = {field.name for field in fields(KINDS[kind])} - {"conference"}
    assert names <= code_words(row)
    written_mutable = set(re.findall(r"\*`(\w+)`\*", row))
    assert written_mutable == set(KINDS[kind].mutable)


@pytest.mark.parametrize("method", [*SERVED, *gateway.REPORTS, "desired", "relay", "ping"])
def test_a_method_of_the_agents_wire_is_in_the_protocol(method: str) -> None:
    assert method in code_words(protocol(4))


def mixer_words(name: str) -> tuple[str, ...]:
    """The strings of a tuple in the mixer's source, which imports gi and is only read here."""
    source = (SOURCE / "mixer/messages.py").read_text("utf-8")
    found = re.search(rf"^{name} = \((.+)\)$", source, re.MULTILINE)
    assert found
    return tuple(re.findall(r'"([^"]+)"', found[1]))


def test_the_mixers_methods_events_and_error_codes_are_in_the_protocol() -> None:
    words = code_words(protocol(5))
    assert set(mixer_words("METHODS")) <= words
    assert set(mixer_words("FITS")) <= words
    events, codes = set(), set()
    for file in SOURCE.glob("mixer/*.py"):
        source = file.read_text("utf-8")
        events |= set(re.findall(r'"event": "(\w+)"', source))
        codes |= set(re.findall(r'MixerError\(\s*"([a-z-]+)"', source))
    assert {"on_air", "levels"} <= events
    assert {"no-slot", "settings"} <= codes
    assert events | codes <= words


def table(page: str, first: str) -> list[dict[str, str]]:
    """The rows of the table of a document whose first column is called so, by column."""
    lines = iter(text(page).splitlines())
    names = next(cells(line) for line in lines if line.startswith(f"| {first} |"))
    next(lines)
    rows = takewhile(lambda line: line.startswith("|"), lines)
    return [dict(zip(names, cells(row), strict=True)) for row in rows]


def cells(row: str) -> list[str]:
    return [cell.strip().strip("`") for cell in row.strip("|").split("|")]


def test_the_roles_are_described_as_they_are() -> None:
    given = {"account": ACCOUNT_ROLES, "link": LINK_ROLES}
    assert [
        (row["role"], row["vai trò"], row["English"], row["given to"])
        for row in table("docs/permissions.md", "role")
    ] == [
        (role, ROLE_NAMES[role].vi, ROLE_NAMES[role].en,
         ", ".join(kind for kind, roles in given.items() if role in roles))
        for role in Role
    ]  # fmt: skip


def test_the_table_of_permissions_is_that_of_the_code() -> None:
    rows = {row.pop("action"): row for row in table("docs/permissions.md", "action")}
    assert list(rows) == list(ALLOWED)
    for action, roles in ALLOWED.items():
        row = rows[action]
        assert row.pop("việc")
        assert row.pop("English")
        assert row.pop("of").split(", ") == asked(action), action
        assert row == {role: "●" if role in roles else "" for role in Role}, action


def asked(action: Action) -> list[str]:
    """What routes ask this right of."""
    declared = (declaration(route) for route in RIGHTS)
    return sorted({may.of for may in declared if may is not None and may.action is action})


def test_the_places_of_rights_are_explained() -> None:
    told = [of for row in table("docs/permissions.md", "of") for of in row["of"].split(" · ")]
    assert sorted(told) == sorted(get_args(Of))


def test_the_pages_offer_what_the_table_of_rights_allows() -> None:
    source = text("web/src/lib/rights.ts")
    staff = re.findall(r"'([a-z-]+)'", source.partition("STAFF = ")[2].partition(";")[0])
    rows = re.findall(r"^  '?([a-z-]+)'?: (\[.*\]|STAFF),$", source, re.MULTILINE)
    assert len(rows) > 10
    for action, roles in rows:
        offered = {*re.findall(r"'([a-z-]+)'", roles), *(staff if "STAFF" in roles else [])}
        assert offered == ALLOWED[Action(action)] & set(ACCOUNT_ROLES), action


def test_the_roles_are_in_the_glossary() -> None:
    told = {code: row["Vietnamese"] for row in table("docs/glossary.md", "Vietnamese")
            for code in re.findall(r"[A-Z_]{3,}", row["in code"])}  # fmt: skip
    assert {role.name: told.get(role.name) for role in Role} == {
        role.name: ROLE_NAMES[role].vi for role in Role
    }


def test_the_methods_and_error_codes_of_stills_are_in_the_protocol() -> None:
    words = code_words(protocol(5).split("\n### Agent ↔ stills\n", 1)[1])
    sources = [file.read_text("utf-8") for file in SOURCE.glob("stills/*.py")]
    codes = {code for s in sources for code in re.findall(r'StillError\(\s*"([a-z-]+)"', s)}
    methods = {name for s in sources for name in re.findall(r'"method": "(\w+)"', s)}
    assert {"no-keyframe"} <= codes
    assert {"take", "status"} <= methods
    assert codes | methods <= words


def test_the_methods_codes_and_figures_of_the_examiner_are_in_the_protocol() -> None:
    section = protocol(5).split("\n### Agent ↔ examiner\n", 1)[1]
    sources = [file.read_text("utf-8") for file in SOURCE.glob("examiner/*.py")]
    codes = {code for s in sources for code in re.findall(r'ExaminerError\(\s*"([a-z-]+)"', s)}
    methods = {name for s in sources for name in re.findall(r'"method": "(\w+)"', s)}
    assert {"no-examination"} <= codes
    assert {"open", "run", "close"} <= methods
    assert codes | methods <= code_words(section)
    figures = code_words(section.partition("| figure |")[2].partition("| error code |")[0])
    assert {*CONNECT_FIGURES, *PICTURE_FIGURES, *SOUND_FIGURES} <= figures


def glossary() -> list[tuple[str, str]]:
    """Each term of the code column, with the files its row names."""
    rows = [x.split("|") for x in text("docs/glossary.md").splitlines() if x.startswith("| ")]
    return [
        (term, row[4])
        for row in rows[2:]
        for term in re.findall(r"`([^`]+)`", row[3])
        if len(row) > 5
    ]


@pytest.mark.parametrize(("term", "modules"), glossary())
def test_a_term_of_the_glossary_is_in_the_module_it_names(term: str, modules: str) -> None:
    word = re.compile(rf"\b{re.escape(term)}\b")
    for name in re.findall(r"`([^`]+)`", modules):
        place = SOURCE / name
        files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
        if any(word.search(file.read_text("utf-8")) for file in files):
            return
    pytest.fail(f"{term} is in none of {modules.strip()}")


DECISIONS = sorted(DOCS.glob("decisions/*.md"))


@pytest.mark.parametrize("file", DECISIONS, ids=lambda file: file.name)
def test_a_decision_has_its_number_and_four_headings(file: Path) -> None:
    number = file.name[:4]
    content = file.read_text("utf-8")
    assert number.isdigit()
    assert content.startswith(f"# {number} ")
    found = tuple(line for line in content.splitlines() if line.startswith("## "))
    assert found == HEADINGS


def test_no_two_decisions_share_a_number() -> None:
    numbers = [file.name[:4] for file in DECISIONS]
    assert len(numbers) >= 10
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("name", bench.NAMES)
def test_a_bench_has_its_section(name: str) -> None:
    section = text("docs/benchmarks.md").partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    assert f"`./diemcau bench {name}`" in section


PAGES = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{target} in {page.name}"


def test_the_folders_of_the_architecture_are_those_there_are() -> None:
    layers = text("ARCHITECTURE.md").split("\n## Layers", 1)[1].split("\n## ", 1)[0]
    folders = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").is_file()}
    assert folders <= {word.rsplit("/", 1)[-1] for word in code_words(layers)}


def test_files_named_in_the_architecture_exist() -> None:
    named = re.findall(r"`((?:\w+/)*\w+\.(?:py|md))`", text("ARCHITECTURE.md"))
    assert len(named) > 20
    for name in named:
        assert (SOURCE / name).exists() or (ROOT / name).exists() or name == "reconciler.py", name


def test_the_fast_tests_are_described_as_they_are() -> None:
    kinds = re.findall(r"^\| `(\w+)` \|.*\| `(\w+)` \|$", text("CONTRIBUTING.md"), re.MULTILINE)
    assert " and ".join(f"not {mark}" for _, mark in kinds) == checks.FAST
