import { boolean, configTable, enumeration, int, javaClass } from '@samsa/base'

/** Making and deleting topics, and what a new topic gets. */
export const topicRows = configTable({
  'alter.config.policy.class.name': javaClass({
    default: null,
    importance: 'low',
    unused: true,
    doc: 'Java class that approves changes of configuration. Not available: Samsa loads no Java classes.',
  }),
  'auto.create.topics.enable': boolean({
    default: true,
    importance: 'high',
    doc: 'Make a topic when a client asks for one that does not exist.',
  }),
  'compression.gzip.level': int({
    default: -1,
    min: 1,
    max: 9,
    orElse: -1,
    live: 'cluster-wide',
    importance: 'medium',
    doc: "Level of gzip when the broker compresses. -1 is gzip's own default.",
  }),
  'compression.lz4.level': int({
    default: 9,
    min: 1,
    max: 17,
    live: 'cluster-wide',
    importance: 'medium',
    unused: true,
    doc: 'Level of lz4 when the broker compresses. The lz4 library in use knows one level only, the fast one.',
  }),
  'compression.type': enumeration({
    default: 'producer',
    values: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
    live: 'cluster-wide',
    importance: 'high',
    doc: 'How batches are compressed on disk, for topics that do not say. "producer" keeps them as they came.',
  }),
  'compression.zstd.level': int({
    default: 3,
    min: -131_072,
    max: 22,
    live: 'cluster-wide',
    importance: 'medium',
    doc: 'Level of zstd when the broker compresses.',
  }),
  'create.topic.policy.class.name': javaClass({
    default: null,
    importance: 'low',
    unused: true,
    doc: 'Java class that approves new topics. Not available: Samsa loads no Java classes.',
  }),
  'default.replication.factor': int({
    default: 1,
    importance: 'medium',
    doc: 'Replicas of a topic that is made without a number of its own.',
  }),
  'delete.topic.enable': boolean({ default: true, importance: 'high', doc: 'Allow topics to be deleted.' }),
  'message.max.bytes': int({
    default: 1_048_588,
    min: 0,
    unit: 'bytes',
    live: 'cluster-wide',
    importance: 'high',
    doc: 'The largest batch accepted, as it is on the wire, for topics that do not say.',
  }),
  'min.insync.replicas': int({
    default: 1,
    min: 1,
    live: 'cluster-wide',
    importance: 'high',
    doc: 'With acks=all a write is refused while fewer replicas than this are in sync, for topics that do not say.',
  }),
  'num.partitions': int({
    default: 1,
    min: 1,
    importance: 'medium',
    doc: 'Partitions of a topic that is made without a number of its own.',
  }),
})
