import { type Preparation, type Script, topicWithRecords } from './script.ts'

const at = '--bootstrap-server {server}'
const send = `kafka-producer-perf-test ${at} --throughput -1 --topic perf --num-records`
const read = `kafka-consumer-perf-test ${at} --topic words --num-records`
const latency = `kafka-e2e-latency ${at} --topic e2e`
const verifiableProducer = `kafka-verifiable-producer ${at} --topic numbers`
const verifiableConsumer = `kafka-verifiable-consumer ${at} --topic numbers --group-id`

const created: Preparation = async ({ admin }) => {
  await admin.createTopics(['perf', 'numbers'].map(name => ({ name, partitions: 1 })))
  return {}
}

/** Measurements differ: only their shape is compared. Fields of JSON come in any order, and times are left out. */
function withoutMeasurements(text: string): string {
  return text
    .replaceAll(/--\n\s*/g, '--')
    .split('\n')
    .map(line => (line.startsWith('{') ? sortedJson(line.replace(':<ms>', ':0')) : withoutNumbers(line)))
    .join('\n')
}

function withoutNumbers(line: string): string {
  return line
    .replaceAll(/\b(50th|99th|99\.9th) = \d+/g, '$1 = <ms>')
    .replaceAll(/\b\d+ ms (\d+(?:\.9)?th)/g, '<ms> ms $1')
    .replaceAll(/-?\d+\.\d+(?!th)|NaN|Infinity/g, '<number>')
    .replace(/, \d+, \d+(, <number>, <number>)$/, ', <ms>, <ms>$1')
    .replace(/, \d+$/, ', <ms>')
}

function sortedJson(line: string): string {
  try {
    const { timestamp: _, ...event } = JSON.parse(line) as Record<string, unknown>
    // Kafka keeps these in a hash set.
    if (event['name'] === 'offsets_acknowledged') sortOffsets(event['partitions'])
    if (typeof event['avg_throughput'] === 'number') event['avg_throughput'] = '<number>'
    return JSON.stringify(Object.fromEntries(Object.entries(event).sort()))
  } catch {
    return line
  }
}

function sortOffsets(partitions: unknown): void {
  for (const { offsets } of partitions as { offsets: number[] }[]) offsets.sort((one, other) => one - other)
}

export const perfTools: Script = {
  name: 'perf',
  files: {
    payloads: 'one\ntwo\n\n',
    empty: '',
    'producer.properties': 'bootstrap.servers={server}\nlinger.ms=1\n',
    'client.properties': 'client.id=parity\n',
  },
  normalise: withoutMeasurements,
  steps: [
    created,
    `${send} 100 --record-size 10`,
    `${send} 100 --record-size 10 --warmup-records 20`,
    `${send} 10 --payload-monotonic`,
    `${send} 10 --payload-file {files}/payloads`,
    `${send} 10 --payload-file {files}/payloads --payload-delimiter n`,
    `${send} 10 --payload-file {files}/empty`,
    `${send} 10 --record-size 5 --command-property linger.ms=2 acks=1 client.id=a`,
    'kafka-producer-perf-test --throughput -1 --topic perf --num-records 10 --record-size 5 --producer-props bootstrap.servers={server}',
    'kafka-producer-perf-test --throughput 1000 --topic perf --num-records 10 --record-size 5 --producer.config {files}/producer.properties',
    'kafka-producer-perf-test --throughput -1 --topic perf --num-records 10 --record-size 5 --command-config {files}/producer.properties',
    'kafka-producer-perf-test --throughput -1 --topic perf --num-records 10 --record-size 5',
    `${send} 10`,
    `${send} 10 --record-size 5 --payload-monotonic`,
    `${send} 10 --record-size 5 --payload-file x`,
    `${send} 0 --record-size 5`,
    `${send} 10 --record-size 0`,
    `${send} ten --record-size 5`,
    `${send} 10 --record-size 5 --warmup-records 10`,
    `${send} 10 --record-size 5 --reporting-interval 0`,
    `${send} 10 --record-size 5 --transaction-duration-ms 0`,
    `${send} 10 --record-size 5 --command-property linger.ms`,
    `${send} 10 --record-size 5 --command-property linger.ms=1 --producer-props acks=1`,
    `${send} 10 --record-size 5 --command-config a --producer.config b`,
    `kafka-producer-perf-test ${at} --topic perf --num-records 10 --record-size 5`,
    `kafka-producer-perf-test ${at} --throughput -1 --num-records 10 --record-size 5`,
    `${send} 10 --record-sise 5`,
    'kafka-producer-perf-test',

    topicWithRecords('words', 1, 20),
    `${read} 20`,
    `${read} 20 --hide-header`,
    `${read} 30 --timeout 1000`,
    `${read} 20 --show-detailed-stats --reporting-interval 60000`,
    `${read} 20 --date-format yyyy`,
    `kafka-consumer-perf-test ${at} --topic words --messages 20 --consumer.config {files}/client.properties`,
    `kafka-consumer-perf-test ${at} --include w.rds --num-records 20 --command-config {files}/client.properties`,
    `kafka-consumer-perf-test ${at} --topic words`,
    `kafka-consumer-perf-test ${at} --num-records 20`,
    `kafka-consumer-perf-test ${at} --topic words --include words --num-records 20`,
    `${read} 20 --messages 20`,
    `${read} 20 --command-config a --consumer.config b`,
    `${read} 20 --reporting-interval 0`,
    `${read} 20 --reporting-interval a`,
    `${read} 20 --date-format b`,

    `${latency} --num-records 3 --producer-acks all --record-size 10`,
    `${latency} --num-records 3 --producer-acks 1 --record-size 10 --record-key-size 3 --num-headers 2 --record-header-key-size 3 --record-header-size 4`,
    'kafka-e2e-latency {server} e2e 3 1 10',
    'kafka-e2e-latency {server} e2e 3 1 10 {files}/client.properties',
    'kafka-e2e-latency {server} e2e 3',
    'kafka-e2e-latency',
    `${latency} --num-records 3 --producer-acks 0 --record-size 10`,
    `${latency} --num-records 0 --producer-acks 1 --record-size 10`,
    `${latency} --num-records 3 --producer-acks 1 --record-size -1`,
    `${latency} --num-records 3 --producer-acks 1 --record-size 1 --record-header-size -2`,
    `${latency} --num-records 3 --producer-acks 1`,

    `${verifiableProducer} --max-messages 3`,
    `${verifiableProducer} --max-messages 4 --repeating-keys 2 --value-prefix 7 --acks 1`,
    `${verifiableProducer} --max-messages 1 --message-create-time 1700000000000 --command-config {files}/client.properties`,
    `${verifiableProducer} --max-messages 1 --producer.config {files}/client.properties`,
    `${verifiableProducer} --max-messages 1 --producer.config a --command-config b`,
    `${verifiableProducer} --acks 5`,
    `${verifiableProducer} --max-messages a`,
    `kafka-verifiable-producer ${at}`,
    'kafka-verifiable-producer',
    `${verifiableConsumer} g1 --max-messages 9 --verbose`,
    `${verifiableConsumer} g2 --max-messages 4`,
    `${verifiableConsumer} g2 --max-messages 2`,
    `${verifiableConsumer} g3 --max-messages 9 --enable-autocommit --assignment-strategy org.apache.kafka.clients.consumer.RoundRobinAssignor`,
    `${verifiableConsumer} g4 --max-messages 1 --consumer.config {files}/client.properties`,
    `${verifiableConsumer} g5 --consumer.config a --command-config b`,
    `kafka-verifiable-consumer ${at} --topic numbers`,
    'kafka-verifiable-consumer',
  ],
}

export const sharePerfTools: Script = {
  name: 'share-perf',
  only: { subject: 'kafka', because: 'there are no share groups yet' },
  normalise: withoutMeasurements,
  steps: [
    topicWithRecords('shared', 1, 5),
    `kafka-verifiable-share-consumer ${at} --topic shared --group-id s1 --offset-reset-strategy earliest --verbose --max-messages 5`,
    `kafka-verifiable-share-consumer ${at} --topic shared --group-id s2 --offset-reset-strategy earliest --acknowledgement-mode sync --max-messages 5`,
    `kafka-verifiable-share-consumer ${at} --topic shared`,
    'kafka-verifiable-share-consumer',
    `kafka-share-consumer-perf-test ${at} --topic shared --num-records 5 --timeout 1000 --show-consumer-stats --threads 2`,
    `kafka-share-consumer-perf-test ${at} --num-records 5`,
    `kafka-share-consumer-perf-test ${at} --topic shared`,
  ],
}
