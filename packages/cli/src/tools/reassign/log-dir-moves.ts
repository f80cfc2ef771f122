import type { Admin } from '@samsa/client'
import type { Io } from '../../command/command.ts'
import { FailedError } from '../../command/command.ts'
import { type PlacedReplica, compareReplicas, replicaName } from './assignment.ts'
import { TerseFailure } from './terse-failure.ts'

/** How far the move of a replica to a log directory is. */
export interface LogDirMove {
  readonly replica: PlacedReplica
  readonly state: 'replica missing' | 'directory missing' | 'under way' | 'done' | 'not begun'
  readonly current?: string | undefined
  readonly future?: string | undefined
}

/** How far moves of replicas to log directories are. */
export async function logDirMovesOf(admin: Admin, placed: readonly PlacedReplica[]): Promise<LogDirMove[]> {
  const replicas = placed.map(({ topic, partition, broker }) => ({ topic, partition, broker }))
  const places = replicas.length === 0 ? undefined : await admin.describeReplicaLogDirs(replicas)
  return placed.map(replica => {
    const { topic, partition, broker, path } = replica
    const place = places?.get({ topic, partition, broker })
    if (place === undefined) return { replica, state: 'replica missing' }
    const [current, future] = [place.current?.path, place.future?.path]
    if (current === undefined) return { replica, state: 'directory missing' }
    if (future !== undefined) return { replica, state: 'under way', current, future }
    return { replica, state: current === path ? 'done' : 'not begun', current }
  })
}

/** Whether anything is still to come of it. */
export function isOver({ state }: LogDirMove): boolean {
  return state === 'done' || state === 'not begun'
}

/** Says how far a move is. */
export function moveText({ replica, state, current, future }: LogDirMove): string {
  const { topic, partition, broker, path } = replica
  const where = `Partition ${topic}-${partition} on broker ${broker}`
  switch (state) {
    case 'directory missing':
      return `Partition ${topic}-${partition} is not found in any live log dir on broker ${broker}. There is likely an offline log directory on the broker.`
    case 'replica missing':
      return `Partition ${topic}-${partition} cannot be found in any live log directory on broker ${broker}.`
    case 'under way':
      return path === future
        ? `Reassignment of replica ${replicaName(replica)} is still in progress.`
        : `${where} is being moved to log dir ${future} instead of ${path}.`
    case 'not begun':
      return `${where} is not being moved from log dir ${current} to ${path}.`
    case 'done':
      return `Reassignment of replica ${replicaName(replica)} completed successfully.`
  }
}

const RETRY_MS = 100

/**
 * Moves replicas to log directories. A replica that is not on its broker yet is asked for again until it is.
 *
 * @param timeoutMs throws a `TerseFailure` when some could not be begun by then
 */
export async function moveToLogDirs(
  admin: Admin,
  placed: readonly PlacedReplica[],
  timeoutMs: number,
  io: Io,
): Promise<void> {
  const startMs = Date.now()
  let pending = [...placed].sort(compareReplicas)
  for (;;) {
    const results = await admin.alterReplicaLogDirs(pending).results()
    const left: PlacedReplica[] = []
    for (const move of pending) {
      const { topic, partition, broker, path } = move
      const error = results.errorOf({ topic, partition, broker })
      if (error === undefined) {
        io.print(
          `Successfully started moving log directory to ${path} for replica ${topic}-${partition} with broker ${broker} \n`,
        )
      } else if (error.code === 'REPLICA_NOT_AVAILABLE') left.push(move)
      else throw new FailedError(`Failed to alter dir for ${replicaName(move)}: ${error.message}`)
    }
    if (left.length === 0) return
    if (Date.now() >= startMs + timeoutMs) {
      throw new TerseFailure(
        `Timed out before log directory move${left.length === 1 ? '' : 's'} could be started for: ${left.map(replicaName).join(',')}`,
      )
    }
    pending = left
    await new Promise(done => setTimeout(done, RETRY_MS))
  }
}
