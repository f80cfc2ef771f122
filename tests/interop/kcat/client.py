"""kcat, the command line over librdkafka: what users type, with its output compared."""

import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shared"))
from report import CODECS, case, same, unique  # noqa: E402

bootstrap = sys.argv[2]
kcat = os.environ.get("SAMSA_INTEROP_KCAT", "kcat")


def run(*arguments, feed=None):
    """What kcat printed; a failed command is an error with kcat's own words."""
    done = subprocess.run([kcat, "-b", bootstrap, *arguments], input=feed, capture_output=True, text=True, timeout=30)
    if done.returncode != 0:
        raise AssertionError(f"kcat {' '.join(arguments)}: {done.stderr.strip()[-300:]}")
    return done.stdout


def produce(topic, lines, *options):
    run("-P", "-t", topic, "-p", "0", *options, feed="".join(line + "\n" for line in lines))


def consume(topic, *options):
    return run("-C", "-t", topic, "-p", "0", "-e", "-q", *options).splitlines()


def metadata_lists_the_cluster():
    topic = unique("kcat-meta")
    produce(topic, ["x"])
    listed = json.loads(run("-L", "-J"))
    same("brokers", [one["name"].split(":")[1] for one in listed["brokers"]], [bootstrap.split(":")[1]])
    found = [one for one in listed["topics"] if one["topic"] == topic]
    leader = listed["brokers"][0]["id"]
    wanted = {"partition": 0, "leader": leader, "replicas": [{"id": leader}], "isrs": [{"id": leader}]}
    same("partitions", [{key: one[key] for key in wanted} for one in found[0]["partitions"]], [wanted])


def codec_round_trip(codec):
    topic, before = unique(f"kcat-{codec}"), int(time.time() * 1000)
    lines = [f"key-{index}:value {index} " + "x" * index for index in range(200)]
    options = ["-K", ":", "-H", "source=interop", "-H", "source=again", "-X", "queue.buffering.max.ms=100"]
    produce(topic, lines, *options, "-z", codec, "-X", "enable.idempotence=true")
    got = consume(topic, "-o", "beginning", "-f", "%o|%T|%h|%k:%s\n")
    same("records", len(got), 200)
    for index, row in enumerate(got):
        offset, timestamp, headers, text = row.split("|")
        same("offset, headers and text", (int(offset), headers, text), (index, "source=interop,source=again", lines[index]))
        same("timestamp is now", before <= int(timestamp) <= int(time.time() * 1000), True)


def positions():
    topic = unique("kcat-where")
    produce(topic, [str(index) for index in range(10)])
    same("the last three", consume(topic, "-o", "-3"), ["7", "8", "9"])
    same("from offset six", consume(topic, "-o", "6"), ["6", "7", "8", "9"])
    same("two records", run("-C", "-t", topic, "-p", "0", "-q", "-o", "4", "-c", "2").split(), ["4", "5"])
    same("at the end", consume(topic, "-o", "end"), [])


def time_finds_offsets():
    topic = unique("kcat-time")
    produce(topic, ["before"])
    time.sleep(0.3)
    between = int(time.time() * 1000) - 100
    produce(topic, ["after"])
    same("records from then on", consume(topic, "-o", f"s@{between}"), ["after"])
    same("records until then", consume(topic, "-o", "beginning", "-o", f"e@{between}"), ["before"])
    same("offset query", run("-Q", "-t", f"{topic}:0:{between}").strip(), f"{topic} [0] offset 1")
    same("end query", run("-Q", "-t", f"{topic}:0:-1").strip(), f"{topic} [0] offset 2")


def tombstones():
    topic = unique("kcat-null")
    produce(topic, ["a:1", "a:"], "-K", ":", "-Z")
    same("value sizes", consume(topic, "-o", "beginning", "-f", "%k %S\n"), ["a 1", "a -1"])


def group_resumes():
    topic, group = unique("kcat-group"), unique("kcat-group")
    produce(topic, [str(index) for index in range(10)])
    options = ["-X", "auto.offset.reset=earliest", "-q"]
    same("first four", run("-G", group, *options, "-c", "4", topic).split(), ["0", "1", "2", "3"])
    same("after a restart", run("-G", group, *options, "-c", "6", topic).split(), ["4", "5", "6", "7", "8", "9"])


case("metadata lists the broker and a topic made by its first message", metadata_lists_the_cluster)
for codec in CODECS:
    case(f"{codec}: contents, order, offsets and headers survive", lambda: codec_round_trip(codec))
case("reading starts where it is told to", positions)
case("offsets are found by time", time_finds_offsets)
case("a value that is missing stays missing", tombstones)
case("a restarted group resumes where it stopped", group_resumes)
