import { FailedError } from '../command/command.ts'
import { matcherOf } from './topic-pattern.ts'

/** Which topics and which of their partitions are meant. */
export interface PartitionMatcher {
  topic(name: string): boolean
  partition(topic: string, partition: number): boolean
}

/**
 * Reads patterns of partitions, separated by commas: `orders`, `orders:3`, `orders:0-3` (without 3), `orders:2-`, `:-3`. The
 * part before the colon is a regular expression for the topic's whole name.
 */
export function partitionMatcherOf(given: string): PartitionMatcher {
  const rules = given.split(',').map(ruleOf)
  return {
    topic: name => rules.some(rule => rule.topic(name)),
    partition: (topic, partition) =>
      rules.some(rule => rule.topic(topic) && rule.partition(topic, partition)),
  }
}

function ruleOf(text: string): PartitionMatcher {
  const match = /^([^:,]*)(?::(?:(\d*)|(?:(\d*)-(\d*))))?$/.exec(text)
  if (match === null) throw new FailedError(`Invalid rule specification: ${text}`)
  const [, topic = '', only = '', from = '', below = ''] = match
  const [first, end] = only === '' ? [Number(from), boundOf(below)] : [Number(only), Number(only) + 1]
  return {
    topic: matcherOf(topic === '' ? '.*' : topic),
    partition: (_, partition) => partition >= first && partition < end,
  }
}

function boundOf(text: string): number {
  return text === '' ? Number.POSITIVE_INFINITY : Number(text)
}
