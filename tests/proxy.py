"""Runs nginx or Caddy with the shipped configuration: on free ports, with an own certificate, before given servers."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "data.example.org"


@dataclass(frozen=True)
class Proxy:
    """A running proxy: its two ports, its log, and the certificate that it shows."""

    port: int
    plain_port: int
    log: Path
    certificate: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configuration(folder: Path, servers: list[str], port: int, plain_port: int, name: str = NAME) -> str:
    """The shipped configuration with the names and files of this machine in place of the example's."""
    text = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    text = re.sub(r"^( *(?:pid|\w+_temp_path) )/\w+/", rf"\g<1>{folder}/", text, flags=re.MULTILINE)
    for before, after in (("/run/secrets/certificate.pem", f"{folder}/certificate.pem"),
                          ("/run/secrets/key.pem", f"{folder}/key.pem"),
                          ("/dev/stdout", f"{folder}/access.log"), ("app1:8501", servers[0]), ("app2:8501", servers[1]),
                          ("listen 8443", f"listen 127.0.0.1:{port}"),
                          ("listen 8080", f"listen 127.0.0.1:{plain_port}"),
                          (NAME, name)):
        if before not in text:
            raise ValueError(f"deploy/nginx.conf has no {before}")
        text = text.replace(before, after)
    return re.sub(r"^worker_processes .*$", "worker_processes 1;\ndaemon off;", text, flags=re.MULTILINE)


def caddyfile(folder: Path, servers: list[str], port: int, plain_port: int) -> str:
    """The shipped Caddyfile with ports, servers and a certificate of this machine."""
    text = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")
    for before, after in (("app1:8501 app2:8501", " ".join(servers)),
                          (f"{NAME} {{", f"{NAME} {{\n\ttls {folder}/certificate.pem {folder}/key.pem")):
        if before not in text:
            raise ValueError(f"deploy/Caddyfile has no {before}")
        text = text.replace(before, after)
    return (f"{{\n\tadmin off\n\tdefault_bind 127.0.0.1\n"
            f"\thttps_port {port}\n\thttp_port {plain_port}\n\tstorage file_system {folder}\n}}\n{text}")


@contextmanager
def running(folder: Path, servers: list[str], name: str = NAME, program: str = "nginx") -> Iterator[Proxy]:
    """nginx, or Caddy (under `NAME`), before `servers` (two of ``host:port``), reached under `name`."""
    executable = shutil.which(program)
    assert executable
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-keyout", "key.pem", "-out", "certificate.pem", "-subj", f"/CN={name}",
                    "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1"], cwd=folder, check=True, capture_output=True)
    port, plain_port = free_port(), free_port()
    file = folder / "conf"
    if program == "caddy":
        file.write_text(caddyfile(folder, servers, port, plain_port), "utf-8")
        command = [executable, "run", "--adapter", "caddyfile", "--config", str(file)]
    else:
        file.write_text(configuration(folder, servers, port, plain_port, name), "utf-8")
        command = [executable, "-p", str(folder), "-e", "stderr", "-c", str(file)]
        subprocess.run([*command, "-t"], check=True, capture_output=True)
    with (folder / "proxy.err").open("w") as out:
        server = subprocess.Popen(command, stderr=out, stdout=out, env={**os.environ, "HOME": str(folder)})
        try:
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                if server.poll() is not None:
                    raise RuntimeError((folder / "proxy.err").read_text())
                time.sleep(0.05)
            yield Proxy(port, plain_port, folder / "access.log", folder / "certificate.pem")
        finally:
            server.terminate()
            server.wait(20)
