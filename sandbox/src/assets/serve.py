"""Runs ministack for a sandbox.

    python -I serve.py [--exit-with-parent=PID]     standard input: a listening TCP socket
    python -I serve.py --check                  only import the server, to see that it is complete

ministack's own entry point is not used, because it chooses its address by number (which another program can
take in between), writes a process id file into the shared temporary directory, and saves what it holds only at
a clean stop. Here the address is a socket that is already listening, and what the server holds is saved
shortly after each change, so that a killed server comes back with its contents.

Everything else is configured through the environment variables that ministack documents.
"""

import os
import sys

INSTALLATION = os.path.dirname(os.path.abspath(__file__))
SITE_PACKAGES = os.path.join(INSTALLATION, "site-packages")

# How long to wait after a change before saving: long enough that the calls of one apply share a save.
SAVE_DELAY_SECONDS = 0.3
# Saving runs on the server's event loop, so it may take at most a tenth of the time.
SAVE_PAUSE_FACTOR = 10
# How long a stopping server waits for open requests. Below the five seconds after which it would be killed.
GRACEFUL_TIMEOUT_SECONDS = 1


def detach():
    """Leaves the terminal's session, so that neither Ctrl-C nor a closed terminal ends the server."""
    os.setsid()
    # The descriptor that children inherit as standard input must not be the socket: a child that outlives
    # the server would keep the port.
    listener = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    return listener


def exit_with_parent(parent):
    """Ends this process and what it has started as soon as the process that started it is gone."""
    import signal
    import threading
    import time

    def watch():
        while os.getppid() == parent:
            time.sleep(0.5)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


class Saver:
    """Passes requests on to the application and saves its contents after those that may have changed them."""

    def __init__(self, app, save):
        self.app = app
        self.save = save
        self.scheduled = False
        self.not_before = 0.0

    async def __call__(self, scope, receive, send):
        try:
            await self.app(scope, receive, send)
        finally:
            if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
                self.schedule()

    def schedule(self):
        import asyncio

        if self.scheduled:
            return
        self.scheduled = True
        loop = asyncio.get_running_loop()
        loop.call_at(max(loop.time() + SAVE_DELAY_SECONDS, self.not_before), self.save_now, loop)

    def save_now(self, loop):
        self.scheduled = False
        started = loop.time()
        self.save()
        self.not_before = loop.time() + SAVE_PAUSE_FACTOR * (loop.time() - started)


async def run(app, config, before_stop):
    import asyncio
    import signal

    from hypercorn.asyncio import serve

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    async def stopping():
        await stop.wait()
        # Before waiting for open requests: whoever asked us to stop may lose patience.
        before_stop()

    await serve(app, config, shutdown_trigger=stopping)


def main(arguments):
    if os.path.isdir(SITE_PACKAGES):
        sys.path.insert(0, SITE_PACKAGES)
    if "--check" in arguments:
        import hypercorn.asyncio
        import ministack.app

        return
    listener = detach()
    for argument in arguments:
        name, _, value = argument.partition("=")
        if name == "--exit-with-parent":
            # Told, not asked for: the parent may be gone already when this line runs.
            exit_with_parent(int(value))

    import asyncio
    import logging

    from hypercorn.config import Config
    from ministack import app as ministack
    from ministack.core import persistence

    # It would write a line per service and save.
    logging.getLogger("persistence").setLevel(logging.WARNING)

    def save():
        persistence.save_all(ministack._build_persistence_save_dict())

    def nothing():
        pass

    config = Config()
    config.bind = [f"fd://{listener}"]
    config.graceful_timeout = GRACEFUL_TIMEOUT_SECONDS
    # As in ministack's entry point: clients keep connections for a minute.
    config.keep_alive_timeout = 75
    config.loglevel = os.environ.get("LOG_LEVEL", "INFO")

    if persistence.PERSIST_STATE:
        asyncio.run(run(Saver(ministack.app, save), config, save))
    else:
        asyncio.run(run(ministack.app, config, nothing))


main(sys.argv[1:])
