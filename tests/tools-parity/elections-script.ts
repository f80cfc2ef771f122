import { type Script, topicWithRecords } from './script.ts'

const at = '--bootstrap-server {server}'
const elect = `kafka-leader-election ${at}`

export const elections: Script = {
  name: 'elections',
  files: {
    'client.properties': 'client.id=parity\n',
    'partitions.json': '{"partitions": [{"topic": "orders", "partition": 0}]}',
    'twice.json': '{"partitions": [{"topic": "a", "partition": 0}, {"topic": "a", "partition": 0}]}',
    'empty.json': '{}',
    'list.json': '[]',
    'field.json': '{"partitions": [{"topic": "a"}]}',
    'broken.json': '{',
  },
  steps: [
    topicWithRecords('orders', 1, 1),
    `${elect} --election-type preferred --topic orders --partition 0`,
    `${elect} --election-type PREFERRED --all-topic-partitions`,
    `${elect} --election-type unclean --topic orders --partition 0`,
    `${elect} --election-type Unclean --all-topic-partitions`,
    `${elect} --election-type preferred --path-to-json-file {files}/partitions.json`,
    `${elect} --election-type preferred --topic orders --partition 7`,
    `${elect} --election-type preferred --topic nothing --partition 0`,
    `${elect} --election-type preferred --path-to-json-file {files}/twice.json`,
    `${elect} --election-type preferred --path-to-json-file {files}/empty.json`,
    `${elect} --election-type preferred --path-to-json-file {files}/list.json`,
    `${elect} --election-type preferred --path-to-json-file {files}/field.json`,
    `${elect} --election-type preferred --path-to-json-file {files}/broken.json`,
    `${elect} --election-type preferred --path-to-json-file {files}/missing.json`,
    `${elect} --election-type preferred --topic orders --partition 0 --admin.config {files}/client.properties`,
    `${elect} --election-type preferred --topic orders --partition 0 --command-config {files}/client.properties`,
    `${elect} --election-type preferred --topic orders --partition 0 --command-config a --admin.config b`,
    `${elect} --election-type best --all-topic-partitions`,
    `${elect} --election-type preferred`,
    `${elect} --election-type preferred --topic orders`,
    `${elect} --election-type preferred --topic orders --all-topic-partitions`,
    `${elect} --election-type preferred --all-topic-partitions --partition 1`,
    `${elect} --election-type preferred --topic orders --partition first`,
    `${elect} --all-topic-partitions`,
    'kafka-leader-election',
    'kafka-leader-election --help',
    `${elect} --elect preferred`,
  ],
}
