import { type Preparation, type Script, topicWithRecords } from './script.ts'

const at = '--bootstrap-server {server}'
const produce = `kafka-console-producer ${at} --timeout 0 --topic`
const consume = `kafka-console-consumer ${at} --topic`
const printAll = ['timestamp', 'partition', 'offset', 'epoch', 'delivery', 'headers', 'key', 'value']
  .map(part => `--formatter-property print.${part}=true`)
  .join(' ')
const java = 'org.apache.kafka.common.serialization'

/** Waits until that many records are in the first partition: Kafka's producer sends on after its tool has ended. */
function arrived(topic: string, count: number): Preparation {
  return async ({ admin }) => {
    for (let left = 100; left > 0; left--) {
      const offsets = await admin.listOffsets([{ topic, partition: 0, at: 'latest' }])
      if (offsets.get({ topic, partition: 0 }).offset >= count) break
      await new Promise(done => setTimeout(done, 50))
    }
    return {}
  }
}

const created: Preparation = async ({ admin }) => {
  await admin.createTopics(['plain', 'parsed', 'binary'].map(name => ({ name, partitions: 1 })))
  return {}
}

const binary: Preparation = async ({ bootstrap }) => {
  const { Producer } = await import('@samsa/client')
  await using producer = new Producer({ 'bootstrap.servers': bootstrap })
  for (const value of [
    new Uint8Array([0, 0, 0, 0, 0, 0, 1, 0]),
    new Uint8Array([0x40, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18]),
    new TextEncoder().encode('8 bytes\\'),
  ])
    await producer.send({ topic: 'binary', value, headers: { a: value }, timestamp: 1_700_000_000_000 })
  return {}
}

const parsing = (...properties: string[]) =>
  properties.map(property => `--reader-property ${property}`).join(' ')
const read = (topic: string, count: number) =>
  `${consume} ${topic} --partition 0 --offset earliest --max-messages ${count}`

export const consoleTools: Script = {
  name: 'console',
  files: {
    'reader.properties': 'parse.key=true\nkey.separator=\\u007C\n',
    'formatter.properties': 'print.key=true\nkey.separator=\\ -> \n',
    'client.properties': 'client.id=parity\nmax.poll.records=1\n',
    'group.properties': 'group.id=other\n',
  },
  steps: [
    created,
    { line: `${produce} plain`, input: 'one\ntwo\r\n\nüml\rlast' },
    arrived('plain', 5),
    read('plain', 5),
    { line: `${produce} parsed ${parsing('parse.key=true')}`, input: 'a\t1\nb\t2\t3\n' },
    arrived('parsed', 2),
    {
      line: `${produce} parsed ${parsing('parse.key=true', 'parse.headers=true', 'null.marker=NULL')}`,
      input: 'h:1,h:2\tc\t3\nNULL\td\tNULL\nx:NULL\tNULL\t5\n',
    },
    arrived('parsed', 5),
    { line: `${produce} parsed --reader-config {files}/reader.properties`, input: 'e|6\n' },
    arrived('parsed', 6),
    {
      line: `${produce} parsed ${parsing('parse.key=true', 'parse.headers=true', 'ignore.error=true')}`,
      input: 'nothing\nalone\tvalue\n',
    },
    arrived('parsed', 8),
    { line: `${produce} parsed --compression-codec --property parse.key=true`, input: 'f\t7\n' },
    arrived('parsed', 9),
    {
      line: `${produce} parsed --compression-codec lz4 --producer-property linger.ms=1 --request-required-acks 1 --sync`,
      input: 'eight\n',
    },
    arrived('parsed', 10),
    {
      line: `${produce} parsed --command-config {files}/client.properties --batch-size 1 --max-block-ms 9000`,
      input: 'nine\n',
    },
    arrived('parsed', 11),
    `${read('parsed', 11)} ${printAll}`,
    `${read('parsed', 11)} --formatter-property print.key=true --formatter-property null.literal=NIL`,
    `${read('parsed', 3)} --formatter-property print.value=false --formatter-property print.headers=true --formatter-property headers.separator=;`,
    `${read('parsed', 3)} --formatter-config {files}/formatter.properties`,
    `${read('parsed', 2)} --formatter-property print.value=false`,
    `${read('parsed', 2)} --formatter-property line.separator=;`,
    `${read('parsed', 2)} --formatter org.apache.kafka.tools.consumer.LoggingMessageFormatter`,
    `${read('parsed', 2)} --formatter org.apache.kafka.tools.consumer.NoOpMessageFormatter`,
    `${read('parsed', 2)} --formatter kafka.tools.NoOpMessageFormatter`,
    `${read('parsed', 2)} --formatter my.Own`,
    binary,
    `${read('binary', 3)} --value-deserializer ${java}.LongDeserializer`,
    `${read('binary', 3)} --value-deserializer ${java}.DoubleDeserializer`,
    `${read('binary', 3)} --value-deserializer ${java}.BytesDeserializer`,
    `${read('binary', 3)} --value-deserializer ${java}.IntegerDeserializer`,
    `${read('binary', 3)} --value-deserializer ${java}.IntegerDeserializer --skip-message-on-error`,
    `${read('binary', 1)} --formatter-property print.headers=true --formatter-property headers.deserializer=${java}.LongDeserializer --formatter-property print.value=false`,
    topicWithRecords('times', 1, 3),
    `${consume} times --partition 0 --from-beginning --max-messages 2 --formatter-property print.timestamp=true`,
    `${consume} times --partition 0 --offset 1 --max-messages 2`,
    `${consume} times --partition 0 --offset latest --timeout-ms 500`,
    `${consume} times --partition 0 --timeout-ms 500`,
    `${consume} times --partition 0 --from-beginning --timeout-ms 2000`,
    `${consume} times --from-beginning --max-messages 3 --isolation-level read_committed`,
    `kafka-console-consumer ${at} --include 'ti.*s' --from-beginning --max-messages 3 --consumer-property client.id=me`,
    `${consume} times --group readers --from-beginning --max-messages 2`,
    `${consume} times --group readers --from-beginning --max-messages 1`,
    `${consume} times --max-messages 0`,
    `${consume} __consumer_offsets --from-beginning --timeout-ms 5000 --formatter org.apache.kafka.tools.consumer.OffsetsMessageFormatter`,
    `${consume} times --partition 0 --offset earliest --max-messages 1 --enable-systest-events`,
    `${consume} times --consumer.config {files}/client.properties --partition 0 --offset 0 --max-messages 1`,
    'kafka-console-producer',
    'kafka-console-producer --help',
    'kafka-console-producer --version',
    `kafka-console-producer ${at}`,
    `kafka-console-producer ${at} --topci x`,
    { line: `${produce} parsed --property parse.key=true --reader-property parse.key=true`, input: 'x' },
    { line: `${produce} parsed --producer-property a=1 --command-property b=1`, input: 'x' },
    { line: `${produce} parsed --producer.config a --command-config b`, input: 'x' },
    { line: `${produce} parsed --producer.config {files}/missing.properties`, input: 'x' },
    { line: `${produce} parsed ${parsing('parse.key=true')}`, input: 'no key\n' },
    { line: `${produce} parsed ${parsing('parse.headers=true')}`, input: 'no headers\n' },
    { line: `${produce} parsed ${parsing('parse.headers=true')}`, input: 'none\tvalue\n' },
    { line: `${produce} parsed ${parsing('headers.delimiter=,')}`, input: 'x\n' },
    { line: `${produce} parsed --request-timeout-ms soon`, input: 'x\n' },
    { line: `${produce} parsed --request-required-acks 7`, input: 'x\n' },
    { line: `${produce} parsed --compression-codec brotli`, input: 'x\n' },
    { line: `${produce} parsed --line-reader my.Own`, input: 'x\n' },
    'kafka-console-consumer',
    'kafka-console-consumer --help',
    `kafka-console-consumer ${at}`,
    `${consume} times --include times`,
    `${consume} times --offset 1`,
    `${consume} times --partition 0 --offset -1`,
    `${consume} times --partition 0 --offset soon`,
    `${consume} times --partition 0 --offset 1 --from-beginning`,
    `${consume} times --partition 0 --group g`,
    `kafka-console-consumer ${at} --include a --partition 0`,
    `${consume} times --group a --consumer-property group.id=b`,
    `${consume} times --group a --command-config {files}/group.properties`,
    `${consume} times --from-beginning --command-property auto.offset.reset=latest`,
    `${consume} times --isolation-level read_everything`,
    `${consume} times --consumer-property a=1 --command-property b=1`,
    `${consume} times --consumer.config a --command-config b`,
    `${consume} times --property a=1 --formatter-property b=1`,
    `${consume} times --command-config {files}/missing.properties`,
    `${consume} times --max-messages few`,
    `${consume} 'bad name' --partition 0 --timeout-ms 1000`,
    `kafka-console-consumer ${at} --include '[' --timeout-ms 1000`,
  ],
}

const share = `kafka-console-share-consumer ${at} --topic`
const fromStart: Preparation = async ({ admin }) => {
  for (const name of ['printers', 'others'])
    await admin.incrementalAlterConfigs([
      { type: 'GROUP', name, set: { 'share.auto.offset.reset': 'earliest' } },
    ])
  return {}
}

export const consoleShare: Script = {
  name: 'console-share',
  only: { subject: 'kafka', because: 'Samsa has no share groups yet' },
  steps: [
    topicWithRecords('jobs', 1, 5),
    fromStart,
    `${share} jobs --max-messages 2 --group printers --timeout-ms 20000`,
    // Kafka's member may be given its partitions with its second heartbeat only, 5 s after it joined.
    `${share} jobs --timeout-ms 15000 --group printers --formatter-property print.delivery=true`,
    `${share} jobs --max-messages 5 --group others --release --timeout-ms 20000`,
    `${share} jobs --max-messages 5 --group others --reject --timeout-ms 20000 --formatter-property print.offset=true`,
    `${share} jobs --timeout-ms 3000 --group others`,
    `kafka-console-share-consumer ${at}`,
    `${share} jobs --reject --release`,
    `${share} jobs --group a --consumer-property group.id=b`,
    `${share} jobs --consumer-config a --command-config b`,
  ],
}
