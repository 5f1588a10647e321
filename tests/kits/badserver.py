"""A local server that misbehaves on order: a path has a list of behaviours, one a request, the last for ever."""

from __future__ import annotations

import contextlib
import gzip
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

Behaviour = Callable[[socket.socket, dict[str, str]], None]


class BadServer:
    """``with BadServer() as server: server.on("/feed", answer(body=b"..."))``; ``requests`` keeps path and headers,
    ``bodies`` what was posted."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.bodies: list[bytes] = []
        self.behaviours: dict[str, list[Behaviour]] = {}
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    line = context.wrap_socket(self.request, server_side=True) if context else self.request
                    outer.serve(line)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def on(self, path: str, *behaviours: Behaviour) -> None:
        self.behaviours[path] = list(behaviours)

    def serve(self, line: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = line.recv(65536)
            if not piece:
                return
            data += piece
        top, _, body = data.partition(b"\r\n\r\n")
        first, *rest = top.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (r.partition(": ") for r in rest)}
        path = first.split(" ")[1]
        while len(body) < int(headers.get("content-length", 0)):
            body += line.recv(65536)
        self.requests.append((path, headers))
        self.bodies.append(body)
        known = self.behaviours.get(path) or self.behaviours.get(path.partition("?")[0]) or [answer(404, b"not here")]
        behaviour = known.pop(0) if len(known) > 1 else known[0]
        behaviour(line, headers)
        line.close()

    def __enter__(self) -> BadServer:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def head(status: int, headers: dict[str, Any]) -> bytes:
    lines = [f"HTTP/1.1 {status} Word", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode("latin-1")


def answer(status: int = 200, body: bytes = b"", **headers: Any) -> Behaviour:
    """A whole answer; its length is told unless ``Content_Length`` is given (as a lie, or None for none)."""
    told = {"Content_Length": len(body), **headers}
    told = {name: value for name, value in told.items() if value is not None}
    return lambda line, _: line.sendall(head(status, told) + body)


def packed(body: bytes, **headers: Any) -> Behaviour:
    return answer(200, gzip.compress(body), Content_Encoding="gzip", **headers)


def dripping(start: bytes, *, every: float = 0.02, for_seconds: float = 5.0) -> Behaviour:
    """``start``, then one byte at a time without end."""

    def behave(line: socket.socket, _: dict[str, str]) -> None:
        line.sendall(start)
        for _i in range(int(for_seconds / every)):
            line.sendall(b"a")
            time.sleep(every)

    return behave


def endless(size: int) -> Behaviour:
    """``size`` bytes without saying how many."""

    def behave(line: socket.socket, _: dict[str, str]) -> None:
        line.sendall(head(200, {}))
        for _i in range(size // 65536):
            line.sendall(b"a" * 65536)

    return behave


def silent(seconds: float) -> Behaviour:
    return lambda line, _: time.sleep(seconds)


def conditional(body: bytes, etag: str) -> Behaviour:
    """304 to whoever has it already."""

    def behave(line: socket.socket, headers: dict[str, str]) -> None:
        if headers.get("if-none-match") == etag:
            line.sendall(head(304, {"ETag": etag}))
        else:
            line.sendall(head(200, {"ETag": etag, "Content-Length": len(body)}) + body)

    return behave


def redirect(there: str, status: int = 302) -> Behaviour:
    return answer(status, b"", Location=there)
