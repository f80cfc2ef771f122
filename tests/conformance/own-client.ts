import { setTimeout as sleep } from 'node:timers/promises'
import { silentLogger } from '@samsa/base'
import { Admin, Consumer, Producer, type TopicPartition, serdes } from '@samsa/client'

// Samsa's client as a program of the same few verbs and printed lines as the foreign ones (tests/interop/client.ts):
//   create BOOTSTRAP TOPIC PARTITIONS
//   member BOOTSTRAP TOPIC GROUP [ASSIGNOR [SESSION_MS]]   until SIGTERM; 'consumer' means the protocol of KIP-848
//   produce BOOTSTRAP TOPIC PARTITIONS COUNT PAUSE_MS
const [verb, bootstrap = '', topic = '', ...more] = process.argv.slice(2)
const common = { 'bootstrap.servers': bootstrap }

if (verb === 'create') await create(Number(more[0]))
else if (verb === 'member') await member(more[0]!, more[1], Number(more[2] ?? 6000))
else if (verb === 'produce') await produce(Number(more[0]), Number(more[1]), Number(more[2]))
else throw new Error(`create, member or produce, not '${verb}'`)

function tell(...words: readonly (string | number)[]): void {
  process.stdout.write(`${words.join(' ')}\n`)
}

async function create(partitions: number): Promise<void> {
  await using admin = new Admin(common)
  await admin.createTopics([{ name: topic, partitions, replicationFactor: 1 }])
}

async function member(group: string, assignor = 'range', sessionMs = 6000): Promise<void> {
  const rule =
    assignor === 'consumer'
      ? { 'group.protocol': assignor }
      : { 'partition.assignment.strategy': assignor, 'session.timeout.ms': sessionMs }
  const config = { 'group.id': group, 'auto.offset.reset': 'earliest', 'heartbeat.interval.ms': 500 }
  const consumer = new Consumer(
    { ...common, ...config, 'auto.commit.interval.ms': 200, 'metadata.max.age.ms': 2000, ...rule },
    { value: serdes.string, logger: silentLogger },
  )
  const held = new Set<number>()
  // The time tells which assignment was there first, whatever the order in which processes are listened to.
  const assigned = () => tell('assigned', [...held].sort().join(), Date.now())
  const gone = (partitions: readonly TopicPartition[]) => {
    for (const { partition } of partitions) held.delete(partition)
    assigned()
  }
  consumer.subscribe([topic], {
    onAssigned(partitions) {
      for (const { partition } of partitions) held.add(partition)
      assigned()
    },
    onRevoked: gone,
    onLost: gone,
  })
  process.once('SIGTERM', () => void consumer.close())
  await consumer.run({
    concurrency: 4,
    eachRecord: ({ partition, offset, value }) => tell('record', partition, offset, value!),
  })
  await consumer.close()
}

async function produce(partitions: number, count: number, pauseMs: number): Promise<void> {
  await using producer = new Producer(common, { value: serdes.string, logger: silentLogger })
  for (let number = 0; number < count; number++) {
    const record = { topic, partition: number % partitions, value: String(number) }
    producer.send(record).then(
      ({ partition, offset }) => tell('acked', partition, offset, number),
      (error: Error) => tell('failed', error.message),
    )
    await sleep(pauseMs)
  }
  await producer.flush()
}
