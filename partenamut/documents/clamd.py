"""The virus scanner, where one is configured: a Unix socket that speaks clamd's INSTREAM."""

import socket
import struct

CHUNK_BYTES = 64 * 1024
PATIENCE_SECONDS = 30.0


class ScannerDown(OSError):
    """Raised where the scanner does not answer, or answers something else than a verdict."""


def is_infected(data: bytes, socket_path: str) -> bool:
    """Whether the scanner knows the content as malicious; ScannerDown."""
    try:
        reply = _reply(data, socket_path)
    except OSError as error:
        raise ScannerDown(str(error)) from error
    if reply.endswith("FOUND"):
        return True
    if reply.endswith("OK"):
        return False
    raise ScannerDown(reply)


def _reply(data: bytes, socket_path: str) -> str:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as scanner:
        scanner.settimeout(PATIENCE_SECONDS)
        scanner.connect(socket_path)
        scanner.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), CHUNK_BYTES):
            part = data[start : start + CHUNK_BYTES]
            scanner.sendall(struct.pack("!L", len(part)) + part)
        scanner.sendall(struct.pack("!L", 0))
        parts = []
        while part := scanner.recv(4096):
            parts.append(part)
    return b"".join(parts).rstrip(b"\0").decode("utf-8", "replace")
