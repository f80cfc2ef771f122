import type { Admin } from '@samsa/client'
import { FailedError, type Io } from '../../command/command.ts'
import { type Assignment, assignmentJson, duplicatesIn } from './assignment.ts'
import { assignmentsOfTopics, placesOf } from './current.ts'
import { topicsToMoveOf } from './reassignment-file.ts'
import { type CandidateBroker, spreadReplicas } from './spread-replicas.ts'

/** Prints how topics are assigned now, and how they could be assigned to some brokers. */
export async function generate(
  admin: Admin,
  given: { readonly topics: string; readonly brokers: string; readonly isRackAware: boolean },
  io: Io,
): Promise<void> {
  const brokers = given.brokers.split(',').map(brokerOf)
  const twice = duplicatesIn(brokers)
  if (twice.length > 0) throw new FailedError(`Broker list contains duplicate entries: [${twice.join(', ')}]`)
  const current = await assignmentsOfTopics(admin, topicsToMoveOf(given.topics))
  const places = await placesOf(admin, current)
  const candidates = await candidatesOf(admin, brokers, given.isRackAware)
  const proposed = proposalFor(current, candidates)
  io.print(`Current partition replica assignment\n${assignmentJson(current, places)}\n\n`)
  io.print(`Proposed partition reassignment configuration\n${assignmentJson(proposed)}\n`)
}

function brokerOf(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new FailedError(`--broker-list: '${text}' is not the id of a broker`)
  return Number(text)
}

async function candidatesOf(
  admin: Admin,
  ids: readonly number[],
  isRackAware: boolean,
): Promise<CandidateBroker[]> {
  const { brokers } = await admin.describeCluster()
  const found = brokers.filter(({ id }) => ids.includes(id))
  const withRack = found.filter(({ rack }) => rack !== undefined).length
  if (isRackAware && withRack !== 0 && withRack !== found.length) {
    throw new FailedError(
      'Not all brokers have rack information. Add --disable-rack-aware in command line to make replica assignment without rack information.',
    )
  }
  return found.map(({ id, rack }) => ({ id, rack: isRackAware ? rack : undefined }))
}

function proposalFor(current: readonly Assignment[], brokers: readonly CandidateBroker[]): Assignment[] {
  const topics = new Map<string, Assignment[]>()
  for (const one of current) topics.set(one.topic, [...(topics.get(one.topic) ?? []), one])
  const random = (below: number) => Math.floor(Math.random() * below)
  return [...topics].flatMap(([topic, partitions]) =>
    spreadReplicas(brokers, partitions.length, partitions[0]!.replicas.length, random).map(
      (replicas, partition) => ({ topic, partition, replicas }),
    ),
  )
}
