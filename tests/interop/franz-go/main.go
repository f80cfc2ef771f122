// Command client tries a broker through franz-go: admin, codecs and positions in one process, and the roles
// `member` and `produce` of the group scenario.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

var bootstrap string

func main() {
	command, rest := os.Args[1], os.Args[3:]
	bootstrap = os.Args[2]
	switch command {
	case "suite":
		suite()
	case "create":
		check(create(rest[0], number(rest[1]), nil))
	case "member":
		member(rest[0], rest[1])
	case "produce":
		produce(rest[0], number(rest[1]), number(rest[2]), number(rest[3]))
	}
}

func suite() {
	run("topics are created, described, refused twice, deleted", topicsComeAndGo)
	run("partitions are added and never taken away", partitionsAreAdded)
	run("topic configuration is read and changed", configurationChanges)
	codecs := []struct {
		name  string
		codec kgo.CompressionCodec
	}{
		{"none", kgo.NoCompression()}, {"gzip", kgo.GzipCompression()}, {"snappy", kgo.SnappyCompression()},
		{"lz4", kgo.Lz4Compression()}, {"zstd", kgo.ZstdCompression()},
	}
	for _, one := range codecs {
		run(one.name+": contents, order, offsets, timestamps and headers survive", func() error {
			return codecRoundTrip(one.name, one.codec)
		})
	}
	run("a consumer at the latest offset sees only what comes after", latestSkipsThePast)
	run("a restarted consumer resumes at its committed offset", committedOffsetsResume)
	run("offsets are found by time", timeFindsOffsets)
	run("records below an offset are deleted", recordsAreDeleted)
}

func topicsComeAndGo() error {
	topic := unique("fg-admin")
	retention := "7200000"
	if err := create(topic, 3, map[string]*string{"retention.ms": &retention}); err != nil {
		return err
	}
	if err := create(topic, 3, nil); !errors.Is(err, kerr.TopicAlreadyExists) {
		return fmt.Errorf("creating it twice: got %v", err)
	}
	admin := administrator()
	defer admin.Close()
	topics, err := admin.ListTopics(context.Background(), topic)
	if err != nil {
		return err
	}
	detail := topics[topic]
	if err := same("partitions", detail.Partitions.Numbers(), []int32{0, 1, 2}); err != nil {
		return err
	}
	if detail.ID == (kadm.TopicID{}) {
		return errors.New("the topic has no id")
	}
	for _, partition := range detail.Partitions {
		if err := same("replicas, in-sync", partition.Replicas, partition.ISR); err != nil {
			return err
		}
		if err := same("leader", []int32{partition.Leader}, partition.Replicas); err != nil {
			return err
		}
	}
	deleted, err := admin.DeleteTopics(context.Background(), topic)
	if err != nil || deleted[topic].Err != nil {
		return fmt.Errorf("deletion: %v %v", err, deleted[topic].Err)
	}
	return eventually("still listed 10 s after its deletion", func() bool {
		names, err := admin.ListTopics(context.Background())
		return err == nil && !names.Has(topic)
	})
}

func partitionsAreAdded() error {
	topic := unique("fg-grow")
	if err := create(topic, 2, nil); err != nil {
		return err
	}
	admin := administrator()
	defer admin.Close()
	grown, err := admin.UpdatePartitions(context.Background(), 5, topic)
	if err != nil || grown[topic].Err != nil {
		return fmt.Errorf("growing: %v %v", err, grown[topic].Err)
	}
	topics, err := admin.ListTopics(context.Background(), topic)
	if err != nil {
		return err
	}
	if err := same("partitions", len(topics[topic].Partitions), 5); err != nil {
		return err
	}
	shrunk, err := admin.UpdatePartitions(context.Background(), 3, topic)
	if err != nil {
		return err
	}
	return same("fewer partitions", errors.Is(shrunk[topic].Err, kerr.InvalidPartitions), true)
}

func configurationChanges() error {
	topic, retention, compact := unique("fg-config"), "7200000", "compact"
	if err := create(topic, 1, map[string]*string{"retention.ms": &retention}); err != nil {
		return err
	}
	admin := administrator()
	defer admin.Close()
	described := func() map[string]string {
		answers, err := admin.DescribeTopicConfigs(context.Background(), topic)
		check(err)
		values := map[string]string{}
		for _, config := range answers[0].Configs {
			values[config.Key] = config.MaybeValue() + " " + config.Source.String()
		}
		return values
	}
	if err := same("retention.ms", described()["retention.ms"], "7200000 DYNAMIC_TOPIC_CONFIG"); err != nil {
		return err
	}
	answers, err := admin.AlterTopicConfigs(context.Background(), []kadm.AlterConfig{
		{Op: kadm.SetConfig, Name: "cleanup.policy", Value: &compact}, {Op: kadm.DeleteConfig, Name: "retention.ms"},
	}, topic)
	if err != nil || answers[0].Err != nil {
		return fmt.Errorf("altering: %v %v", err, answers[0].Err)
	}
	after := described()
	if err := same("cleanup.policy", after["cleanup.policy"], "compact DYNAMIC_TOPIC_CONFIG"); err != nil {
		return err
	}
	return same("retention.ms", after["retention.ms"], "604800000 DEFAULT_CONFIG")
}

func codecRoundTrip(name string, codec kgo.CompressionCodec) error {
	topic, base := unique("fg-"+name), time.Now().Add(-time.Hour).UnixMilli()
	if err := create(topic, 1, nil); err != nil {
		return err
	}
	var wanted []*kgo.Record
	for index := range 200 {
		wanted = append(wanted, sample(topic, index, base))
	}
	if err := send(wanted, kgo.ProducerBatchCompression(codec), kgo.ProducerLinger(50*time.Millisecond)); err != nil {
		return err
	}
	records, err := read(200, kgo.ConsumePartitions(from(topic, kgo.NewOffset().AtStart())))
	if err != nil {
		return err
	}
	for index, record := range records {
		if wanted[index].Offset != int64(index) || record.Offset != int64(index) {
			return fmt.Errorf("offset %d: acknowledged %d, read %d", index, wanted[index].Offset, record.Offset)
		}
		if !sameBytes(record.Key, wanted[index].Key) || !sameBytes(record.Value, wanted[index].Value) {
			return fmt.Errorf("record %d: got key %q value %q", index, record.Key, record.Value)
		}
		if record.Timestamp.UnixMilli() != base+int64(index)*1000 || record.Attrs.TimestampType() != 0 {
			return fmt.Errorf("timestamp of %d: got %v", index, record.Timestamp)
		}
		if !sameHeaders(record.Headers, wanted[index].Headers) {
			return fmt.Errorf("headers of %d: got %v", index, record.Headers)
		}
	}
	return nil
}

func latestSkipsThePast() error {
	topic := unique("fg-latest")
	if err := create(topic, 1, nil); err != nil {
		return err
	}
	if err := send(values(topic, "past", "past", "past", "past", "past")); err != nil {
		return err
	}
	client := connect(kgo.ConsumePartitions(from(topic, kgo.NewOffset().AtEnd())), kgo.FetchMaxWait(200*time.Millisecond))
	defer client.Close()
	early, cancel := context.WithTimeout(context.Background(), 1500*time.Millisecond)
	defer cancel()
	if got := client.PollFetches(early).NumRecords(); got != 0 {
		return fmt.Errorf("%d records of the past", got)
	}
	if err := send(values(topic, "first", "second")); err != nil {
		return err
	}
	records, err := poll(client, 2)
	if err != nil {
		return err
	}
	return same("records", texts(records), []string{"5 first", "6 second"})
}

func committedOffsetsResume() error {
	topic, group := unique("fg-resume"), unique("fg-resume")
	if err := create(topic, 1, nil); err != nil {
		return err
	}
	if err := send(values(topic, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9")); err != nil {
		return err
	}
	joined := []kgo.Opt{
		kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.DisableAutoCommit(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
	}
	first := connect(joined...)
	records, err := poll(first, 4)
	if err != nil {
		return err
	}
	if err := first.CommitRecords(context.Background(), records[:4]...); err != nil {
		return err
	}
	first.Close()
	records, err = read(6, joined...)
	if err != nil {
		return err
	}
	if err := same("after a restart", texts(records), []string{"4 4", "5 5", "6 6", "7 7", "8 8", "9 9"}); err != nil {
		return err
	}
	admin := administrator()
	defer admin.Close()
	offsets, err := admin.FetchOffsets(context.Background(), group)
	if err != nil {
		return err
	}
	if err := same("committed", offsets[topic][0].At, int64(4)); err != nil {
		return err
	}
	described, err := admin.DescribeGroups(context.Background(), group)
	if err != nil {
		return err
	}
	if err := same("state", described[group].State, "Empty"); err != nil {
		return err
	}
	deleted, err := admin.DeleteGroups(context.Background(), group)
	if err != nil || deleted[group].Err != nil {
		return fmt.Errorf("deletion: %v %v", err, deleted[group].Err)
	}
	listed, err := admin.ListGroups(context.Background())
	if err != nil {
		return err
	}
	_, still := listed[group]
	return same("listed after deletion", still, false)
}

func timeFindsOffsets() error {
	topic, base := unique("fg-time"), time.Now().Add(-time.Hour).UnixMilli()
	if err := create(topic, 1, nil); err != nil {
		return err
	}
	var records []*kgo.Record
	for index := range 50 {
		at := time.UnixMilli(base + int64(index)*1000)
		records = append(records, &kgo.Record{Topic: topic, Value: []byte(strconv.Itoa(index)), Timestamp: at})
	}
	if err := send(records); err != nil {
		return err
	}
	admin := administrator()
	defer admin.Close()
	for _, row := range [][2]int64{{base + 20_000, 20}, {base + 20_001, 21}, {base - 1, 0}, {base + 50_000, 50}} {
		found, err := admin.ListOffsetsAfterMilli(context.Background(), row[0], topic)
		if err != nil {
			return err
		}
		if err := same(fmt.Sprintf("offset at %d", row[0]-base), found[topic][0].Offset, row[1]); err != nil {
			return err
		}
	}
	read, err := read(1, kgo.ConsumePartitions(from(topic, kgo.NewOffset().AfterMilli(base+30_000))))
	if err != nil {
		return err
	}
	return same("first record read", texts(read[:1]), []string{"30 30"})
}

func recordsAreDeleted() error {
	topic := unique("fg-delete")
	if err := create(topic, 1, nil); err != nil {
		return err
	}
	if err := send(values(topic, "0", "1", "2", "3", "4")); err != nil {
		return err
	}
	admin := administrator()
	defer admin.Close()
	var offsets kadm.Offsets
	offsets.Add(kadm.Offset{Topic: topic, Partition: 0, At: 3, LeaderEpoch: -1})
	deleted, err := admin.DeleteRecords(context.Background(), offsets)
	if err != nil || deleted[topic][0].Err != nil {
		return fmt.Errorf("deletion: %v %v", err, deleted[topic][0].Err)
	}
	if err := same("low watermark", deleted[topic][0].LowWatermark, int64(3)); err != nil {
		return err
	}
	records, err := read(2, kgo.ConsumePartitions(from(topic, kgo.NewOffset().AtStart())))
	if err != nil {
		return err
	}
	return same("records", texts(records), []string{"3 3", "4 4"})
}

func member(topic, group string) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	client := connect(
		kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.SessionTimeout(6*time.Second), kgo.HeartbeatInterval(500*time.Millisecond),
		kgo.AutoCommitInterval(200*time.Millisecond), kgo.FetchMaxWait(200*time.Millisecond),
		kgo.Balancers(kgo.RangeBalancer()),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, assigned map[string][]int32) {
			partitions := assigned[topic]
			sort.Slice(partitions, func(a, b int) bool { return partitions[a] < partitions[b] })
			fmt.Println("assigned", strings.Trim(strings.ReplaceAll(fmt.Sprint(partitions), " ", ","), "[]"))
		}),
	)
	for ctx.Err() == nil {
		client.PollFetches(ctx).EachRecord(func(record *kgo.Record) {
			fmt.Println("record", record.Partition, record.Offset, string(record.Value))
		})
	}
	check(client.CommitUncommittedOffsets(context.Background()))
	client.Close()
}

func produce(topic string, partitions, count, delayMs int) {
	client := connect(kgo.RecordPartitioner(kgo.ManualPartitioner()))
	for index := range count {
		record := &kgo.Record{Topic: topic, Partition: int32(index % partitions), Value: []byte(strconv.Itoa(index))}
		client.Produce(context.Background(), record, func(record *kgo.Record, err error) {
			if err != nil {
				fmt.Println("failed", err)
				return
			}
			fmt.Println("acked", record.Partition, record.Offset, index)
		})
		time.Sleep(time.Duration(delayMs) * time.Millisecond)
	}
	check(client.Flush(context.Background()))
	client.Close()
}

func connect(options ...kgo.Opt) *kgo.Client {
	client, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(bootstrap)}, options...)...)
	check(err)
	return client
}

func administrator() *kadm.Client { return kadm.NewClient(connect()) }

func create(topic string, partitions int, config map[string]*string) error {
	admin := administrator()
	defer admin.Close()
	_, err := admin.CreateTopic(context.Background(), int32(partitions), 1, config, topic)
	return err
}

func send(records []*kgo.Record, options ...kgo.Opt) error {
	client := connect(append(options, kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return client.ProduceSync(ctx, records...).FirstErr()
}

func read(count int, options ...kgo.Opt) ([]*kgo.Record, error) {
	client := connect(append(options, kgo.FetchMaxWait(200*time.Millisecond))...)
	defer client.Close()
	return poll(client, count)
}

func poll(client *kgo.Client, count int) ([]*kgo.Record, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	var records []*kgo.Record
	for len(records) < count {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err0(); err != nil {
			return nil, fmt.Errorf("%d of %d records: %w", len(records), count, err)
		}
		records = append(records, fetches.Records()...)
	}
	return records, nil
}

func from(topic string, offset kgo.Offset) map[string]map[int32]kgo.Offset {
	return map[string]map[int32]kgo.Offset{topic: {0: offset}}
}

func sample(topic string, index int, base int64) *kgo.Record {
	record := &kgo.Record{Topic: topic, Timestamp: time.UnixMilli(base + int64(index)*1000)}
	if index%10 != 3 {
		record.Key = []byte(fmt.Sprintf("key-%d", index))
	}
	switch index % 10 {
	case 7:
	case 5:
		record.Value = []byte{}
	default:
		record.Value = []byte(strings.Repeat(fmt.Sprintf("value %d ", index), index%20+1))
	}
	if index%3 == 0 {
		record.Headers = []kgo.RecordHeader{
			{Key: "trace", Value: []byte(strconv.Itoa(index))}, {Key: "trace", Value: []byte("again")},
			{Key: "größe", Value: []byte("ü")}, {Key: "null", Value: nil},
		}
	}
	return record
}

func values(topic string, texts ...string) []*kgo.Record {
	var records []*kgo.Record
	for _, text := range texts {
		records = append(records, &kgo.Record{Topic: topic, Value: []byte(text)})
	}
	return records
}

func texts(records []*kgo.Record) []string {
	var all []string
	for _, record := range records {
		all = append(all, fmt.Sprintf("%d %s", record.Offset, record.Value))
	}
	return all
}

func sameHeaders(got, wanted []kgo.RecordHeader) bool {
	if len(got) != len(wanted) {
		return false
	}
	for index := range got {
		if got[index].Key != wanted[index].Key || !sameBytes(got[index].Value, wanted[index].Value) {
			return false
		}
	}
	return true
}

// sameBytes tells null and empty apart, as Kafka does.
func sameBytes(got, wanted []byte) bool {
	return (got == nil) == (wanted == nil) && bytes.Equal(got, wanted)
}

func same(what string, got, wanted any) error {
	if reflect.DeepEqual(got, wanted) {
		return nil
	}
	return fmt.Errorf("%s: got %v, wanted %v", what, got, wanted)
}

func eventually(complaint string, holds func() bool) error {
	for range 100 {
		if holds() {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return errors.New(complaint)
}

func run(name string, body func() error) {
	if err := body(); err != nil {
		fmt.Printf("not ok - %s: %s\n", name, strings.ReplaceAll(err.Error(), "\n", " "))
		return
	}
	fmt.Printf("ok - %s\n", name)
}

func unique(prefix string) string { return fmt.Sprintf("%s-%d", prefix, time.Now().UnixMilli()%1e10) }

func number(text string) int {
	value, err := strconv.Atoi(text)
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
