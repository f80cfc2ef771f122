import type { Script } from './script.ts'

const at = '--bootstrap-server {server}'

export const quorum: Script = {
  name: 'quorum',
  only: { subject: 'kafka', because: "Samsa's metadata is not in a quorum of controllers" },
  files: {
    'controller.properties':
      'node.id=9\nprocess.roles=controller\nlog.dirs={files}/nowhere\nlisteners=CONTROLLER://:9093\ncontroller.listener.names=CONTROLLER\n',
    'broker.properties': 'node.id=9\nprocess.roles=broker\n',
    'nobody.properties': 'process.roles=controller\n',
    'negative.properties': 'node.id=-1\nprocess.roles=controller\n',
    'homeless.properties': 'node.id=9\nprocess.roles=controller\n',
  },
  // The log of the metadata grows all the time.
  normalise: text =>
    text
      .replaceAll(/(HighWatermark: +)\d+/g, '$1<offset>')
      .replaceAll(
        /^(\d+\s+\S+\s+)\d+(\s+\d+\s+)\S+( ms ago)?(\s+)\S+( ms ago)?/gm,
        '$1<offset>$2<ms>$3$4<ms>$5',
      )
      .replaceAll(/ms ago +\t/g, 'ms ago\t'),
  steps: [
    async ({ admin }) => {
      const { nodes } = await admin.describeMetadataQuorum()
      const [endpoint] = [...nodes.values()].flat()
      return { controller: endpoint === undefined ? '' : `${endpoint.host}:${endpoint.port}` }
    },
    `kafka-metadata-quorum ${at} describe --status`,
    `kafka-metadata-quorum ${at} describe --replication`,
    `kafka-metadata-quorum ${at} describe --replication --human-readable`,
    'kafka-metadata-quorum --bootstrap-controller {controller} describe --status',
    `kafka-metadata-quorum ${at} describe`,
    `kafka-metadata-quorum ${at} describe --status --replication`,
    `kafka-metadata-quorum ${at} describe --status --human-readable`,
    `kafka-metadata-quorum ${at} --bootstrap-controller {server} describe --status`,
    `kafka-metadata-quorum ${at} --command-config {files}/missing.properties describe --status`,
    `kafka-metadata-quorum ${at} add-controller`,
    `kafka-metadata-quorum ${at} --command-config {files}/controller.properties add-controller --dry-run`,
    `kafka-metadata-quorum ${at} --command-config {files}/broker.properties add-controller`,
    `kafka-metadata-quorum ${at} --command-config {files}/nobody.properties add-controller`,
    `kafka-metadata-quorum ${at} --command-config {files}/negative.properties add-controller`,
    `kafka-metadata-quorum ${at} --command-config {files}/homeless.properties add-controller`,
    `kafka-metadata-quorum ${at} remove-controller -d zzzzzzzzzzzzzzzzzzzzzA`,
    `kafka-metadata-quorum ${at} remove-controller -i 9 -d zzzzzzzzzzzzzzzzzzzzzA --dry-run`,
    `kafka-metadata-quorum ${at} remove-controller -i 9 -d zzzzzzzzzzzzzzzzzzzzzA`,
    `kafka-metadata-quorum ${at} remove-controller --controller-id -9 --controller-directory-id zzzzzzzzzzzzzzzzzzzzzA`,
    `kafka-metadata-quorum ${at} remove-controller --controller-id 9 --controller-directory-id abc`,
    `kafka-metadata-quorum ${at} remove-controller --controller-id 9 --controller-directory-id zzzzzzzzzzzzzzzzzzzzzAzzzzzzz`,
    `kafka-metadata-quorum ${at} remove-controller --controller-id 9`,
    `kafka-metadata-quorum ${at}`,
    'kafka-metadata-quorum --help',
    `kafka-metadata-quorum ${at} descibe`,
  ],
}
