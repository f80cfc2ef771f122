import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Apache's Java client: admin, codecs, positions in one process; `member` and `produce` for the group scenario. */
public class Client {
  static String bootstrap;

  public static void main(String[] args) throws Exception {
    bootstrap = args[1];
    switch (args[0]) {
      case "suite" -> suite();
      case "create" -> create(args[2], Integer.parseInt(args[3]), Map.of());
      case "member" -> member(args[2], args[3], args.length > 4 ? args[4] : "range");
      case "produce" -> produce(args[2], Integer.parseInt(args[3]), Integer.parseInt(args[4]), Long.parseLong(args[5]));
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  static void suite() {
    run("topics are created, described, refused twice, deleted", Client::topicsComeAndGo);
    run("partitions are added and never taken away", Client::partitionsAreAdded);
    run("topic configuration is read and changed", Client::configurationChanges);
    for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
      run(codec + ": contents, order, offsets, timestamps and headers survive", () -> codecRoundTrip(codec));
    }
    run("a consumer at the latest offset sees only what comes after", Client::latestSkipsThePast);
    run("a restarted consumer resumes at its committed offset", Client::committedOffsetsResume);
    run("offsets are found by time", Client::timeFindsOffsets);
    run("records below an offset are deleted", Client::recordsAreDeleted);
  }

  static void topicsComeAndGo() throws Exception {
    String topic = unique("java-admin");
    create(topic, 3, Map.of("retention.ms", "7200000"));
    try (Admin admin = admin()) {
      TopicDescription description = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
      same("partitions", description.partitions().stream().map(one -> one.partition()).toList(), List.of(0, 1, 2));
      description.partitions().forEach(one -> {
        same("leader is the replica", one.replicas(), List.of(one.leader()));
        same("in-sync replicas", one.isr(), one.replicas());
      });
      same("a topic id", description.topicId().equals(org.apache.kafka.common.Uuid.ZERO_UUID), false);
      same("cluster nodes", admin.describeCluster().nodes().get().size(), 1);
      refused(TopicExistsException.class, () -> create(topic, 3, Map.of()));
      admin.deleteTopics(List.of(topic)).all().get();
      for (int tries = 0; admin.listTopics().names().get().contains(topic); tries++) {
        if (tries == 100) throw new AssertionError("still listed 10 s after its deletion");
        Thread.sleep(100);
      }
    }
  }

  static void partitionsAreAdded() throws Exception {
    String topic = unique("java-grow");
    create(topic, 2, Map.of());
    try (Admin admin = admin()) {
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5))).all().get();
      TopicDescription description = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
      same("partitions", description.partitions().size(), 5);
      refused(InvalidPartitionsException.class,
          () -> admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all().get());
    }
  }

  static void configurationChanges() throws Exception {
    String topic = unique("java-config");
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    create(topic, 1, Map.of("retention.ms", "7200000"));
    try (Admin admin = admin()) {
      Config before = admin.describeConfigs(List.of(resource)).all().get().get(resource);
      same("retention.ms", before.get("retention.ms").value(), "7200000");
      same("its source", before.get("retention.ms").source(), ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
      admin.incrementalAlterConfigs(Map.of(resource, List.of(
          new AlterConfigOp(new ConfigEntry("cleanup.policy", "compact"), OpType.APPEND),
          new AlterConfigOp(new ConfigEntry("retention.ms", null), OpType.DELETE)))).all().get();
      Config after = admin.describeConfigs(List.of(resource)).all().get().get(resource);
      same("cleanup.policy", after.get("cleanup.policy").value(), "delete,compact");
      same("retention.ms", after.get("retention.ms").value(), "604800000");
      same("is default", after.get("retention.ms").isDefault(), true);
    }
  }

  static void codecRoundTrip(String codec) throws Exception {
    String topic = unique("java-" + codec);
    long base = System.currentTimeMillis() - 3_600_000;
    create(topic, 1, Map.of());
    List<ProducerRecord<byte[], byte[]>> wanted =
        IntStream.range(0, 200).mapToObj(index -> sample(topic, index, base)).toList();
    List<RecordMetadata> acknowledged = send(wanted, Map.of("compression.type", codec, "linger.ms", "50"));
    for (int index = 0; index < 200; index++) same("acknowledged", acknowledged.get(index).offset(), (long) index);
    try (Consumer<byte[], byte[]> consumer = assigned(topic)) {
      consumer.seekToBeginning(consumer.assignment());
      List<ConsumerRecord<byte[], byte[]>> records = read(consumer, 200);
      for (int index = 0; index < 200; index++) {
        ConsumerRecord<byte[], byte[]> got = records.get(index);
        ProducerRecord<byte[], byte[]> sent = wanted.get(index);
        same("offset", got.offset(), (long) index);
        same("key and value of " + index, Arrays.equals(got.key(), sent.key()) && Arrays.equals(got.value(), sent.value()), true);
        same("timestamp of " + index, got.timestamp(), sent.timestamp());
        same("timestamp type", got.timestampType(), TimestampType.CREATE_TIME);
        same("headers of " + index, got.headers(), sent.headers());
      }
      TopicPartition partition = new TopicPartition(topic, 0);
      same("beginning", consumer.beginningOffsets(Set.of(partition)), Map.of(partition, 0L));
      same("end", consumer.endOffsets(Set.of(partition)), Map.of(partition, 200L));
    }
  }

  static void latestSkipsThePast() throws Exception {
    String topic = unique("java-latest");
    create(topic, 1, Map.of());
    send(values(topic, "past", "past", "past", "past", "past"), Map.of());
    try (Consumer<byte[], byte[]> consumer = assigned(topic)) {
      consumer.seekToEnd(consumer.assignment());
      same("records of the past", consumer.poll(Duration.ofMillis(1500)).count(), 0);
      send(values(topic, "first", "second"), Map.of());
      same("records", texts(read(consumer, 2)), List.of("5 first", "6 second"));
    }
  }

  static void committedOffsetsResume() throws Exception {
    String topic = unique("java-resume");
    create(topic, 1, Map.of());
    send(values(topic, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"), Map.of());
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Consumer<byte[], byte[]> first = consumer(Map.of("group.id", topic, "auto.offset.reset", "earliest"))) {
      first.subscribe(List.of(topic));
      read(first, 4);
      first.commitSync(Map.of(partition, new OffsetAndMetadata(4, "halfway")));
    }
    try (Consumer<byte[], byte[]> second = consumer(Map.of("group.id", topic, "auto.offset.reset", "earliest"))) {
      same("committed", second.committed(Set.of(partition)).get(partition), new OffsetAndMetadata(4, "halfway"));
      second.subscribe(List.of(topic));
      same("after a restart", texts(read(second, 6)), List.of("4 4", "5 5", "6 6", "7 7", "8 8", "9 9"));
    }
    try (Admin admin = admin()) {
      same("state", admin.describeConsumerGroups(List.of(topic)).all().get().get(topic).groupState(), GroupState.EMPTY);
      same("offsets the admin client sees",
          admin.listConsumerGroupOffsets(topic).partitionsToOffsetAndMetadata().get().get(partition).offset(), 4L);
      admin.deleteConsumerGroups(List.of(topic)).all().get();
      same("listed after deletion",
          admin.listGroups().all().get().stream().anyMatch(group -> group.groupId().equals(topic)), false);
    }
  }

  static void timeFindsOffsets() throws Exception {
    String topic = unique("java-time");
    long base = System.currentTimeMillis() - 3_600_000;
    create(topic, 1, Map.of());
    send(IntStream.range(0, 50).mapToObj(index -> new ProducerRecord<byte[], byte[]>(
        topic, 0, base + index * 1000L, null, Integer.toString(index).getBytes(UTF_8))).toList(), Map.of());
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Consumer<byte[], byte[]> consumer = assigned(topic); Admin admin = admin()) {
      long[][] rows = {{base + 20_000, 20}, {base + 20_001, 21}, {base - 1, 0}};
      for (long[] row : rows) {
        var found = consumer.offsetsForTimes(Map.of(partition, row[0])).get(partition);
        same("offset at " + (row[0] - base), found.offset(), row[1]);
        same("timestamp at " + (row[0] - base), found.timestamp(), base + row[1] * 1000);
      }
      same("after the last", consumer.offsetsForTimes(Map.of(partition, base + 50_000)).get(partition), null);
      consumer.seek(partition, 30);
      same("first record read", texts(read(consumer, 1)).get(0), "30 30");
      same("offset of the largest timestamp",
          admin.listOffsets(Map.of(partition, OffsetSpec.maxTimestamp())).partitionResult(partition).get().offset(), 49L);
    }
  }

  static void recordsAreDeleted() throws Exception {
    String topic = unique("java-delete");
    create(topic, 1, Map.of());
    send(values(topic, "0", "1", "2", "3", "4"), Map.of());
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Admin admin = admin(); Consumer<byte[], byte[]> consumer = assigned(topic)) {
      var deleted = admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(3))).lowWatermarks().get(partition);
      same("low watermark", deleted.get().lowWatermark(), 3L);
      consumer.seekToBeginning(consumer.assignment());
      same("records", texts(read(consumer, 2)), List.of("3 3", "4 4"));
    }
  }

  static final Map<String, String> ASSIGNORS = Map.of("range", "RangeAssignor", "roundrobin", "RoundRobinAssignor",
      "sticky", "StickyAssignor", "cooperative-sticky", "CooperativeStickyAssignor");

  static void member(String topic, String group, String assignor) {
    Consumer<byte[], byte[]> consumer = consumer(Map.of("group.id", group, "auto.offset.reset", "earliest",
        "enable.auto.commit", "true", "auto.commit.interval.ms", "200", "session.timeout.ms", "6000",
        "heartbeat.interval.ms", "500",
        "partition.assignment.strategy", "org.apache.kafka.clients.consumer." + ASSIGNORS.get(assignor)));
    Thread main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      consumer.wakeup();
      try {
        main.join();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }));
    consumer.subscribe(List.of(topic), new ConsumerRebalanceListener() {
      @Override public void onPartitionsRevoked(Collection<TopicPartition> revoked) {}

      @Override public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
        // All it has: cooperative assignors tell the listener only what is new.
        System.out.println("assigned "
            + consumer.assignment().stream().map(one -> "" + one.partition()).sorted().collect(Collectors.joining(",")));
      }
    });
    try (consumer) {
      while (true) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          System.out.println("record " + record.partition() + " " + record.offset() + " " + new String(record.value(), UTF_8));
        }
      }
    } catch (WakeupException stopped) {
      // SIGTERM: leave the group in order.
    }
  }

  static void produce(String topic, int partitions, int count, long delayMs) throws Exception {
    try (Producer<byte[], byte[]> producer = producer(Map.of("linger.ms", "0"))) {
      for (int number = 0; number < count; number++) {
        String text = Integer.toString(number);
        producer.send(new ProducerRecord<>(topic, number % partitions, null, text.getBytes(UTF_8)), (metadata, error) ->
            System.out.println(error == null
                ? "acked " + metadata.partition() + " " + metadata.offset() + " " + text : "failed " + error));
        Thread.sleep(delayMs);
      }
    }
  }

  static ProducerRecord<byte[], byte[]> sample(String topic, int index, long base) {
    byte[] key = index % 10 == 3 ? null : ("key-" + index).getBytes(UTF_8);
    byte[] value = index % 10 == 7 ? null
        : index % 10 == 5 ? new byte[0] : ("value " + index + " ").repeat(index % 20 + 1).getBytes(UTF_8);
    List<Header> headers = index % 3 != 0 ? List.of() : List.of(
        new RecordHeader("trace", ("" + index).getBytes(UTF_8)), new RecordHeader("trace", "again".getBytes(UTF_8)),
        new RecordHeader("größe", "ü".getBytes(UTF_8)), new RecordHeader("null", null));
    return new ProducerRecord<>(topic, 0, base + index * 1000L, key, value, headers);
  }

  static List<ProducerRecord<byte[], byte[]>> values(String topic, String... texts) {
    return Arrays.stream(texts)
        .map(text -> new ProducerRecord<byte[], byte[]>(topic, 0, null, text.getBytes(UTF_8))).toList();
  }

  static List<String> texts(List<ConsumerRecord<byte[], byte[]>> records) {
    return records.stream().map(one -> one.offset() + " " + new String(one.value(), UTF_8)).toList();
  }

  static Properties properties(Map<String, String> more) {
    Properties all = new Properties();
    all.put("bootstrap.servers", bootstrap);
    all.putAll(more);
    return all;
  }

  static Admin admin() {
    return Admin.create(properties(Map.of()));
  }

  static Producer<byte[], byte[]> producer(Map<String, String> more) {
    return new KafkaProducer<>(properties(more), new ByteArraySerializer(), new ByteArraySerializer());
  }

  static Consumer<byte[], byte[]> consumer(Map<String, String> more) {
    Properties all = properties(Map.of("enable.auto.commit", "false", "auto.offset.reset", "none"));
    all.putAll(more);
    return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  static Consumer<byte[], byte[]> assigned(String topic) {
    Consumer<byte[], byte[]> consumer = consumer(Map.of());
    consumer.assign(List.of(new TopicPartition(topic, 0)));
    return consumer;
  }

  static void create(String topic, int partitions, Map<String, String> config) throws Exception {
    try (Admin admin = admin()) {
      admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(config))).all().get();
    }
  }

  static List<RecordMetadata> send(List<ProducerRecord<byte[], byte[]>> records, Map<String, String> config) throws Exception {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (Producer<byte[], byte[]> producer = producer(config)) {
      for (ProducerRecord<byte[], byte[]> record : records) sent.add(producer.send(record));
    }
    List<RecordMetadata> acknowledged = new ArrayList<>();
    for (Future<RecordMetadata> one : sent) acknowledged.add(one.get());
    return acknowledged;
  }

  static List<ConsumerRecord<byte[], byte[]>> read(Consumer<byte[], byte[]> consumer, int count) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    long end = System.nanoTime() + 15_000_000_000L;
    while (records.size() < count) {
      if (System.nanoTime() > end) throw new AssertionError(records.size() + " of " + count + " records in 15 s");
      consumer.poll(Duration.ofMillis(200)).forEach(records::add);
    }
    return records;
  }

  interface Body {
    void run() throws Exception;
  }

  static void refused(Class<?> wanted, Body body) throws Exception {
    try {
      body.run();
    } catch (ExecutionException error) {
      same("refusal", error.getCause().getClass(), wanted);
      return;
    }
    throw new AssertionError("accepted, wanted " + wanted.getSimpleName());
  }

  static void same(String what, Object got, Object wanted) {
    if (!Objects.equals(got, wanted)) throw new AssertionError(what + ": got " + got + ", wanted " + wanted);
  }

  static String unique(String prefix) {
    return prefix + "-" + System.currentTimeMillis() % 10_000_000_000L;
  }

  static void run(String name, Body body) {
    try {
      body.run();
      System.out.println("ok - " + name);
    } catch (Throwable error) {
      Throwable cause = error instanceof ExecutionException ? error.getCause() : error;
      String line = Arrays.stream(error.getStackTrace()).filter(one -> "Client.java".equals(one.getFileName()))
          .skip(1).findFirst().map(one -> " (line " + one.getLineNumber() + ")").orElse("");
      System.out.println("not ok - " + name + ": " + cause.toString().replace('\n', ' ') + line);
    }
  }
}
