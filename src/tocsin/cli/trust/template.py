"""The plan that ``tocsin trust init`` leaves for a person to fill in."""

TEMPLATE = """# Who may order alerts of {authority}, and how many people it takes.
# Edit, then: tocsin trust check plan.toml
# A root signs what this says; docs/operators.md leads through it. Nothing here is secret.

authority = "{authority}"
expires = {expires}              # the last day; sign a new roster well before (warned of 30 days ahead)

# Where people sign with their passkeys: the host name, and the full addresses of the console.
rp_id = "{host}"
origins = ["https://{host}"]

# Each person once. Keys are what `tocsin trust requests` prints on the server after the person has enrolled:
# compare the fingerprint with the person before you paste it.
#
# [[person]]
# id = "olena"                     # a-z 0-9 -, for ever the same
# name = "Olena Kovalenko"         # shown to people
# roles = ["author", "approver"]   # author: drafts and signs; approver: may be the second one
# keys = []                        # passkeys
# regions = ["Київська область"]   # where: names or codes (`tocsin regions find`) and all below; ["*"]: everywhere
# hazards = ["*"]                  # what about, as ["air_raid", "chemical"]
# kinds = ["*"]                    # alert update disputed all_clear false_alarm
# regions_max = 0                  # most regions in one order; 0: no limit
# per_hour = 0                     # most orders in an hour; 0: no limit
# domains = ["actual", "exercise"] # real alerts, exercises, or both

# The server says that all is well with this key: `tocsin trust keygen heartbeat.key` on the server prints it.
[[service]]
id = "server"
name = "Server"
roles = ["heartbeat"]
keys = []

# Sends tests to receivers that are there to be tested, under the exercise root.
[[service]]
id = "link-test"
name = "Link test"
roles = ["link-test"]
keys = []

# A machine that may order alone, in narrow bounds; or hand in drafts for people to sign (role "source").
#
# [[service]]
# id = "dam-sensor"
# name = "Sensor at the dam"
# roles = ["source"]
# keys = []
# hazards = ["dam_failure"]
# regions = ["UA-30"]

# The first rule that fits an order says how many people it takes. The last one is for everything.
[[rule]]
kinds = ["disputed"]               # to say that an alarm is being checked: it stays in force
people = 1

[[rule]]
domains = ["exercise"]
people = 1

[[rule]]
domains = ["actual"]
people = 2

# Keys that can only take keys away, between two rosters: `tocsin trust keygen --revoker revoker-a.pem`.
[revokers]
threshold = 1                      # how many of them it takes

# [[revokers.key]]
# holder = "Duty officer"
# public = ""

# Who watches from elsewhere (`tocsin witness`).
#
# [[witness]]
# name = "paper.example"
# public = ""
# url = "https://witness.paper.example"
"""
