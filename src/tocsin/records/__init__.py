"""The private store of the office: audit journal, submitted drafts, invitations, enrolments (``ports.records``)."""
