import type { Difference } from './differences.ts'

interface Explanation {
  /** Any API when missing. */
  readonly api?: string
  readonly path: RegExp
  readonly label?: RegExp
  readonly belowVersion?: number
  /** Only where Kafka's value and Samsa's are these. */
  readonly values?: readonly [kafka: string, samsa: string]
  readonly reason: string
}

/** Differences that are meant, each with its reason. One that is seen no more is reported, to be removed. */
export const explanations: readonly Explanation[] = [
  {
    path: /[mM]essage$/,
    values: ['null', '"<text>"'],
    reason: 'Samsa says in words what is wrong where Kafka says nothing',
  },
  {
    api: 'Produce',
    path: /^noAnswer$/,
    label: /no records at all/,
    reason: 'Kafka loses such a request and never answers',
  },
  {
    api: 'ListOffsets',
    path: /oldStyleOffsets/,
    label: /^after all$/,
    values: ['0 []', '1 [0]'],
    belowVersion: 1,
    reason:
      'Kafka goes by when the files were last written, Samsa by the times of the records, which no copying of a directory changes',
  },
  {
    api: 'ListGroups',
    path: /^groups\[bad-/,
    reason:
      'Kafka makes a group, on disk too, of a first join that it refuses or fails to serve; Samsa keeps nothing of what it refuses',
  },
  {
    api: 'ApiVersions',
    path: /^apiKeys|[fF]eatures/,
    reason: 'Samsa advertises what it serves: fewer APIs so far, and the old versions that Kafka 4 dropped',
  },
  {
    api: 'DescribeConfigs',
    path: /\[write\.caching\]/,
    reason: "a key of Samsa's own",
  },
  {
    api: 'CreateTopics',
    path: /\[write\.caching\]/,
    reason: "a key of Samsa's own",
  },
  {
    api: 'DescribeConfigs',
    path: /\[min\.insync\.replicas\]/,
    reason: 'Kafka 4 stores this default for the whole cluster when a cluster is formatted',
  },
  {
    api: 'CreateTopics',
    path: /\[min\.insync\.replicas\]/,
    reason: 'Kafka 4 stores this default for the whole cluster when a cluster is formatted',
  },
  {
    api: 'DescribeConfigs',
    path: /\[(advertised\.listeners|listeners|broker\.id|node\.id|log\.dirs?|process\.roles|listener\.security\.protocol\.map|controller\..*)\]/,
    label: /broker/,
    reason:
      'the two were started with different settings: addresses, directories, a controller beside the broker',
  },
  {
    api: 'Fetch',
    path: /./,
    label: /a negative count of bytes/,
    reason:
      'Kafka fails inside from version 4 on; Samsa takes it for none, and one batch is sent all the same',
  },
  {
    api: 'OffsetForLeaderEpoch',
    path: /leaderEpoch|endOffset/,
    label: /an undefined epoch/,
    reason: 'Kafka takes -2 for an epoch older than all it knows; to Samsa no number below zero is an epoch',
  },
  {
    path: /^(topics|responses)(\[.*\])?(\.length|\.partitions\.length|\.partitionResponses\.length)?$/,
    label: /twice|no partitions|an empty partition/,
    reason:
      'Samsa answers each entry of a request in its place; Kafka gathers the partitions of a topic, takes one of the entries for the same partition, and leaves out topics without any',
  },
  {
    path: /./,
    label: /^(less than )?no time$/,
    values: ['"REQUEST_TIMED_OUT"', '"NONE"'],
    reason: 'Kafka gives up at once, Samsa does it and says so',
  },
  {
    api: 'CreateTopics',
    path: /./,
    label: /^(less than )?no time$/,
    reason: 'as above: of what was not made Kafka tells nothing more',
  },
  {
    api: 'DeleteTopics',
    path: /topicId/,
    label: /^(less than )?no time$/,
    reason: 'as above',
  },
  {
    api: 'CreateTopics',
    path: /configs\[.*\]\.value/,
    label: /a policy twice|spaces around a number|another spelling of true/,
    reason: 'Kafka repeats the text it was given, Samsa tells what it understood',
  },
  {
    api: 'Metadata',
    path: /./,
    label: /made by asking/,
    reason: 'Kafka makes the topic after it has answered, Samsa before',
  },
  {
    api: 'Metadata',
    path: /./,
    label: /^by id and by name$/,
    reason: 'Kafka passes over the names in a request that has ids, Samsa answers both',
  },
  {
    api: 'CreatePartitions',
    path: /errorCode/,
    label: /far too many/,
    values: ['"UNKNOWN_SERVER_ERROR"', '"POLICY_VIOLATION"'],
    reason: 'Kafka fails inside',
  },
  {
    api: 'Produce',
    path: /errorCode|logStartOffset/,
    label: /an unknown codec/,
    reason: 'Kafka fails inside; to Samsa the batch is damaged',
  },
  {
    api: 'Produce',
    path: /errorCode|baseOffset/,
    label: /damaged inside/,
    reason:
      'Samsa looks at a batch through its header and checksum (decision D2), and inside only where the topic asks something of each record',
  },
  {
    api: 'ListOffsets',
    path: /errorCode/,
    label: /less than no offsets/,
    reason: 'Kafka fails inside; below none is none to Samsa',
  },
  {
    path: /./,
    label: /isolation/,
    reason: 'Kafka fails inside; Samsa takes any isolation but read_committed for read_uncommitted',
  },
  {
    api: 'JoinGroup',
    path: /./,
    label: /a protocol twice/,
    reason: 'Kafka fails inside, in the middle of the change; Samsa takes the first',
  },
  {
    api: 'AlterConfigs',
    path: /noAnswer/,
    label: /a resource twice/,
    reason: 'Kafka never answers; Samsa refuses, as IncrementalAlterConfigs does',
  },
  {
    api: 'IncrementalAlterConfigs',
    path: /error/,
    label: /an unknown (key|listener)|a key of a listener that there is not/,
    values: ['"NONE"', '"INVALID_CONFIG"'],
    reason: 'Kafka keeps keys of brokers that it does not know; Samsa names the nearest it knows',
  },
  {
    api: 'IncrementalAlterConfigs',
    path: /error/,
    label: /many more threads/,
    reason: 'Kafka changes the number of its threads by a factor of two at most; the key has no effect here',
  },
  {
    api: 'IncrementalAlterConfigs',
    path: /error/,
    label: /metrics appended/,
    reason: 'Kafka does not know that the key is a list',
  },
  {
    api: 'DescribeConfigs',
    path: /\[listener\.name\..*readOnly/,
    values: ['true', 'false'],
    reason: 'Kafka calls keys of listeners read-only, though it lets them be changed',
  },
  {
    api: 'DescribeTopicPartitions',
    path: /./,
    label: /impossible names/,
    reason: 'Kafka fails inside on a name that no topic can have; Samsa says that it is one',
  },
  {
    api: 'Metadata',
    path: /./,
    label: /neither id nor name/,
    reason: 'Kafka fails on the missing name inside; a request that names nothing is an unknown topic',
  },
  {
    api: 'IncrementalAlterConfigs',
    path: /error/,
    label: /an unknown operation|an operation below zero/,
    reason: 'Kafka fails inside; an operation that does not exist is an invalid request',
  },
]

export function explanationOf(difference: Difference): Explanation | undefined {
  return explanations.find(
    ({ api, path, label, values, belowVersion = 1000 }) =>
      (api === undefined || api === difference.api) &&
      path.test(difference.path) &&
      difference.version < belowVersion &&
      (label === undefined || label.test(difference.label)) &&
      (values === undefined || (values[0] === difference.kafka && values[1] === difference.samsa)),
  )
}
