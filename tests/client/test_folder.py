"""The data folder of an authority, as a client reads it: what is wrong in it is named with the way out."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.client.authority import ISSUERS, NAME, ROOTS
from tocsin.client import DataFolder, FolderError, open_folder
from tocsin.notice import DEMO, Domain, b64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    for domain in Domain:
        (tmp_path / f"keys/service-{domain}.key").write_text(b64(ISSUERS[domain].seed) + "\n")
    write_authority(tmp_path)
    (tmp_path / "address.json").write_text('{"url": "http://127.0.0.1:1", "pid": 1}')
    return tmp_path


def write_authority(folder: Path, **changes: object) -> None:
    roots = {domain: b64(root.public) for domain, root in ROOTS.items()}
    statement = {"authority": NAME, "demo": False, "roots": roots} | changes
    (folder / "authority.json").write_text(json.dumps(statement))


def test_a_folder_says_who_is_pinned_and_whose_keys_sign(folder: Path) -> None:
    opened = open_folder(folder)
    assert (opened.trust.authority, opened.trust.roots[Domain.ACTUAL]) == (NAME, ROOTS[Domain.ACTUAL].public)
    assert opened.keys(Domain.EXERCISE)[0].id == ISSUERS[Domain.EXERCISE].id
    assert not opened.demo


def test_the_address_is_read_again_each_time(folder: Path) -> None:
    opened = open_folder(folder)
    assert opened.address() == "http://127.0.0.1:1"
    (folder / "address.json").write_text('{"url": "http://127.0.0.1:2", "pid": 2}')
    assert opened.address() == "http://127.0.0.1:2"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("authority.json", None, "choose its folder with --data or TOCSIN_DATA"),
        ("authority.json", "{", "cannot be read"),
        ("authority.json", '{"authority": "a"}', "missing required field"),
        ("authority.json", '{"authority":"a","demo":false,"roots":{"actual":"!","exercise":"!"}}', "cannot be read"),
        ("address.json", None, "start one with `tocsin serve`, or give --url"),
        ("address.json", "[]", "start the server again"),
        ("keys/service-actual.key", None, "service-actual.key"),
        ("keys/service-actual.key", "", "one line of base64url for 32 bytes"),
        ("keys/service-actual.key", "AAAA", "one line of base64url for 32 bytes"),
        ("keys/service-actual.key", "not a key at all", "one line of base64url for 32 bytes"),
    ],
)
def test_what_is_wrong_in_a_folder_is_named(folder: Path, name: str, content: str | None, said: str) -> None:
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_text(content)
    asked: list[Callable[[DataFolder], object]] = [lambda one: one.address(), lambda one: one.keys(Domain.ACTUAL)]
    with pytest.raises(FolderError) as caught:
        [ask(open_folder(folder)) for ask in asked]
    assert said in str(caught.value)
    assert name in str(caught.value)


@pytest.mark.parametrize(("authority", "demo"), [(DEMO, False), ("city.example", True)])
def test_a_demo_cannot_be_made_real_by_an_edit(folder: Path, authority: str, demo: bool) -> None:
    write_authority(folder, authority=authority, demo=demo)
    with pytest.raises(FolderError, match="contradicts itself"):
        open_folder(folder)


def test_a_key_does_not_show_itself(folder: Path) -> None:
    keys = open_folder(folder).keys(Domain.ACTUAL)
    assert b64(keys[0].seed) not in repr(keys)
