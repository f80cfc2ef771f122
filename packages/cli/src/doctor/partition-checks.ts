import type { PartitionDescription } from '@samsa/client'
import type { ClusterFacts } from './cluster-facts.ts'
import { type Finding, findingOf } from './finding.ts'

/** Whether every partition has its leader and its replicas. */
export function checkPartitions(facts: ClusterFacts): Finding[] {
  const named = (isMeant: (partition: PartitionDescription, topic: string) => boolean) =>
    facts.topics.flatMap(({ name, partitions }) =>
      partitions.filter(one => isMeant(one, name)).map(({ partition }) => `${name}-${partition}`),
    )
  const minimum = (topic: string) => Number(facts.topicSettings.get(topic)?.get('min.insync.replicas') ?? 1)
  const isOffline = ({ leader }: PartitionDescription) => leader === undefined
  const isBelowMinimum = (one: PartitionDescription, topic: string) =>
    !isOffline(one) && one.isr.length < minimum(topic) && one.replicas.length >= minimum(topic)
  return [
    ...findingOf(named(isOffline), {
      level: 'problem',
      check: 'offline-partitions',
      what: 'Partitions have no leader: they can be neither written nor read.',
      toDo: 'Start the brokers that hold their replicas (kafka-topics --describe --unavailable-partitions).',
    }),
    ...findingOf(named(isBelowMinimum), {
      level: 'problem',
      check: 'under-min-isr',
      what: 'Partitions have fewer replicas in sync than min.insync.replicas: producers with acks=all are refused.',
      toDo: 'Bring brokers back, or look why their replicas lag: disk, network, or too much at a time.',
    }),
    ...findingOf(
      named(
        (one, topic) =>
          !isOffline(one) && one.isr.length < one.replicas.length && !isBelowMinimum(one, topic),
      ),
      {
        level: 'problem',
        check: 'under-replicated',
        what: 'Partitions have replicas that are not in sync.',
        toDo: 'Start the brokers that are missing from Isr (kafka-topics --describe --under-replicated-partitions).',
      },
    ),
    ...findingOf(
      named(one => !isOffline(one) && one.leader !== one.replicas[0]),
      {
        level: 'hint',
        check: 'other-leader',
        what: 'Partitions are led by another broker than the first of their replicas.',
        toDo: 'It evens out by itself with auto.leader.rebalance.enable; kafka-leader-election --election-type preferred does it now.',
      },
    ),
  ]
}
