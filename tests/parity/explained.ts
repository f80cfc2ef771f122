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
    api: 'Fetch',
    path: /\.records$/,
    belowVersion: 4,
    label: /from|byte/,
    reason:
      'Kafka fills what a down-conversion saved with an unfinished message, and ends with one; Samsa sends what there is',
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
      'Kafka makes a group, on disk too, of a first join that it refuses; Samsa keeps nothing of requests that it refuses',
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
    path: /\[(advertised\.listeners|listeners|broker\.id|log\.dirs?|process\.roles|listener\.security\.protocol\.map|controller\..*)\]/,
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
    api: 'DeleteRecords',
    path: /partitions\.length/,
    label: /a partition twice/,
    reason: 'Samsa answers each entry of the request, Kafka one of those that name the same partition',
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
    label: /an unknown operation/,
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
