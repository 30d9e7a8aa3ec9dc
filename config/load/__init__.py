"""Many people at once: ``site`` is an installation with people and a stub model, ``stub`` that model, ``people`` what
locust lets them do, ``report`` the figures."""
