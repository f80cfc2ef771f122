import { type Script, aMomentLater } from './script.ts'

const at = '--bootstrap-controller {controller}'
const configs = `kafka-configs ${at}`

/** Tools that can ask the controllers themselves (KIP-919), on a listener of their own. */
export const controllers: Script = {
  name: 'controllers',
  only: { subject: 'kafka', because: 'Samsa’s metadata is not in a quorum of controllers' },
  files: {
    'client.properties': 'client.id=parity\n',
    'moves.json': '{"version":1,"partitions":[{"topic":"orders","partition":0,"replicas":[1]}]}',
    'topics.json': '{"version":1,"topics":[{"topic":"orders"}]}',
    'wrong.json': '{"version":1,"partitions":[{"topic":"nothing","partition":0,"replicas":[1]}]}',
  },
  // Metadata is written all the time, and loggers are made as they are needed.
  normalise: text =>
    text
      .replaceAll(/^ {2}\S+=[A-Z]+ sensitive=false synonyms=\{\}\n/gm, '')
      .replaceAll(/(HighWatermark: +)\d+/g, '$1<offset>')
      .replaceAll(/Epoch: \d+/g, 'Epoch: <epoch>')
      .replaceAll(
        /^(\d+\s+\S+\s+)\d+(\s+\d+\s+)\S+( ms ago)?(\s+)\S+( ms ago)?/gm,
        '$1<offset>$2<ms>$3$4<ms>$5',
      ),
  steps: [
    async ({ admin }) => {
      await admin.createTopic({ name: 'orders' })
      const { nodes } = await admin.describeMetadataQuorum()
      const [endpoint] = [...nodes.values()].flat()
      return { controller: `${endpoint!.host}:${endpoint!.port}` }
    },
    `kafka-cluster cluster-id ${at}`,
    `kafka-cluster list-endpoints ${at}`,
    `kafka-cluster list-endpoints ${at} --include-fenced-brokers`,
    `kafka-cluster unregister ${at} --id 99`,
    'kafka-cluster cluster-id --bootstrap-controller {server}',
    'kafka-cluster cluster-id --bootstrap-server {controller}',
    `kafka-features ${at} describe`,
    `kafka-features ${at} upgrade --feature share.version=1 --dry-run`,
    `kafka-features ${at} upgrade --feature nothing=1`,
    `kafka-features ${at} downgrade --feature streams.version=0 --dry-run`,
    'kafka-features --bootstrap-controller {server} describe',
    `kafka-metadata-quorum ${at} describe --status`,
    `kafka-metadata-quorum ${at} describe --replication`,
    `kafka-metadata-quorum ${at} remove-controller --controller-id 9 --controller-directory-id zzzzzzzzzzzzzzzzzzzzzA`,
    'kafka-metadata-quorum --bootstrap-controller {server} describe --status',
    'kafka-metadata-quorum --bootstrap-server {controller} describe --status',
    `${configs} --describe --broker 1`,
    `${configs} --describe --broker-defaults`,
    `${configs} --alter --broker 1 --add-config log.cleaner.threads=2`,
    `${configs} --alter --broker-defaults --add-config log.retention.ms=70000`,
    aMomentLater,
    `${configs} --describe --entity-type brokers`,
    `${configs} --describe --entity-type brokers --entity-name 1`,
    `${configs} --alter --broker 1 --delete-config log.cleaner.threads`,
    `${configs} --alter --broker-defaults --delete-config log.retention.ms`,
    aMomentLater,
    `${configs} --describe --topic orders`,
    `${configs} --alter --topic orders --add-config retention.ms=1000`,
    `${configs} --alter --topic orders --delete-config retention.ms`,
    `${configs} --describe --entity-type topics`,
    `${configs} --describe --entity-type broker-loggers --entity-name 1`,
    `${configs} --alter --user ann --add-config consumer_byte_rate=1000`,
    `${configs} --describe --user ann`,
    `${configs} --alter --user ann --delete-config consumer_byte_rate`,
    `${configs} --alter --user ann --add-config 'SCRAM-SHA-256=[iterations=4096,password=secret]'`,
    `${configs} --describe --entity-type users`,
    `${configs} --alter --user ann --delete-config SCRAM-SHA-256`,
    `${configs} --describe --entity-type client-metrics`,
    `${configs} --describe --entity-type groups`,
    `${configs} --describe --broker 1 --command-config {files}/client.properties`,
    'kafka-configs --bootstrap-controller {server} --describe --broker 1',
    'kafka-configs --bootstrap-server {controller} --describe --broker 1',
    `kafka-acls ${at} --add --allow-principal User:ann --operation Read --topic orders`,
    { line: `kafka-acls ${at} --list`, isUnordered: true },
    `kafka-acls ${at} --remove --allow-principal User:ann --operation Read --topic orders --force`,
    'kafka-acls --bootstrap-controller {server} --list',
    `kafka-reassign-partitions ${at} --list`,
    `kafka-reassign-partitions ${at} --execute --reassignment-json-file {files}/moves.json`,
    `kafka-reassign-partitions ${at} --verify --reassignment-json-file {files}/moves.json`,
    `kafka-reassign-partitions ${at} --cancel --reassignment-json-file {files}/moves.json`,
    `kafka-reassign-partitions ${at} --cancel --reassignment-json-file {files}/wrong.json`,
    `kafka-reassign-partitions ${at} --generate --topics-to-move-json-file {files}/topics.json --broker-list 1`,
    'kafka-topics --bootstrap-server {controller} --list',
    'kafka-broker-api-versions --bootstrap-server {controller}',
    'kafka-topics --bootstrap-controller {controller} --list',
  ],
}
