import {
  type ConfigOf,
  type ConfigRule,
  LONG_MAX,
  boolean,
  bytes,
  configTable,
  double,
  duration,
  enumeration,
  int,
  list,
  long,
} from '@samsa/base'

const days = 24 * 60 * 60 * 1000
const hours = 60 * 60 * 1000
const minutes = 60 * 1000

/** What all topic keys have in common in Kafka. */
const topicKey = { live: true, importance: 'medium' } as const

const throttledReplicas: ConfigRule<readonly string[]> = {
  allowed: "pairs 'partition:broker' separated by commas, or * for all replicas",
  accepts: replicas =>
    replicas.every(replica => /^\d+:\d+$/.test(replica)) || (replicas.length === 1 && replicas[0] === '*'),
}

/**
 * What can be set for a topic: all keys of Apache Kafka 4.3 and Samsa's own `write.caching`.
 *
 * `broker` names the broker keys that give a topic its default, as Kafka's do: the first of them that is set wins.
 */
export const topicConfig = configTable({
  'cleanup.policy': list({
    default: ['delete'],
    values: ['compact', 'delete'],
    broker: 'log.cleanup.policy',
    ...topicKey,
    doc: 'What happens to old segments: "delete" drops them by age and size, "compact" keeps the last record of each key. Both may be given; with neither, records are kept for ever.',
  }),
  'compression.gzip.level': int({
    default: -1,
    min: 1,
    max: 9,
    orElse: -1,
    broker: 'compression.gzip.level',
    ...topicKey,
    doc: "Level of gzip when the broker compresses for this topic. -1 is gzip's own default.",
  }),
  'compression.lz4.level': int({
    default: 9,
    min: 1,
    max: 17,
    broker: 'compression.lz4.level',
    unused: true,
    ...topicKey,
    doc: 'Level of lz4 when the broker compresses for this topic. The lz4 library in use knows one level only, the fast one.',
  }),
  'compression.type': enumeration({
    default: 'producer',
    values: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
    broker: 'compression.type',
    ...topicKey,
    doc: 'How batches are compressed on disk. "producer" keeps them as they came, which costs the broker nothing.',
  }),
  'compression.zstd.level': int({
    default: 3,
    min: -131_072,
    max: 22,
    broker: 'compression.zstd.level',
    ...topicKey,
    doc: 'Level of zstd when the broker compresses for this topic.',
  }),
  'delete.retention.ms': duration({
    default: days,
    min: 0,
    broker: 'log.cleaner.delete.retention.ms',
    ...topicKey,
    doc: 'How long a compacted topic keeps the marker of a deleted key, so that slow readers still see the deletion.',
  }),
  'file.delete.delay.ms': duration({
    default: minutes,
    min: 0,
    broker: 'log.segment.delete.delay.ms',
    ...topicKey,
    unused: true,
    doc: 'How long Kafka leaves the files of a dropped segment on disk, for reads that are still under way. In Samsa no read is: what was asked for is copied at once, and the files go as soon as their removal cannot leave a gap.',
  }),
  'flush.messages': long({
    default: LONG_MAX,
    min: 1,
    broker: 'log.flush.interval.messages',
    ...topicKey,
    doc: 'Sync the log after this many records, whatever the producers ask for.',
  }),
  'flush.ms': duration({
    default: LONG_MAX,
    min: 0,
    broker: ['log.flush.interval.ms', 'log.flush.scheduler.interval.ms'],
    ...topicKey,
    doc: 'Sync the log when a record has waited this long on disk unsynced.',
  }),
  'follower.replication.throttled.replicas': list({
    default: [],
    rule: throttledReplicas,
    ...topicKey,
    doc: 'Replicas whose catching up is throttled on the follower.',
  }),
  'index.interval.bytes': int({
    default: 4096,
    min: 0,
    unit: 'bytes',
    broker: 'log.index.interval.bytes',
    ...topicKey,
    doc: 'Bytes of log between two entries of the offset index.',
  }),
  'internal.segment.bytes': int({
    default: null,
    unit: 'bytes',
    internal: true,
    ...topicKey,
    doc: 'Size of a segment below what segment.bytes allows, for tests.',
  }),
  'leader.replication.throttled.replicas': list({
    default: [],
    rule: throttledReplicas,
    ...topicKey,
    doc: 'Replicas whose catching up is throttled on the leader.',
  }),
  'local.retention.bytes': bytes({
    default: -2,
    min: -2,
    broker: 'log.local.retention.bytes',
    ...topicKey,
    doc: 'With remote storage: how many bytes of a partition stay on the local disk. -2 takes retention.bytes.',
  }),
  'local.retention.ms': duration({
    default: -2,
    min: -2,
    broker: 'log.local.retention.ms',
    ...topicKey,
    doc: 'With remote storage: how long segments stay on the local disk. -2 takes retention.ms.',
  }),
  'max.compaction.lag.ms': duration({
    default: LONG_MAX,
    min: 1,
    broker: 'log.cleaner.max.compaction.lag.ms',
    ...topicKey,
    doc: 'A record is compacted at the latest this long after it was written.',
  }),
  'max.message.bytes': int({
    default: 1_048_588,
    min: 0,
    unit: 'bytes',
    broker: 'message.max.bytes',
    ...topicKey,
    doc: 'The largest batch accepted, as it is on the wire, that is compressed.',
  }),
  'message.timestamp.after.max.ms': duration({
    default: hours,
    min: 0,
    broker: 'log.message.timestamp.after.max.ms',
    ...topicKey,
    doc: "How far a record's own timestamp may be ahead of the broker's clock. Not checked with LogAppendTime.",
  }),
  'message.timestamp.before.max.ms': duration({
    default: LONG_MAX,
    min: 0,
    broker: 'log.message.timestamp.before.max.ms',
    ...topicKey,
    doc: "How far a record's own timestamp may be behind the broker's clock. Not checked with LogAppendTime.",
  }),
  'message.timestamp.type': enumeration({
    default: 'CreateTime',
    values: ['CreateTime', 'LogAppendTime'],
    broker: 'log.message.timestamp.type',
    ...topicKey,
    doc: "Whose clock stamps a record: the producer's (CreateTime) or the broker's (LogAppendTime).",
  }),
  'min.cleanable.dirty.ratio': double({
    default: 0.5,
    min: 0,
    max: 1,
    broker: 'log.cleaner.min.cleanable.ratio',
    ...topicKey,
    doc: 'Compaction starts when this share of the log is new since the last one. Lower saves space and costs work.',
  }),
  'min.compaction.lag.ms': duration({
    default: 0,
    min: 0,
    broker: 'log.cleaner.min.compaction.lag.ms',
    ...topicKey,
    doc: 'A record is not compacted before it is this old.',
  }),
  'min.insync.replicas': int({
    default: 1,
    min: 1,
    broker: 'min.insync.replicas',
    ...topicKey,
    doc: 'With acks=all a write is refused while fewer replicas than this are in sync.',
  }),
  preallocate: boolean({
    default: false,
    broker: 'log.preallocate',
    ...topicKey,
    doc: 'Make the file of a segment as long as segment.bytes when it is begun; what was not needed is given back when the segment is closed.',
  }),
  'remote.log.copy.disable': boolean({
    default: false,
    ...topicKey,
    doc: 'Copy no more segments to remote storage; what is there stays readable.',
  }),
  'remote.log.delete.on.disable': boolean({
    default: false,
    ...topicKey,
    doc: "Delete the topic's data in remote storage when remote storage is switched off for it.",
  }),
  'remote.storage.enable': boolean({
    default: false,
    ...topicKey,
    doc: 'Keep closed segments of this topic in remote storage too.',
  }),
  'retention.bytes': bytes({
    default: -1,
    broker: 'log.retention.bytes',
    ...topicKey,
    doc: 'The oldest segments of a partition are deleted once it is larger than this. -1 sets no limit.',
  }),
  'retention.ms': duration({
    default: 7 * days,
    min: -1,
    ...topicKey,
    broker: [
      'log.retention.ms',
      { key: 'log.retention.minutes', times: minutes },
      { key: 'log.retention.hours', times: hours },
    ],
    doc: 'How long a segment is kept before it may be deleted. -1 keeps it for ever.',
  }),
  'segment.bytes': int({
    default: 1_073_741_824,
    min: 1_048_576,
    unit: 'bytes',
    broker: 'log.segment.bytes',
    ...topicKey,
    doc: 'Size at which a segment is closed and the next one begun. Deletion and compaction work on closed segments.',
  }),
  'segment.index.bytes': int({
    default: 10_485_760,
    min: 4,
    unit: 'bytes',
    broker: 'log.index.size.max.bytes',
    ...topicKey,
    doc: 'The largest an offset or time index may become; a segment is closed when one is full.',
  }),
  'segment.jitter.ms': duration({
    default: 0,
    min: 0,
    ...topicKey,
    broker: ['log.roll.jitter.ms', { key: 'log.roll.jitter.hours', times: hours }],
    doc: 'Close segments up to this much earlier than segment.ms says, at random, so that not all are closed at once.',
  }),
  'segment.ms': duration({
    default: 7 * days,
    min: 1,
    ...topicKey,
    broker: ['log.roll.ms', { key: 'log.roll.hours', times: hours }],
    doc: 'Age at which a segment is closed even when it is not full.',
  }),
  'unclean.leader.election.enable': boolean({
    default: false,
    broker: 'unclean.leader.election.enable',
    ...topicKey,
    doc: 'Let a replica that is not in sync become leader when no other is left: available again, at the price of lost records.',
  }),
  'write.caching': boolean({
    default: false,
    broker: 'write.caching',
    ...topicKey,
    doc: "Answer acks=all before the batch is synced to disk, as Apache Kafka does: faster, and a power cut may lose the last records. Without it, acknowledged records survive. Samsa's own key.",
  }),
})

/** The effective settings of one topic. */
export type LogConfig = ConfigOf<typeof topicConfig>
