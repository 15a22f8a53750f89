"""A real S3 server, as a process of its own: the reader's GDAL holds Python's lock while it waits for an answer."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from written_files import contents

BUCKET = "flex"
SAME_BYTES = ("locations.geojson", "parcels.parquet", "ranking.csv")
VARIABLES = (
    "AWS_ENDPOINT_URL_S3",
    "AWS_S3_ENDPOINT",
    "AWS_HTTPS",
    "AWS_VIRTUAL_HOSTING",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_NO_SIGN_REQUEST",
)


def free_port() -> int:
    """Return a port of this machine where nothing listens."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


@dataclass(frozen=True)
class Server:
    address: str
    process: subprocess.Popen[bytes]

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to reach it."""
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def keys_of(self, user: str, *actions: str) -> dict[str, str]:
        """Make a user who may do some things in the bucket, and return the keys as environment; see `check_who_asks`."""
        import boto3

        service = boto3.client("iam", endpoint_url=self.address, region_name="us-east-1")
        service.create_user(UserName=user)
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        service.put_user_policy(UserName=user, PolicyName="given", PolicyDocument=policy)
        key = service.create_access_key(UserName=user)["AccessKey"]
        return {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }

    def check_who_asks(self) -> None:
        """From now on, answer only those who sign with the keys of a user who may."""
        ask(f"{self.address}/moto-api/reset-auth", "POST", b"0")

    def reach(self, patch: pytest.MonkeyPatch) -> None:
        """Let this process reach it, and forget what else the machine says of storage."""
        for name in VARIABLES:
            patch.delenv(name, raising=False)
        for name, value in self.environment.items():
            patch.setenv(name, value)


def ask(address: str, method: str, content: bytes | None = None) -> bytes:
    # The server does not check who asks, but it wants to be told.
    headers = {
        "Authorization": "AWS4-HMAC-SHA256 Credential=somebody/20260101/us-east-1/s3/aws4_request",
        "Content-Type": "application/octet-stream",
        "x-amz-acl": "public-read",
    }
    with urllib.request.urlopen(
        urllib.request.Request(address, content, headers, method=method), timeout=60
    ) as answer:
        return bytes(answer.read())


@contextmanager
def serving() -> Iterator[Server]:
    """Start a server with an empty bucket."""
    pytest.importorskip("moto.server", reason="there is no S3 server: pip install 'moto[server]'")
    port = free_port()
    command = [
        sys.executable,
        "-c",
        "from moto.server import main; main()",
        "-H",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "AWS_EC2_METADATA_DISABLED": "true"},
    )
    server = Server(f"http://127.0.0.1:{port}", process)
    try:
        for _ in range(300):
            try:
                ask(f"{server.address}/{BUCKET}", "PUT", b"")
                break
            except urllib.error.HTTPError:
                raise
            except urllib.error.URLError:
                assert process.poll() is None, "the S3 server did not start"
                time.sleep(0.1)
        yield server
    finally:
        process.kill()
        process.wait()


def put(folder: Path, address: str) -> None:
    """Put the files in a folder under an address, not by flexruimte's own means but as plain requests."""
    for file in folder.rglob("*"):
        if file.is_file():
            ask(f"{address}/{file.relative_to(folder).as_posix()}", "PUT", file.read_bytes())


def elsewhere(study: Path, address: str, target: Path) -> Path:
    """Return a copy of a study file whose sources are at an address; the ruleset stays beside it."""
    target.mkdir()
    shutil.copy(study.parent / "rules.toml", target)
    (target / "study.toml").write_text(
        study.read_text().replace('source = "', f'source = "{address}/')
    )
    return target / "study.toml"


def objects(server: Server, prefix: str) -> dict[str, bytes]:
    """Return what is on the server, by plain requests, but for what varies from run to run and what is only kept for a later one."""
    listing = ask(
        f"{server.address}/{BUCKET}?prefix={prefix.removeprefix(BUCKET + '/')}/&max-keys=1000",
        "GET",
    ).decode()
    names = [part.split("</Key>")[0] for part in listing.split("<Key>")[1:]]
    within = {
        name.removeprefix(prefix.removeprefix(BUCKET + "/") + "/"): name
        for name in names
        if not name.endswith("/")
    }
    varying = ("run.json", "run.log", "summary.json")
    lasting = {
        short: name
        for short, name in within.items()
        if not short.split("/")[-1].startswith((".", *varying))
    }
    return {
        short: ask(f"{server.address}/{BUCKET}/{name}", "GET") for short, name in lasting.items()
    }


def comparable(out: Path, address: str = "") -> dict[str, bytes]:
    """Return the results that must be the same to the byte wherever the sources are, but for the address that they name as their source."""
    found = {
        name: content
        for name, content in contents(out).items()
        if name.split("/")[-1] in SAME_BYTES
    }
    return {name: content.replace(address.encode(), b"") for name, content in found.items()}
