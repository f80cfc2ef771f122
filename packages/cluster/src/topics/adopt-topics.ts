import type { Decision } from '../decision.ts'
import { keys } from '../image/keys.ts'
import type { MetadataImage } from '../image/metadata-image.ts'
import type { Operation, Transaction } from '../store/metadata-store.ts'
import { creation } from './create-topics.ts'
import { topicNameProblem } from './topic-name.ts'

/** A topic found on disk. */
export interface FoundTopic {
  readonly name: string
  readonly topicId: string
  /** Highest partition index found, plus one. */
  readonly partitionCount: number
  /** Overrides that came with it. */
  readonly configs: Readonly<Record<string, string>>
  /** By partition index: the epoch its leader has from now on, larger than any before; 0 or none where it is new. */
  readonly leaderEpochs: readonly (number | undefined)[]
}

export interface AdoptedTopic {
  readonly name: string
  readonly topicId: string
  /** `stray`: the name belongs to another topic, or is no topic's name; its files are left alone. */
  readonly outcome: 'adopted' | 'extended' | 'known' | 'stray'
}

/**
 * Decides what becomes of topics found in a broker's log directories: one the store does not know is taken in with all
 * partitions on that broker, one it knows with fewer partitions is extended.
 */
export function decideAdoptTopics(
  image: MetadataImage,
  found: readonly FoundTopic[],
  brokerId: number,
): Decision<AdoptedTopic[]> {
  const changes: Transaction[] = []
  const taken = new Set<string>()
  const response = found.map((topic): AdoptedTopic => {
    const { name, topicId } = topic
    const known = image.topic(name)
    const stray =
      topicNameProblem(name) !== undefined ||
      taken.has(name) ||
      (known === undefined ? image.topicById(topicId) !== undefined : known.topicId !== topicId)
    if (stray) return { name, topicId, outcome: 'stray' }
    taken.add(name)
    const assignment = known?.partitions.map(({ replicas }) => replicas) ?? []
    if (topic.partitionCount <= assignment.length) return { name, topicId, outcome: 'known' }
    while (assignment.length < topic.partitionCount) assignment.push([brokerId])
    const states = statesOf(topic, known?.partitions.length ?? 0, brokerId)
    if (known === undefined) {
      const { conditions, operations } = creation(name, { topicId, assignment }, topic.configs)
      changes.push({ conditions, operations: [...operations, ...states] })
      return { name, topicId, outcome: 'adopted' }
    }
    const key = keys.topic(name)
    changes.push({
      conditions: [{ key, modRevision: known.modRevision }],
      operations: [{ type: 'put', key, value: { topicId, assignment } }, ...states],
    })
    return { name, topicId, outcome: 'extended' }
  })
  return { changes, response }
}

/** Clients ignore leaders of an older epoch than they have seen, and a log's epochs only grow: go on where they were. */
function statesOf({ topicId, leaderEpochs }: FoundTopic, from: number, brokerId: number): Operation[] {
  return leaderEpochs.flatMap((leaderEpoch, index): Operation[] => {
    if (leaderEpoch === undefined || leaderEpoch === 0 || index < from) return []
    const value = { leader: brokerId, leaderEpoch, isr: [brokerId], partitionEpoch: 0 }
    return [{ type: 'put', key: keys.partitionState(topicId, index), value }]
  })
}
