import { INT_MAX, configTable, duration, int, list, short } from '@samsa/base'
import { minutes } from './units.ts'

/** Consumer groups of the classic protocol, offsets, and what all kinds of groups share. */
export const groupRows = configTable({
  'group.coordinator.append.linger.ms': int({
    default: -1,
    min: -1,
    unit: 'ms',
    importance: 'medium',
    doc: 'How long the coordinator gathers records before it writes them. -1 writes what has come together in one turn.',
  }),
  'group.coordinator.background.threads': int({
    default: 2,
    min: 1,
    importance: 'high',
    unused: true,
    doc: "Kafka's threads for assignments that take long.",
  }),
  'group.coordinator.cached.buffer.max.bytes': int({
    default: 1_048_588,
    min: 524_288,
    unit: 'bytes',
    live: 'cluster-wide',
    importance: 'medium',
    doc: 'Largest buffer the coordinator keeps for its next write.',
  }),
  'group.coordinator.rebalance.protocols': list({
    default: ['classic', 'consumer', 'streams'],
    values: ['consumer', 'classic', 'share', 'streams'],
    nonEmpty: true,
    importance: 'medium',
    doc: 'The kinds of groups that are served.',
  }),
  'group.coordinator.threads': int({
    default: 4,
    min: 1,
    importance: 'high',
    unused: true,
    doc: "Kafka's coordinator threads. Samsa's coordinators share the broker's event loop.",
  }),
  'group.initial.rebalance.delay.ms': int({
    default: 3000,
    unit: 'ms',
    importance: 'medium',
    doc: 'How long the first rebalance of an empty group waits for more members. 0 gives a single consumer its partitions at once.',
  }),
  'group.max.session.timeout.ms': int({
    default: 30 * minutes,
    unit: 'ms',
    importance: 'medium',
    doc: 'Longest session timeout a member may ask for.',
  }),
  'group.max.size': int({ default: INT_MAX, min: 1, importance: 'medium', doc: 'Most members of a group.' }),
  'group.min.session.timeout.ms': int({
    default: 6000,
    unit: 'ms',
    importance: 'medium',
    doc: 'Shortest session timeout a member may ask for.',
  }),
  'offset.metadata.max.bytes': int({
    default: 4096,
    unit: 'bytes',
    importance: 'high',
    doc: 'Longest note a consumer may store with an offset.',
  }),
  'offsets.commit.timeout.ms': int({
    default: 5000,
    min: 1,
    unit: 'ms',
    importance: 'high',
    doc: 'How long an offset commit waits for its replicas.',
  }),
  'offsets.load.buffer.size': int({
    default: 5_242_880,
    min: 1,
    unit: 'bytes',
    importance: 'high',
    doc: 'Bytes read at a time when the coordinator loads offsets.',
  }),
  'offsets.retention.check.interval.ms': duration({
    default: 10 * minutes,
    min: 1,
    importance: 'high',
    doc: 'How often offsets are looked through for expired ones.',
  }),
  'offsets.retention.minutes': int({
    default: 10_080,
    min: 1,
    unit: 'minutes',
    importance: 'high',
    doc: 'How long the offsets of a group without members, or of a topic nobody in it reads, are kept.',
  }),
  'offsets.topic.compression.codec': int({
    default: 0,
    importance: 'high',
    doc: 'Codec for the offsets topic: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.',
  }),
  'offsets.topic.num.partitions': int({
    default: 50,
    min: 1,
    importance: 'high',
    doc: 'Partitions of the offsets topic. Not to be changed once it exists.',
  }),
  'offsets.topic.replication.factor': short({
    default: 3,
    min: 1,
    importance: 'high',
    doc: 'Replicas of the offsets topic. A cluster with fewer brokers makes do with what it has.',
  }),
  'offsets.topic.segment.bytes': int({
    default: 104_857_600,
    min: 1,
    unit: 'bytes',
    importance: 'high',
    doc: 'Segment size of the offsets topic.',
  }),
})
