"""kafka-python of several ages. SAMSA_API_VERSION="0.10" makes it speak the protocol and message format of that year."""

import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shared"))
import kafka  # noqa: E402
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition  # noqa: E402
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic  # noqa: E402
from kafka.errors import InvalidPartitionsError, TopicAlreadyExistsError  # noqa: E402
from kafka.structs import OffsetAndMetadata  # noqa: E402
from report import CODECS, Skip, case, same, sample, unique  # noqa: E402

command, bootstrap = sys.argv[1], sys.argv[2]
old = os.environ.get("SAMSA_API_VERSION", "")
version = {"api_version": tuple(int(part) for part in old.split("."))} if old else {}
# Headers came with message format v2 and client 1.4.2's protocol 0.11.
with_headers = not old


def admin():
    """Administration came with 0.10.1: the oldest protocol sets its topics up with the newer one."""
    return KafkaAdminClient(bootstrap_servers=bootstrap)


def create(topic, partitions=1, config=None):
    client = admin()
    try:
        outcome = client.create_topics([NewTopic(topic, partitions, 1, topic_configs=config or {})])
        same("creation", [code for _, code, *_ in outcome.topic_errors], [0])
    finally:
        client.close()


def consumer(group=None, **more):
    return KafkaConsumer(
        bootstrap_servers=bootstrap, group_id=group, **{"enable_auto_commit": False, **version, **more}
    )


def read(source, count, seconds=15):
    """The next `count` records, or an error that says how many came."""
    records, end = [], time.time() + seconds
    while len(records) < count:
        if time.time() > end:
            raise AssertionError(f"{len(records)} of {count} records in {seconds} s")
        for batch in source.poll(200, max_records=count - len(records)).values():
            records.extend(batch)
    return records


def send(topic, records, **config):
    """Produces to partition 0 and returns what was acknowledged for each record."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=50, **{**version, **config})
    futures = []
    for record in records:
        fields = {"timestamp_ms": record.get("timestamp"), "key": record.get("key"), "value": record.get("value")}
        if with_headers:
            fields["headers"] = record.get("headers", [])
        futures.append(producer.send(topic, partition=0, **fields))
    acknowledged = [future.get(20) for future in futures]
    producer.close()
    return acknowledged


def topics_come_and_go():
    topic, client = unique("kp-admin"), admin()
    create(topic, 3, {"retention.ms": "7200000"})
    probe = consumer()
    same("partitions", probe.partitions_for_topic(topic), {0, 1, 2})
    try:
        client.create_topics([NewTopic(topic, 3, 1)])
        raise AssertionError("creating it twice was accepted")
    except TopicAlreadyExistsError:
        pass
    client.delete_topics([topic])
    end = time.time() + 10
    while topic in consumer().topics():
        if time.time() > end:
            raise AssertionError("still listed 10 s after its deletion")
        time.sleep(0.1)
    probe.close()
    client.close()


def partitions_are_added():
    topic, client = unique("kp-grow"), admin()
    create(topic, 2)
    client.create_partitions({topic: NewPartitions(5)})
    same("partitions", consumer().partitions_for_topic(topic), {0, 1, 2, 3, 4})
    try:
        client.create_partitions({topic: NewPartitions(3)})
        raise AssertionError("fewer partitions were accepted")
    except InvalidPartitionsError:
        pass
    client.close()


def configuration_changes():
    topic, client = unique("kp-config"), admin()
    create(topic, 1, {"retention.ms": "7200000"})

    def described():
        outcome = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        rows = (outcome[0] if isinstance(outcome, list) else outcome).resources[0][4]
        return {row[0]: row[1] for row in rows}

    same("retention.ms", described()["retention.ms"], "7200000")
    client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"cleanup.policy": "compact"})])
    after = described()
    # The old AlterConfigs replaces all overrides: what it does not name falls back to its default.
    same("cleanup.policy and retention.ms", (after["cleanup.policy"], after["retention.ms"]), ("compact", "604800000"))
    client.close()


def codec_round_trip(codec):
    if codec == "zstd" and (old or kafka.__version__.startswith("1.")):
        raise Skip(f"kafka-python {kafka.__version__} {old} knows no zstd")
    topic, base = unique(f"kp-{codec}"), int(time.time() * 1000) - 3_600_000
    create(topic)
    wanted = [sample(index, base, headers=with_headers) for index in range(200)]
    acknowledged = send(topic, wanted, compression_type=None if codec == "none" else codec)
    same("acknowledged offsets", [a.offset for a in acknowledged], list(range(200)))
    same("acknowledged timestamps", [a.timestamp for a in acknowledged], [w["timestamp"] for w in wanted])
    source = consumer(auto_offset_reset="earliest")
    source.assign([TopicPartition(topic, 0)])
    for index, message in enumerate(read(source, 200)):
        same("offset", message.offset, index)
        same(f"key of {index}", message.key, wanted[index]["key"])
        same(f"value of {index}", message.value, wanted[index]["value"])
        same(f"timestamp of {index}", (message.timestamp, message.timestamp_type), (wanted[index]["timestamp"], 0))
        same(f"headers of {index}", list(message.headers or []), wanted[index]["headers"])
    partition = TopicPartition(topic, 0)
    if not old:
        same("beginning", source.beginning_offsets([partition]), {partition: 0})
        same("end", source.end_offsets([partition]), {partition: 200})
    source.close()


def latest_skips_the_past():
    topic = unique("kp-latest")
    create(topic)
    send(topic, [{"value": b"past"}] * 5)
    source = consumer(auto_offset_reset="latest")
    source.assign([TopicPartition(topic, 0)])
    same("records of the past", source.poll(1500), {})
    send(topic, [{"value": b"first"}, {"value": b"second"}])
    same("records", [(m.offset, m.value) for m in read(source, 2)], [(5, b"first"), (6, b"second")])
    source.close()


def committed_offsets_resume():
    topic, group = unique("kp-resume"), unique("kp-resume")
    create(topic)
    send(topic, [{"value": str(index).encode()} for index in range(10)])
    partition = TopicPartition(topic, 0)
    first = consumer(group, auto_offset_reset="earliest")
    first.subscribe([topic])
    read(first, 4)
    first.commit({partition: OffsetAndMetadata(4, "halfway")})
    first.close()
    second = consumer(group, auto_offset_reset="earliest")
    same("committed offset", second.committed(partition), 4)
    second.subscribe([topic])
    same("records after a restart", [m.value for m in read(second, 6)], [str(i).encode() for i in range(4, 10)])
    second.close()
    if old:
        return
    client = admin()
    same("the group is listed", group in [one[0] for one in client.list_consumer_groups()], True)
    offsets = client.list_consumer_group_offsets(group)
    same("offset and metadata the admin client sees", offsets[partition][:2], (4, "halfway"))
    if not kafka.__version__.startswith("1."):
        same("deletion", [getattr(error, "errno", error) for _, error in client.delete_consumer_groups([group])], [0])
        same("the group is gone", group in [one[0] for one in client.list_consumer_groups()], False)
    client.close()


def time_finds_offsets():
    if old:
        raise Skip("the protocol of 0.10.0 cannot ask for a time")
    topic, base = unique("kp-time"), int(time.time() * 1000) - 3_600_000
    create(topic)
    send(topic, [{"value": str(index).encode(), "timestamp": base + index * 1000} for index in range(50)])
    source = consumer()
    partition = TopicPartition(topic, 0)

    def at(timestamp):
        found = source.offsets_for_times({partition: timestamp})[partition]
        return None if found is None else (found.offset, found.timestamp)

    same("exact time", at(base + 20_000), (20, base + 20_000))
    same("between two records", at(base + 20_001), (21, base + 21_000))
    same("before the first", at(base - 1), (0, base))
    same("after the last", at(base + 50_000), None)
    source.assign([partition])
    source.seek(partition, at(base + 30_000)[0])
    same("first record read", read(source, 1)[0].value, b"30")
    source.close()


def suite():
    case("topics are created, described, refused twice, deleted", topics_come_and_go)
    case("partitions are added and never taken away", partitions_are_added)
    case("topic configuration is read and replaced", configuration_changes)
    for codec in CODECS:
        case(f"{codec}: contents, order, offsets, timestamps and headers survive", lambda: codec_round_trip(codec))
    case("a consumer at the latest offset sees only what comes after", latest_skips_the_past)
    case("a restarted consumer resumes at its committed offset", committed_offsets_resume)
    case("offsets are found by time", time_finds_offsets)


def member(topic, group):
    running = [True]
    signal.signal(signal.SIGTERM, lambda *_: running.clear())
    source = consumer(
        group,
        auto_offset_reset="earliest",
        enable_auto_commit=True,
        auto_commit_interval_ms=200,
        session_timeout_ms=6000,
        heartbeat_interval_ms=500,
        metadata_max_age_ms=2000,
    )

    class Listener(kafka.ConsumerRebalanceListener):
        def on_partitions_revoked(self, revoked):
            pass

        def on_partitions_assigned(self, assigned):
            print("assigned", ",".join(str(p.partition) for p in sorted(assigned)), flush=True)

    source.subscribe([topic], listener=Listener())
    while running:
        for batch in source.poll(100).values():
            for message in batch:
                print("record", message.partition, message.offset, message.value.decode(), flush=True)
    source.close()


def produce(topic, partitions, count, delay_ms):
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=0, **version)

    def acknowledged(number):
        return lambda a: print("acked", a.partition, a.offset, number, flush=True)

    for number in range(count):
        future = producer.send(topic, str(number).encode(), partition=number % partitions)
        future.add_callback(acknowledged(number)).add_errback(lambda error: print("failed", error, flush=True))
        time.sleep(delay_ms / 1000)
    producer.close(20)


if command == "suite":
    suite()
elif command == "create":
    create(sys.argv[3], int(sys.argv[4]))
elif command == "member":
    member(sys.argv[3], sys.argv[4])
elif command == "produce":
    produce(sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6]))
