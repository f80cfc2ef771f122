"""What every Python suite here shares: one printed line a case, and the records that codecs are tried with."""

import sys
import time
import traceback

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]


class Skip(Exception):
    """Raised by a case that cannot run; its text says why."""


def case(name, body):
    """Runs one case and prints its line: `ok`, `not ok` with the reason, or `skip` with the reason."""
    try:
        body()
        print(f"ok - {name}", flush=True)
    except Skip as why:
        print(f"skip - {name}: {why}", flush=True)
    except BaseException as error:  # a suite goes on after a failed case
        place = traceback.extract_tb(sys.exc_info()[2])[-1]
        print(f"not ok - {name}: {type(error).__name__}: {error} (line {place.lineno})".replace("\n", " "), flush=True)
        if isinstance(error, KeyboardInterrupt):
            raise


def same(what, got, wanted):
    """Asserts equality and says what differed."""
    if got != wanted:
        raise AssertionError(f"{what}: got {got!r:.400}, wanted {wanted!r:.400}")


def unique(prefix):
    """A topic or group name that no earlier run used."""
    return f"{prefix}-{int(time.time() * 1000) % 10**10}"


def sample(index, base_ms, headers=True):
    """Record number `index`: some without key, some without value, some empty, some with odd headers."""
    return {
        "key": None if index % 10 == 3 else f"key-{index}".encode(),
        "value": None if index % 10 == 7 else b"" if index % 10 == 5 else f"value {index} ".encode() * (index % 20 + 1),
        "timestamp": base_ms + index * 1000,
        "headers": [("trace", str(index).encode()), ("trace", b"again"), ("größe", "ü".encode()), ("empty", b"")]
        if headers and index % 3 == 0
        else [],
    }
