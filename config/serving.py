"""``python -m config.serving FD``: serves the site on a socket that listens already.

``manage.py up`` opens the socket and hands it to as many of these as it is told to start. Whoever is free takes the
next connection, and one that comes while a process starts again waits instead of being refused.
"""

from __future__ import annotations

import socket
import sys

import uvicorn


def serve(listener: socket.socket) -> bool:
    """Until it is asked to end. Gives whether it came to serve at all. No access log: addresses carry what people
    search for."""
    config = uvicorn.Config(
        "config.asgi:application",
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=2,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
    )
    config.load_app()  # before there is an event loop: what starts with the site asks the database
    server = uvicorn.Server(config)
    server.run(sockets=[listener])
    return server.started


if __name__ == "__main__":
    sys.exit(0 if serve(socket.socket(fileno=int(sys.argv[1]))) else 3)
