"""Who may sit at the desk: invitations, passkeys, sessions, ceilings. Decisions; HTTP is in ``tocsin.web``."""
