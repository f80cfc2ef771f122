import type { Preparation, Script, Subject } from './script.ts'

const at = '--bootstrap-server {server}'
const move = `kafka-reassign-partitions ${at}`

const partitions = (list: string) => `{"version": 1, "partitions": [${list}]}`

/** Replicas on their way between brokers. */
export const moves: Script = {
  name: 'moves',
  needsThreeBrokers: true,
  files: {
    'orders.json': partitions(
      '{"topic": "orders", "partition": 0, "replicas": [2, 3]}, {"topic": "orders", "partition": 1, "replicas": [3, 1]}',
    ),
    'logs.json': partitions('{"topic": "logs", "partition": 0, "replicas": [3, 2]}'),
    'grown.json': partitions('{"topic": "logs", "partition": 0, "replicas": [1, 2, 3]}'),
    'topics.json': '{"topics": [{"topic": "orders"}], "version": 1}',
  },
  // Proposals are made by chance.
  normalise: text => text.replaceAll(/^(Proposed .*\n).*$/gm, '$1<json>'),
  steps: [
    topicsWithRecords,
    `${move} --generate --topics-to-move-json-file {files}/topics.json --broker-list 1,2,3`,
    `${move} --execute --reassignment-json-file {files}/orders.json --throttle 1100`,
    afterAWhile,
    `${move} --list`,
    `${move} --verify --reassignment-json-file {files}/orders.json`,
    `kafka-topics ${at} --describe --topic orders`,
    `${move} --execute --reassignment-json-file {files}/logs.json`,
    `${move} --execute --reassignment-json-file {files}/logs.json --additional --throttle 1200`,
    afterAWhile,
    `${move} --list`,
    `kafka-topics ${at} --describe`,
    `${move} --verify --reassignment-json-file {files}/logs.json`,
    `${move} --cancel --reassignment-json-file {files}/logs.json --preserve-throttles`,
    `${move} --list`,
    `${move} --cancel --reassignment-json-file {files}/orders.json`,
    whenNothingMoves,
    `${move} --list`,
    `kafka-topics ${at} --describe`,
    `${move} --execute --reassignment-json-file {files}/grown.json --disallow-replication-factor-change`,
    `${move} --execute --reassignment-json-file {files}/grown.json`,
    whenNothingMoves,
    `${move} --verify --reassignment-json-file {files}/grown.json`,
    `${move} --execute --reassignment-json-file {files}/logs.json`,
    whenNothingMoves,
    `${move} --verify --reassignment-json-file {files}/logs.json`,
    `kafka-topics ${at} --describe --topic logs`,
    `kafka-leader-election ${at} --election-type preferred --all-topic-partitions`,
    `kafka-leader-election ${at} --election-type preferred --topic logs --partition 0`,
    `kafka-leader-election ${at} --election-type unclean --topic logs --partition 0`,
    `kafka-log-dirs ${at} --describe --topic-list logs`,
    `kafka-cluster list-endpoints ${at}`,
    `kafka-get-offsets ${at}`,
    { line: `kafka-broker-api-versions ${at}`, isUnordered: true },
  ],
}

async function topicsWithRecords({ admin, bootstrap }: Subject): ReturnType<Preparation> {
  const { Producer } = await import('@samsa/client')
  await admin.createTopic({
    name: 'orders',
    assignments: [
      [1, 2],
      [2, 3],
    ],
  })
  await admin.createTopic({ name: 'logs', assignments: [[1, 2]] })
  await using producer = new Producer<string, string>({ 'bootstrap.servers': bootstrap })
  // Enough that a throttled move is still under way when it is looked at.
  const value = 'x'.repeat(10_000)
  for (const [topic, partition] of [
    ['orders', 0],
    ['orders', 1],
    ['logs', 0],
  ] as const) {
    await producer.sendAll(Array.from({ length: 300 }, () => ({ topic, partition, value })))
  }
  return {}
}

/** The brokers have learnt of a reassignment. */
async function afterAWhile(): ReturnType<Preparation> {
  await new Promise(done => setTimeout(done, 1500))
  return {}
}

async function whenNothingMoves({ admin }: Subject): ReturnType<Preparation> {
  for (let left = 100; left > 0 && (await admin.listPartitionReassignments()).length > 0; left--)
    await new Promise(done => setTimeout(done, 200))
  return afterAWhile()
}
