import { type ConfigOf, type ConfigTable, boolean, configTable } from '@samsa/base'
import { consumerGroupRows } from './consumer-group-rows.ts'
import { groupRows } from './group-rows.ts'
import { logRows } from './log-rows.ts'
import { metricRows } from './metric-rows.ts'
import { networkRows } from './network-rows.ts'
import { nodeRows } from './node-rows.ts'
import { remoteStorageRows } from './remote-storage-rows.ts'
import { replicationRows } from './replication-rows.ts'
import { saslRows } from './sasl-rows.ts'
import { securityRows } from './security-rows.ts'
import { shareGroupRows } from './share-group-rows.ts'
import { sslRows } from './ssl-rows.ts'
import { streamsGroupRows } from './streams-group-rows.ts'
import { topicRows } from './topic-rows.ts'
import { transactionRows } from './transaction-rows.ts'

/** Samsa's own keys. */
const samsaRows = configTable({
  'write.caching': boolean({
    default: false,
    live: 'cluster-wide',
    importance: 'medium',
    doc: 'Answer acks=all before the batch is synced to disk, for topics that do not say: as fast as Apache Kafka, and as exposed to a power cut.',
  }),
})

/**
 * What can be set for a broker: all keys of Apache Kafka 4.3, with its names, types, defaults and bounds, and Samsa's
 * few own. Where a default is not Kafka's, `checks` holds the reason.
 */
export const brokerConfig = configTable({
  ...nodeRows,
  ...networkRows,
  ...topicRows,
  ...logRows,
  ...replicationRows,
  ...groupRows,
  ...consumerGroupRows,
  ...shareGroupRows,
  ...streamsGroupRows,
  ...transactionRows,
  ...securityRows,
  ...saslRows,
  ...sslRows,
  ...remoteStorageRows,
  ...metricRows,
  ...samsaRows,
})

export interface ConfigArea {
  readonly title: string
  readonly rows: ConfigTable
  /** The rows are accepted and checked, but belong to a part of Kafka that this version does not serve. */
  readonly isNotServedYet?: boolean
}

/** The same rows by what they are about, for pages and forms. */
export const brokerConfigAreas: readonly ConfigArea[] = [
  { title: 'Who this node is, and its part in the cluster', rows: nodeRows },
  { title: 'Listeners, connections and requests', rows: networkRows },
  { title: 'Making and deleting topics, and what a new topic gets', rows: topicRows },
  { title: 'The logs on disk: directories, segments, retention, compaction', rows: logRows },
  { title: 'Replicas, leaders, and the traffic between brokers', rows: replicationRows },
  {
    title: 'Consumer groups of the classic protocol, offsets, and what all kinds of groups share',
    rows: groupRows,
  },
  { title: 'Consumer groups of the newer protocol (KIP-848)', rows: consumerGroupRows, isNotServedYet: true },
  { title: 'Share groups (KIP-932)', rows: shareGroupRows, isNotServedYet: true },
  { title: 'Groups of Kafka Streams applications (KIP-1071)', rows: streamsGroupRows, isNotServedYet: true },
  { title: 'Idempotent producers and transactions', rows: transactionRows },
  {
    title: 'Who may do what: authorizer, principals, delegation tokens',
    rows: securityRows,
    isNotServedYet: true,
  },
  { title: 'Logging in: SASL mechanisms', rows: saslRows, isNotServedYet: true },
  { title: 'Encryption: TLS', rows: sslRows, isNotServedYet: true },
  { title: 'Remote (tiered) storage', rows: remoteStorageRows, isNotServedYet: true },
  { title: 'Metrics, telemetry, quotas', rows: metricRows },
  { title: "Samsa's own keys", rows: samsaRows },
]

/** The settings of one broker. */
export type BrokerConfig = ConfigOf<typeof brokerConfig>
