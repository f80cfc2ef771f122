import { FailedError } from '../../command/command.ts'
import {
  type JsonObject,
  documentOf,
  integerIn,
  integersIn,
  listOf,
  objectOf,
  textIn,
  textsOf,
} from '../json-file.ts'
import {
  ANY_LOG_DIR,
  type Assignment,
  type PlacedReplica,
  duplicatesIn,
  partitionName,
} from './assignment.ts'

/** What a --reassignment-json-file asks for. */
export interface Reassignment {
  readonly partitions: readonly Assignment[]
  /** Replicas for which a log directory is named. */
  readonly placed: readonly PlacedReplica[]
}

/** Reads a reassignment, without a look at whether it could be carried out. Throws `FailedError`. */
export function reassignmentOf(text: string): Reassignment {
  const { partitions } = documentOf(text)
  const entries = partitions === undefined ? [] : listOf(partitions).map(objectOf).map(entryOf)
  const placed = new Map(
    entries.flatMap(({ placed }) =>
      placed.map(one => [JSON.stringify([one.topic, one.partition, one.broker]), one]),
    ),
  )
  return { partitions: entries.map(({ assignment }) => assignment), placed: [...placed.values()] }
}

function entryOf(object: JsonObject): { assignment: Assignment; placed: PlacedReplica[] } {
  const [topic, partition] = [textIn(object, 'topic'), integerIn(object, 'partition')]
  const replicas = integersIn(object, 'replicas')
  const paths =
    object['log_dirs'] === undefined ? replicas.map(() => ANY_LOG_DIR) : textsOf(object['log_dirs'])
  if (paths.length !== replicas.length) {
    throw new FailedError(
      `Size of replicas list [${replicas.join(', ')}] is different from size of log dirs list [${paths.join(', ')}] for partition ${topic}-${partition}`,
    )
  }
  const placed = replicas
    .map((broker, at) => ({ topic, partition, broker, path: paths[at]! }))
    .filter(({ path }) => path !== ANY_LOG_DIR)
  return { assignment: { topic, partition, replicas }, placed }
}

/** Throws `FailedError` for a reassignment that cannot be meant. */
export function checkReassignment({ partitions }: Reassignment): void {
  if (partitions.length === 0) throw new FailedError('Partition reassignment list cannot be empty')
  if (partitions.some(({ replicas }) => replicas.length === 0))
    throw new FailedError('Partition replica list cannot be empty')
  const twice = duplicatesIn(partitions.map(partitionName))
  if (twice.length > 0)
    throw new FailedError(`Partition reassignment contains duplicate topic partitions: ${twice.join(',')}`)
  const repeats = partitions
    .map(one => ({ name: partitionName(one), brokers: duplicatesIn(one.replicas) }))
    .filter(({ brokers }) => brokers.length > 0)
    .map(({ name, brokers }) => `${name} contains multiple entries for ${brokers.join(',')}`)
  if (repeats.length > 0)
    throw new FailedError(`Partition replica lists may not contain duplicate entries: ${repeats.join('. ')}`)
}

/** Reads a --topics-to-move-json-file. Throws `FailedError`. */
export function topicsToMoveOf(text: string): string[] {
  const { topics } = documentOf(text)
  const names =
    topics === undefined
      ? []
      : listOf(topics)
          .map(objectOf)
          .map(one => textIn(one, 'topic'))
  const twice = duplicatesIn(names)
  if (twice.length > 0)
    throw new FailedError(`List of topics to reassign contains duplicate entries: [${twice.join(', ')}]`)
  return names
}
