"""librdkafka through its Python binding: admin, codecs, positions in one process; `member` and `produce` for groups."""

import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shared"))
from confluent_kafka import (  # noqa: E402
    OFFSET_BEGINNING,
    OFFSET_END,
    TIMESTAMP_CREATE_TIME,
    Consumer,
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import (  # noqa: E402
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourceType,
)
from report import CODECS, case, same, sample, unique  # noqa: E402

command, bootstrap = sys.argv[1], sys.argv[2]
admin = AdminClient({"bootstrap.servers": bootstrap})


def create(topic, partitions=1, config=None):
    admin.create_topics([NewTopic(topic, partitions, 1, config=config or {})])[topic].result(20)


def consumer(group, **more):
    return Consumer({"bootstrap.servers": bootstrap, "group.id": group, "enable.auto.commit": False, **more})


def read(source, count, seconds=15):
    """The next `count` records, or an error that says how many came."""
    records, end = [], time.time() + seconds
    while len(records) < count:
        if time.time() > end:
            raise AssertionError(f"{len(records)} of {count} records in {seconds} s")
        message = source.poll(0.2)
        if message is None:
            continue
        if message.error():
            raise KafkaException(message.error())
        records.append(message)
    return records


def send(topic, records, **config):
    """Produces to partition 0 and returns the offset of each record, as acknowledged."""
    acknowledged = []

    def delivered(error, message):
        acknowledged.append(error.str() if error else message.offset())

    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all", "linger.ms": 50, **config})
    for record in records:
        producer.produce(topic, partition=0, on_delivery=delivered, **record)
    same("records left in the queue", producer.flush(20), 0)
    return acknowledged


def topics_come_and_go():
    topic = unique("ck-admin")
    create(topic, 3, {"retention.ms": "7200000"})
    meta = admin.list_topics(timeout=10).topics
    same("partitions", sorted(meta[topic].partitions), [0, 1, 2])
    for partition in meta[topic].partitions.values():
        same("replicas and in-sync replicas", (len(partition.replicas), partition.isrs), (1, partition.replicas))
        same("leader is the replica", [partition.leader], partition.replicas)
    try:
        create(topic)
        raise AssertionError("creating it twice was accepted")
    except KafkaException as error:
        same("second creation", error.args[0].code(), KafkaError.TOPIC_ALREADY_EXISTS)
    admin.delete_topics([topic])[topic].result(20)
    end = time.time() + 10
    while topic in admin.list_topics(timeout=10).topics:
        if time.time() > end:
            raise AssertionError("still listed 10 s after its deletion")
        time.sleep(0.1)


def partitions_are_added():
    topic = unique("ck-grow")
    create(topic, 2)
    admin.create_partitions([NewPartitions(topic, 5)])[topic].result(20)
    same("partitions", sorted(admin.list_topics(topic, timeout=10).topics[topic].partitions), [0, 1, 2, 3, 4])
    try:
        admin.create_partitions([NewPartitions(topic, 3)])[topic].result(20)
        raise AssertionError("fewer partitions were accepted")
    except KafkaException as error:
        same("fewer partitions", error.args[0].code(), KafkaError.INVALID_PARTITIONS)


def configuration_changes():
    topic = unique("ck-config")
    create(topic, 1, {"retention.ms": "7200000"})

    def described():
        resource = ConfigResource(ResourceType.TOPIC, topic)
        return next(iter(admin.describe_configs([resource]).values())).result(20)

    before = described()
    same("retention.ms", before["retention.ms"].value, "7200000")
    same("cleanup.policy", (before["cleanup.policy"].value, before["cleanup.policy"].is_default), ("delete", True))
    change = ConfigResource(ResourceType.TOPIC, topic)
    change.incremental_configs = [
        ConfigEntry("cleanup.policy", "compact", incremental_operation=AlterConfigOpType.SET),
        ConfigEntry("retention.ms", None, incremental_operation=AlterConfigOpType.DELETE),
    ]
    next(iter(admin.incremental_alter_configs([change]).values())).result(20)
    after = described()
    same("cleanup.policy", (after["cleanup.policy"].value, after["cleanup.policy"].is_default), ("compact", False))
    same("retention.ms", (after["retention.ms"].value, after["retention.ms"].is_default), ("604800000", True))


def codec_round_trip(codec):
    topic, base = unique(f"ck-{codec}"), int(time.time() * 1000) - 3_600_000
    create(topic)
    wanted = [sample(index, base) for index in range(200)]
    offsets = send(topic, wanted, **{"compression.type": codec, "enable.idempotence": True})
    same("acknowledged offsets", offsets, list(range(200)))
    source = consumer(unique("ck-read"), **{"auto.offset.reset": "earliest"})
    source.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
    for index, message in enumerate(read(source, 200)):
        same("offset", message.offset(), index)
        same(f"key of {index}", message.key(), wanted[index]["key"])
        same(f"value of {index}", message.value(), wanted[index]["value"])
        same(f"timestamp of {index}", message.timestamp(), (TIMESTAMP_CREATE_TIME, wanted[index]["timestamp"]))
        same(f"headers of {index}", message.headers() or [], wanted[index]["headers"])
    same("low and high watermark", source.get_watermark_offsets(TopicPartition(topic, 0), timeout=10), (0, 200))
    source.close()


def latest_skips_the_past():
    topic = unique("ck-latest")
    create(topic)
    send(topic, [{"value": b"past"}] * 5)
    source = consumer(unique("ck-latest"))
    source.assign([TopicPartition(topic, 0, OFFSET_END)])
    same("a record of the past", source.poll(2), None)
    send(topic, [{"value": b"first"}, {"value": b"second"}])
    same("records", [(m.offset(), m.value()) for m in read(source, 2)], [(5, b"first"), (6, b"second")])
    source.close()


def committed_offsets_resume():
    topic, group = unique("ck-resume"), unique("ck-resume")
    create(topic)
    send(topic, [{"value": str(index).encode()} for index in range(10)])
    first = consumer(group, **{"auto.offset.reset": "earliest"})
    first.subscribe([topic])
    read(first, 4)
    first.commit(offsets=[TopicPartition(topic, 0, 4, metadata="halfway")], asynchronous=False)
    first.close()
    second = consumer(group, **{"auto.offset.reset": "earliest"})
    stored = second.committed([TopicPartition(topic, 0)], timeout=10)[0]
    same("committed offset and metadata", (stored.offset, stored.metadata), (4, "halfway"))
    second.subscribe([topic])
    same("records after a restart", [m.value() for m in read(second, 6)], [str(i).encode() for i in range(4, 10)])
    second.close()
    listed = [one.group_id for one in admin.list_consumer_groups().result(10).valid]
    same("the group is listed", group in listed, True)
    described = admin.describe_consumer_groups([group])[group].result(10)
    same("state and members", (described.state.name, len(described.members)), ("EMPTY", 0))
    fetched = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result(10)
    same("offsets the admin client sees", [(t.topic, t.offset) for t in fetched.topic_partitions], [(topic, 4)])
    admin.delete_consumer_groups([group])[group].result(10)
    listed = [one.group_id for one in admin.list_consumer_groups().result(10).valid]
    same("the group is gone", group in listed, False)


def time_finds_offsets():
    topic, base = unique("ck-time"), int(time.time() * 1000) - 3_600_000
    create(topic)
    send(topic, [{"value": str(index).encode(), "timestamp": base + index * 1000} for index in range(50)])
    source = consumer(unique("ck-time"))

    def at(timestamp):
        return source.offsets_for_times([TopicPartition(topic, 0, timestamp)], timeout=10)[0].offset

    same("exact time", at(base + 20_000), 20)
    same("between two records", at(base + 20_001), 21)
    same("before the first", at(base - 1), 0)
    same("after the last", at(base + 50_000), OFFSET_END)
    source.assign([TopicPartition(topic, 0, at(base + 30_000))])
    same("first record read", read(source, 1)[0].value(), b"30")
    source.close()


def missing_topics_are_named():
    outcome = send(unique("no spaces allowed"), [{"value": b"x"}], **{"message.timeout.ms": 5000})
    same("delivery report", "Invalid topic" in str(outcome[0]) or "INVALID" in str(outcome[0]).upper(), True)


def suite():
    case("topics are created, described, refused twice, deleted", topics_come_and_go)
    case("partitions are added and never taken away", partitions_are_added)
    case("topic configuration is read and changed", configuration_changes)
    for codec in CODECS:
        case(f"{codec}: contents, order, offsets, timestamps and headers survive", lambda: codec_round_trip(codec))
    case("a consumer at the latest offset sees only what comes after", latest_skips_the_past)
    case("a restarted consumer resumes at its committed offset", committed_offsets_resume)
    case("offsets are found by time", time_finds_offsets)
    case("an impossible topic name is refused", missing_topics_are_named)


def member(topic, group, assignor="range,roundrobin"):
    running, held = [True], set()
    signal.signal(signal.SIGTERM, lambda *_: running.clear())
    source = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "session.timeout.ms": 6000,
            "heartbeat.interval.ms": 500,
            "auto.commit.interval.ms": 200,
            "partition.assignment.strategy": assignor,
        }
    )

    def tell():
        print("assigned", ",".join(str(partition) for partition in sorted(held)), flush=True)

    def assigned(_, partitions):
        if assignor != "cooperative-sticky":
            held.clear()
        held.update(p.partition for p in partitions)
        tell()

    def revoked(_, partitions):
        held.difference_update(p.partition for p in partitions)
        # Others go on with what they keep, and hear no more if nothing is added.
        if assignor == "cooperative-sticky":
            tell()

    source.subscribe([topic], on_assign=assigned, on_revoke=revoked)
    while running:
        message = source.poll(0.1)
        if message is not None and not message.error():
            print("record", message.partition(), message.offset(), message.value().decode(), flush=True)
    source.close()


def produce(topic, partitions, count, delay_ms):
    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all", "linger.ms": 0})

    def delivered(error, message):
        if error:
            print("failed", error, flush=True)
        else:
            print("acked", message.partition(), message.offset(), message.value().decode(), flush=True)

    for number in range(count):
        producer.produce(topic, str(number).encode(), partition=number % partitions, on_delivery=delivered)
        producer.poll(delay_ms / 1000)
    producer.flush(20)


if command == "suite":
    suite()
elif command == "create":
    create(sys.argv[3], int(sys.argv[4]))
elif command == "member":
    member(*sys.argv[3:])
elif command == "produce":
    produce(sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6]))
