import type { Script } from './script.ts'

const roles = [
  'process.roles=broker,controller',
  'listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093',
  'controller.listener.names=CONTROLLER',
  'node.id=1',
]
const dynamic = [...roles, 'controller.quorum.bootstrap.servers=127.0.0.1:9093']
const fixed = [...roles, 'controller.quorum.voters=1@127.0.0.1:9093']
const file = (...lines: string[]) => `${lines.join('\n')}\n`

/** Data directories, which no broker is asked about. */
export const storage: Script = {
  name: 'storage',
  only: { subject: 'kafka', because: 'kafka-storage asks no broker: once is enough' },
  files: {
    'node.properties': file(...dynamic, 'log.dirs={files}/data'),
    'two.properties': file(...dynamic, 'log.dirs={files}/data,{files}/more'),
    'fixed.properties': file(...fixed, 'log.dirs={files}/fixed'),
    'other.properties': file(
      ...dynamic.map(line => line.replace('node.id=1', 'node.id=2')),
      'log.dirs={files}/data',
    ),
    'alone.properties': file(...dynamic, 'log.dirs={files}/alone'),
    'taken.properties': file(...dynamic, 'log.dirs={files}/node.properties'),
  },
  steps: [
    'kafka-storage',
    'kafka-storage random-uuid',
    'kafka-storage frobnicate',
    'kafka-storage info',
    'kafka-storage info -c {files}/node.properties',
    'kafka-storage info -c {files}/taken.properties',
    'kafka-storage format -c {files}/node.properties',
    'kafka-storage format -c {files}/node.properties -t abc -s -N',
    'kafka-storage format -c {files}/node.properties -t abc -s -r 2.0',
    'kafka-storage format -c {files}/node.properties -t abc -s -f nope=1',
    'kafka-storage format -c {files}/node.properties -t abc --standalone',
    'kafka-storage info -c {files}/node.properties',
    'kafka-storage info -c {files}/two.properties',
    'kafka-storage format -c {files}/node.properties -t abc --standalone',
    'kafka-storage format -c {files}/node.properties -t abc --standalone --ignore-formatted',
    'kafka-storage format -c {files}/node.properties -t other --standalone --ignore-formatted',
    'kafka-storage format -c {files}/other.properties -t abc --standalone --ignore-formatted',
    'kafka-storage format --config {files}/two.properties --cluster-id abc -s -g -r 4.0',
    'kafka-storage info -c {files}/two.properties',
    'kafka-storage format -c {files}/fixed.properties -t abc --standalone',
    'kafka-storage format -c {files}/fixed.properties -t abc',
    'kafka-storage format -c {files}/alone.properties -t abc',
    'kafka-storage version-mapping',
    'kafka-storage version-mapping -r 3.9',
    'kafka-storage version-mapping --release-version 4.1-IV0',
    'kafka-storage version-mapping -r 2.0',
    'kafka-storage feature-dependencies',
    'kafka-storage feature-dependencies -f transaction.version=2 --feature metadata.version=20',
    'kafka-storage feature-dependencies -f eligible.leader.replicas.version=1',
    'kafka-storage feature-dependencies -f nope=1',
    'kafka-storage feature-dependencies -f group.version=9',
    'kafka-storage feature-dependencies -f group.version=x',
    'kafka-storage feature-dependencies -f group.version',
  ],
  /** Every run makes ids of its own. */
  normalise: text => text.replaceAll(/^[\w-]{22}$|(?<=directory\.id=)[\w-]{22}/gm, 'ID'),
}
