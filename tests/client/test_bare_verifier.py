"""A siren controller's whole verifier: the ground floor alone, in an interpreter that has nothing else to offer."""

import subprocess
import sys

# What the server extra brings, and what only a server or a person at a terminal needs.
FORBIDDEN = (
    "anyio", "apsw", "fastapi", "httpcore", "httptools", "httpx", "pydantic", "pydantic_settings", "segno", "starlette",
    "structlog", "uvicorn", "uvloop", "webauthn", "typer", "rich", "tocsin.client", "tocsin.web", "tocsin.issuing",
)  # fmt: skip

CONTROLLER = '''
import sys
from importlib.abc import MetaPathFinder

FORBIDDEN = {forbidden!r}

class Fence(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if any(name == one or name.startswith(one + ".") for one in FORBIDDEN):
            raise ModuleNotFoundError("a siren controller has no " + name, name=name)

sys.meta_path.insert(0, Fence())

from tocsin.areas import load_ukraine
from tocsin.notice import Domain, Notice, Trust

class Siren:
    """Sounds for what it believes in its own region, and for nothing else."""

    def __init__(self, authority, roots, region):
        self.atlas = load_ukraine()
        self.region = region
        self.trust = Trust(authority, roots, lineage=self.atlas.lineage)

    def learn(self, roster):
        learned = self.trust.learn(roster)
        assert isinstance(learned, Trust), learned
        self.trust = learned

    def hears(self, envelope):
        found = self.trust.verify_notice(envelope)
        if not isinstance(found, Notice):
            return str(found.reason)
        here = any(self.atlas.covers(code, self.region) for code in found.regions)
        return "sounds" if here and found.kind == "alert" and found.status == "actual" else "is silent"

# What an authority made elsewhere; a controller is handed bytes.
from hashlib import sha256
from tocsin.notice import EVERY_CHANNEL, Envelope, Kind, Level, Magic, SigningKey, Status, Text, b64, encode_notice
from tocsin.notice import geometry_hash, id_from
from tocsin.testing.passkeys import SoftPasskey
from tocsin.testing.rosters import TWO_PEOPLE, person, roster_of, sealed

NOW, HOST, ORIGIN = 1_790_000_000, "siren.test.example", "https://siren.test.example"
root = SigningKey.from_seed(sha256(b"root").digest())
other = SigningKey.from_seed(sha256(b"other").digest())
olena, taras = (SoftPasskey.from_words(name, HOST, ORIGIN) for name in ("olena", "taras"))
KYIV_OBLAST, VYSHHOROD, LVIV = "UA32000000000030281", "UA32100000000065867", "UA46000000000026241"
people = [person(name, key.public, regions=(KYIV_OBLAST,)) for name, key in (("olena", olena), ("taras", taras))]
where = dict(rp_id=HOST, origins=(ORIGIN,))
roster = roster_of("siren.test.example", Domain.ACTUAL, root, people, NOW - 9, rules=TWO_PEOPLE, **where)

def alert(*regions):
    id, nothing = id_from(bytes(16)), b64(bytes(32))
    return encode_notice(Notice(
        notice=1, id=id, alarm=id, version=1, kind=Kind.ALERT, status=Status.ACTUAL, authority="siren.test.example",
        hazard="air_raid", level=Level.RED, since=NOW, sent=NOW, effective=NOW, expires=NOW + 600, atlas=nothing,
        regions=regions, shapes=(), geometry=geometry_hash(()), text={{"en": Text("TEST DATA, no alert", "")}},
        issuer="TEST", roster=1, channels=EVERY_CHANNEL, cap=nothing,
    ))

def signed(document, *keys):
    return Envelope(Magic.NOTICE, document, tuple(key.sign(document) for key in keys)).pack()

siren = Siren("siren.test.example", {{Domain.ACTUAL: root.public, Domain.EXERCISE: other.public}}, VYSHHOROD)
both = signed(alert(VYSHHOROD), olena, taras)
print(siren.hears(both))
siren.learn(sealed(roster, root).pack())
print(siren.hears(both))
print(siren.hears(signed(alert(VYSHHOROD), olena)))
print(siren.hears(signed(alert(VYSHHOROD), olena, olena)))
print(siren.hears(signed(alert(LVIV), olena, taras)))
print(siren.hears(both[:200] + bytes([both[200] ^ 1]) + both[201:]))
'''


def test_a_siren_controller_believes_two_passkeys_and_nothing_less_with_the_base_install_alone() -> None:
    program = CONTROLLER.format(forbidden=FORBIDDEN)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    *verdicts, altered = ended.stdout.splitlines()
    assert verdicts == ["roster", "sounds", "people", "people", "scope"]
    assert altered in ("document", "signature")
