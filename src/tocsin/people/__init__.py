"""People: how they get in. Invitations, enrolment and sign-in by passkey, sessions.

A session lets its owner look and draft; what issues is a fresh signature over each notice, which no session can make.
Who may order is the roster's to say. Cookies and HTTP are the business of ``tocsin.web``.
"""

from .ceremonies import Place
from .people import Enrolled, People
from .sessions import IDLE_S, LASTS_S, Session, Sessions, SignedIn

__all__ = ["IDLE_S", "LASTS_S", "Enrolled", "People", "Place", "Session", "Sessions", "SignedIn"]
