"""Any course of orders, repeats, races and restarts leaves the journal as a list in memory would say."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tocsin.journal.sqlite import SqliteJournal
from tocsin.notice import Kind, Status
from tocsin.ports.journal import AlreadyIssued, Appended, Issue, MovedOn
from tocsin.testing.samples import AUTHORITY, NOW_MS, ROOTS, START, sample_id, sample_issue, sample_roster

ALARMS = [f"alarm {number}" for number in range(4)]
KINDS = [Kind.UPDATE, Kind.DISPUTED, Kind.ALL_CLEAR]


class JournalMachine(RuleBasedStateMachine):
    @initialize()
    def create(self) -> None:
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        self.journal = SqliteJournal.create(self.folder, START, NOW_MS)
        self.written: list[Issue] = []
        self.others = 1
        self.asked = 0

    def teardown(self) -> None:
        assert self.journal.verify() == len(self.written) + self.others
        self.journal.close()
        self.temporary.cleanup()

    @rule(alarms=st.lists(st.sampled_from(ALARMS), min_size=1, max_size=3), off=st.sampled_from([0, 0, 0, -1, 1]))
    def order(self, alarms: list[str], off: int) -> None:
        """Order something of each alarm in one append; the last of them is *off* the version that is next."""
        issues, versions = [], {name: self.version(name) for name in ALARMS}
        for name in alarms:
            versions[name] += 1
            issues.append(self.issue(name, versions[name]))
        last = alarms[-1]
        if off and versions[last] + off > 1:
            issues[-1] = self.issue(last, versions[last] + off)
            assert self.journal.append_notices(issues, NOW_MS) == MovedOn(sample_id(last), self.version(last))
        else:
            assert isinstance(self.journal.append_notices(issues, NOW_MS), Appended)
            self.written += issues

    @precondition(lambda self: self.written)
    @rule(data=st.data(), same_order=st.booleans())
    def repeat(self, data: st.DataObject, same_order: bool) -> None:
        issue = data.draw(st.sampled_from(self.written))
        again = issue if same_order else Issue(issue.notice, issue.envelope, issue.cap, bytes(32))
        result = self.journal.append_notices([again], NOW_MS + 1)
        assert isinstance(result, AlreadyIssued)
        assert (result.entry.body, result.same_order) == (issue.envelope, same_order)

    @rule()
    def learn_roster(self) -> None:
        self.journal.append_roster(sample_roster(), NOW_MS)
        self.others += 1

    @rule()
    def restart(self) -> None:
        self.journal.close()
        self.journal = SqliteJournal.open_for_writing(self.folder, AUTHORITY, ROOTS)

    @invariant()
    def journal_is_as_written(self) -> None:
        assert self.journal.head.position.sequence == len(self.written) + self.others
        for name in ALARMS:
            of_alarm = [issue for issue in self.written if issue.notice.alarm == sample_id(name)]
            assert [entry.body for entry in self.journal.history(sample_id(name))] == [one.envelope for one in of_alarm]
        newest = {issue.notice.alarm: issue.envelope for issue in self.written}
        assert sorted(newest) == self.journal.alarms_named("", 10)
        assert {entry.body for entry in self.journal.newest_alarms(Status.TEST, 10)} == set(newest.values())

    def version(self, name: str) -> int:
        return sum(issue.notice.alarm == sample_id(name) for issue in self.written)

    def issue(self, name: str, version: int) -> Issue:
        """Return a notice of the alarm *name*. The first gives the alarm its id, so that one repeats its name."""
        self.asked += 1
        if version == 1:
            return sample_issue(name)
        return sample_issue(f"{name}, order {self.asked}", name, version, KINDS[self.asked % len(KINDS)])


TestAnyCourse = JournalMachine.TestCase
TestAnyCourse.settings = settings(max_examples=25, stateful_step_count=20, deadline=None, derandomize=True)
