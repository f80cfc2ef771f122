import { type ConfigOf, boolean, configTable } from '@samsa/base'
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

/** The settings of one broker. */
export type BrokerConfig = ConfigOf<typeof brokerConfig>
