import type { Script } from './script.ts'

/** Beginnings of options and verbs: one of Kafka's two parsers takes them where only one is meant, the other none. */
export const abbreviations: Script = {
  name: 'abbreviations',
  normalise: text =>
    text
      .replaceAll(/Epoch: \d+/g, 'Epoch: <epoch>')
      .replaceAll(/(HighWatermark: +)\d+/g, '$1<offset>')
      .replaceAll('kafka-transactions.sh: error', 'kafka-transactions: error'),
  steps: [
    'kafka-topics --bootstrap-serv {server} --list',
    'kafka-topics --bootstrap-server {server} --desc',
    'kafka-topics --bootstrap-server {server} -list',
    'kafka-topics --bootstrap-server={server} --list',
    'kafka-configs --bootstrap-server {server} --entity-t brokers --describe',
    'kafka-consumer-groups --bootstrap-s {server} --list',
    'kafka-console-consumer --bootstrap-server {server} --top x',
    'kafka-get-offsets --bootstrap-server {server} --tim latest',
    'kafka-dump-log --file a.log',
    'kafka-cluster clus --bootstrap-s {server}',
    'kafka-cluster cluster-id --boot {server}',
    'kafka-cluster cluster-id --bootstrap-server={server}',
    'kafka-cluster l --bootstrap-server {server} --include-f',
    'kafka-cluster x --bootstrap-server {server}',
    'kafka-features --bootstrap-s {server} desc',
    'kafka-features --bootstrap {server} describe',
    'kafka-features --bootstrap-server {server} d',
    'kafka-features --bootstrap-server {server} version --release 4.2',
    'kafka-metadata-quorum --bootstrap-s {server} desc --stat',
    'kafka-metadata-quorum --bootstrap-server {server} describe --re --h',
    'kafka-metadata-quorum --bootstrap-server {server} add-contr --dry',
    'kafka-transactions --bootstrap-s {server} li',
    'kafka-transactions --bootstrap-server {server} describe',
    'kafka-transactions --bootstrap-server {server} describe-p --top x --par 0',
    'kafka-transactions --bootstrap-server {server} list --dur x',
    'kafka-producer-perf-test --top x --num-r 10 --record-s 10 --thr x',
    'kafka-producer-perf-test --topic x --num-records 10 --record-size 10 --throughput 10 --pr a=b',
    'kafka-producer-perf-test --topic x --num-records 10 --rec 10',
    'kafka-verifiable-producer --bootstrap-s {server} --to x --max x',
    'kafka-verifiable-consumer --bootstrap-s {server} --group-i x --top y --max x',
    'kafka-storage rand x',
    'kafka-storage i',
    'kafka-storage version-m --release 4.2',
  ],
}
