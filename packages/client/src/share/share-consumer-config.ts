import { type ConfigOf, configTable, enumeration } from '@samsa/base'
import { consumerConfig } from '../consumer/consumer-config.ts'

const {
  // What has no meaning in a share group: the broker keeps positions, shares out partitions and counts sessions.
  'auto.commit.interval.ms': _autoCommitInterval,
  'auto.offset.reset': _autoOffsetReset,
  'enable.auto.commit': _enableAutoCommit,
  'exclude.internal.topics': _excludeInternalTopics,
  'group.instance.id': _groupInstanceId,
  'group.protocol': _groupProtocol,
  'group.remote.assignor': _groupRemoteAssignor,
  'heartbeat.interval.ms': _heartbeatInterval,
  'isolation.level': _isolationLevel,
  'max.partition.fetch.bytes': _maxPartitionFetchBytes,
  'partition.assignment.strategy': _partitionAssignmentStrategy,
  'session.timeout.ms': _sessionTimeout,
  ...common
} = consumerConfig

/**
 * Every key of a share consumer: those of a consumer but for positions, sessions and assignment, which are the broker's
 * business here. The group's own settings (`share.auto.offset.reset`, `share.isolation.level`,
 * `share.record.lock.duration.ms`, …) are configurations of the group, see `Admin.incrementalAlterConfigs`.
 */
export const shareConsumerConfig = configTable({
  ...common,
  'share.acknowledgement.mode': enumeration({
    default: 'implicit',
    values: ['implicit', 'explicit'],
    importance: 'medium',
    doc: 'implicit: asking for more accepts the records before. explicit: the application acknowledges each record.',
  }),
  'share.acquire.mode': enumeration({
    default: 'BATCH_OPTIMIZED',
    values: ['BATCH_OPTIMIZED', 'RECORD_LIMIT'],
    anyCase: true,
    importance: 'medium',
    doc: 'batch_optimized: whole batches are acquired, a few records more than max.poll.records at times. record_limit: never more (KIP-1206).',
  }),
})

export type ShareConsumerConfig = ConfigOf<typeof shareConsumerConfig>
