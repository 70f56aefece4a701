"""Runs moto's server for a test.

    python -I serve_moto.py     prints the port on standard output once it listens on 127.0.0.1

moto's own entry point has to be told a port, which another program can take in between, and lives on when the
test is killed. This one takes any free port, and ends as soon as its standard input does.
"""

import logging
import os
import sys
import threading

from werkzeug.serving import make_server

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)


def exit_with_parent():
    """The write end of standard input is held by the test process, however that one ends."""
    sys.stdin.buffer.read()
    os._exit(0)


def main():
    # Otherwise there is a line for every request.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server(
        "127.0.0.1",
        0,
        DomainDispatcherApplication(create_backend_app),
        threaded=True,
        request_handler=MotoRequestHandler,
    )
    # Some replies name the server's own address.
    os.environ["MOTO_PORT"] = str(server.port)
    threading.Thread(target=exit_with_parent, daemon=True).start()
    print(server.port, flush=True)
    server.serve_forever()


main()
