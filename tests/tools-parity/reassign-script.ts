import { type Script, topicWithRecords } from './script.ts'

const at = '--bootstrap-server {server}'
const move = `kafka-reassign-partitions ${at}`

const partitions = (list: string) => `{"version": 1, "partitions": [${list}]}`

export const reassign: Script = {
  name: 'reassign',
  files: {
    'client.properties': 'client.id=parity\n',
    'topics.json': '{"version": 1, "topics": [{"topic": "orders"}, {"topic": "logs"}]}',
    'orders.json': '{"version": 1, "topics": [{"topic": "orders"}]}',
    'nowhere.json': '{"version": 1, "topics": [{"topic": "nothing"}]}',
    'repeated.json': '{"version": 1, "topics": [{"topic": "a"}, {"topic": "a"}]}',
    'no-topics.json': '{"version": 1}',
    'moves.json': partitions(
      '{"topic": "orders", "partition": 0, "replicas": [1]}, {"topic": "orders", "partition": 1, "replicas": [1]}',
    ),
    'one.json': partitions('{"topic": "orders", "partition": 2, "replicas": [1], "log_dirs": ["any"]}'),
    'here.json': partitions('{"topic": "orders", "partition": 2, "replicas": [1], "log_dirs": ["{dir}"]}'),
    'elsewhere.json': partitions(
      '{"topic": "orders", "partition": 2, "replicas": [1], "log_dirs": ["/nowhere"]}',
    ),
    'unknown.json': partitions('{"topic": "orders", "partition": 0, "replicas": [7]}'),
    'two.json': partitions('{"topic": "orders", "partition": 0, "replicas": [1, 7]}'),
    'missing-topic.json': partitions('{"topic": "nothing", "partition": 0, "replicas": [1]}'),
    'far.json': partitions('{"topic": "orders", "partition": 9, "replicas": [1]}'),
    'empty.json': partitions(''),
    'bare.json': partitions('{"topic": "orders", "partition": 0, "replicas": []}'),
    'twice.json': partitions(
      '{"topic": "a", "partition": 0, "replicas": [1]}, {"topic": "a", "partition": 0, "replicas": [1]}',
    ),
    'same.json': partitions('{"topic": "a", "partition": 0, "replicas": [1, 1]}'),
    'sizes.json': partitions('{"topic": "a", "partition": 0, "replicas": [1], "log_dirs": ["any", "any"]}'),
    'field.json': partitions('{"topic": "a", "partition": 0}'),
    'kind.json': partitions('{"topic": "a", "partition": 0, "replicas": ["1"]}'),
    'version.json': '{"version": 2, "partitions": []}',
    'broken.json': '{',
  },
  normalise: withoutStackTraces,
  steps: [
    topicWithRecords('orders', 3, 2),
    topicWithRecords('logs', 1, 1),
    async ({ admin }) => {
      const [path] = [...(await admin.describeLogDirs([1])).get(1).keys()]
      return { dir: path! }
    },
    `${move} --generate --topics-to-move-json-file {files}/orders.json --broker-list 1`,
    `${move} --generate --topics-to-move-json-file {files}/topics.json --broker-list 1 --disable-rack-aware`,
    `${move} --generate --topics-to-move-json-file {files}/orders.json --broker-list 1,7`,
    `${move} --generate --topics-to-move-json-file {files}/orders.json --broker-list 7`,
    `${move} --generate --topics-to-move-json-file {files}/orders.json --broker-list 1,1`,
    `${move} --generate --topics-to-move-json-file {files}/orders.json --broker-list a`,
    `${move} --generate --topics-to-move-json-file {files}/nowhere.json --broker-list 1`,
    `${move} --generate --topics-to-move-json-file {files}/repeated.json --broker-list 1`,
    `${move} --generate --topics-to-move-json-file {files}/no-topics.json --broker-list 1`,
    `${move} --generate --topics-to-move-json-file {files}/broken.json --broker-list 1`,
    `${move} --generate --topics-to-move-json-file {files}/missing.json --broker-list 1`,
    `${move} --list`,
    `${move} --execute --reassignment-json-file {files}/moves.json`,
    `${move} --verify --reassignment-json-file {files}/moves.json`,
    `${move} --execute --reassignment-json-file {files}/one.json --throttle 10000`,
    `kafka-topics ${at} --describe --topic orders`,
    `${move} --verify --reassignment-json-file {files}/one.json --preserve-throttles`,
    `kafka-topics ${at} --describe --topic orders`,
    `${move} --verify --reassignment-json-file {files}/one.json`,
    `kafka-topics ${at} --describe --topic orders`,
    `${move} --execute --reassignment-json-file {files}/here.json --replica-alter-log-dirs-throttle 9999`,
    `${move} --verify --reassignment-json-file {files}/here.json`,
    `${move} --execute --reassignment-json-file {files}/elsewhere.json`,
    `${move} --verify --reassignment-json-file {files}/elsewhere.json`,
    `${move} --execute --reassignment-json-file {files}/one.json --additional --disallow-replication-factor-change`,
    `${move} --execute --reassignment-json-file {files}/unknown.json`,
    `${move} --execute --reassignment-json-file {files}/two.json`,
    `${move} --execute --reassignment-json-file {files}/missing-topic.json`,
    `${move} --execute --reassignment-json-file {files}/far.json`,
    ...['empty', 'bare', 'twice', 'same', 'sizes', 'field', 'kind', 'version', 'broken', 'missing'].map(
      name => `${move} --execute --reassignment-json-file {files}/${name}.json`,
    ),
    `${move} --verify --reassignment-json-file {files}/far.json --preserve-throttles`,
    `${move} --verify --reassignment-json-file {files}/missing-topic.json --preserve-throttles`,
    `${move} --verify --reassignment-json-file {files}/missing-topic.json`,
    `${move} --verify --reassignment-json-file {files}/two.json --preserve-throttles`,
    `${move} --verify --reassignment-json-file {files}/empty.json --preserve-throttles`,
    `${move} --cancel --reassignment-json-file {files}/moves.json`,
    `${move} --cancel --reassignment-json-file {files}/moves.json --preserve-throttles --timeout 100`,
    `${move} --cancel --reassignment-json-file {files}/here.json --command-config {files}/client.properties`,
    `${move} --execute`,
    `${move} --generate --broker-list 1`,
    `${move} --verify --throttle 1 --reassignment-json-file {files}/one.json`,
    `${move} --execute --preserve-throttles --reassignment-json-file {files}/one.json`,
    `${move} --list --timeout 5`,
    `${move} --list --execute`,
    `${move} --bootstrap-controller {server} --list`,
    'kafka-reassign-partitions --bootstrap-controller {server} --generate --topics-to-move-json-file a --broker-list 1',
    move,
    'kafka-reassign-partitions',
    'kafka-reassign-partitions --help',
    `${move} --execute --reassignment-json-file {files}/one.json --throttle fast`,
  ],
}

/** Kafka's tool prints them on the standard output. */
function withoutStackTraces(text: string): string {
  return text
    .replaceAll(/^(Caused by: )?(org|com|java|joptsimple)\.[\w.$]*(Exception|Error)\b.*\n/gm, '')
    .replaceAll(/^(Caused by: .*| at \[Source: .*|\tat .*|\t\.\.\. \d+ more)\n/gm, '')
}
