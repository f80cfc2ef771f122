import type { TopicDescription } from '@samsa/client'
import type { ClusterFacts, Settings } from './cluster-facts.ts'
import { type Finding, findingOf } from './finding.ts'

const MEBIBYTE = 1024 * 1024
const MINUTE_MS = 60_000

/** One smell: which topics have it. */
interface TopicCheck extends Omit<Finding, 'items'> {
  readonly applies: (topic: Topic, brokers: number) => boolean
}

interface Topic {
  readonly isInternal: boolean
  readonly replicas: number
  readonly number: (key: string) => number
  readonly text: (key: string) => string
}

const checks: readonly TopicCheck[] = [
  {
    level: 'problem',
    check: 'min-isr-unreachable',
    what: 'Topics ask for more replicas in sync (min.insync.replicas) than they have: producers with acks=all are always refused.',
    toDo: 'Lower min.insync.replicas (kafka-configs --alter), or add replicas (kafka-reassign-partitions).',
    applies: ({ replicas, number }) => number('min.insync.replicas') > replicas,
  },
  {
    level: 'warning',
    check: 'min-isr-all',
    what: 'Topics need all of their replicas in sync: one broker that stops, stops producers with acks=all.',
    toDo: 'Set min.insync.replicas to one less than the replication factor.',
    applies: ({ replicas, number }) => replicas > 1 && number('min.insync.replicas') === replicas,
  },
  {
    level: 'warning',
    check: 'one-replica',
    what: 'Topics have one replica though there are several brokers: with their broker they are gone.',
    toDo: 'Add replicas with kafka-reassign-partitions, and make topics with --replication-factor 3.',
    applies: ({ replicas }, brokers) => replicas === 1 && brokers > 1,
  },
  {
    level: 'hint',
    check: 'min-isr-one',
    what: 'Topics acknowledge acks=all with a single replica in sync.',
    toDo: 'Set min.insync.replicas to 2, and an acknowledged record survives the loss of a broker.',
    applies: ({ replicas, number, isInternal }) =>
      !isInternal && replicas > 2 && number('min.insync.replicas') === 1,
  },
  {
    level: 'warning',
    check: 'unclean-election',
    what: 'Topics let a replica lead that is not in sync: acknowledged records can be lost.',
    toDo: 'Set unclean.leader.election.enable=false unless being available matters more.',
    applies: ({ text }) => text('unclean.leader.election.enable') === 'true',
  },
  {
    level: 'warning',
    check: 'tiny-segments',
    what: 'Topics begin a new segment very often: many small files, open handles and slow starts.',
    toDo: 'Set segment.bytes to at least some megabytes, and segment.ms to at least an hour.',
    applies: ({ number }) => number('segment.bytes') < MEBIBYTE || number('segment.ms') < MINUTE_MS,
  },
  {
    level: 'hint',
    check: 'unlimited-retention',
    what: 'Topics keep everything for ever: the disk fills up in the end.',
    toDo: 'Set retention.ms or retention.bytes, or compact (cleanup.policy=compact), unless that is meant.',
    applies: ({ number, text, isInternal }) =>
      !isInternal &&
      text('cleanup.policy') === 'delete' &&
      number('retention.ms') === -1 &&
      number('retention.bytes') === -1,
  },
  {
    level: 'warning',
    check: 'short-retention',
    what: 'Topics delete records within minutes: a consumer that pauses loses some.',
    toDo: 'Raise retention.ms above the longest time that consumers may be away.',
    applies: ({ number, text }) =>
      text('cleanup.policy').includes('delete') &&
      number('retention.ms') >= 0 &&
      number('retention.ms') < 10 * MINUTE_MS,
  },
]

/** Whether topics are configured as one would want them. */
export function checkTopics({ topics, topicSettings, brokers }: ClusterFacts): Finding[] {
  const known = topics.flatMap(topic => {
    const settings = topicSettings.get(topic.name)
    return settings === undefined ? [] : [{ name: topic.name, topic: topicOf(topic, settings) }]
  })
  return checks.flatMap(({ applies, ...finding }) => {
    const meant = known.filter(({ topic }) => applies(topic, brokers.length))
    return findingOf(
      meant.map(({ name }) => name),
      finding,
    )
  })
}

function topicOf({ isInternal, partitions }: TopicDescription, settings: Settings): Topic {
  const text = (key: string) => settings.get(key) ?? ''
  // What a broker does not tell compares as false with any number.
  const number = (key: string) => (text(key) === '' ? Number.NaN : Number(text(key)))
  const replicas = Math.min(...partitions.map(({ replicas }) => replicas.length))
  return { isInternal, replicas, number, text }
}
