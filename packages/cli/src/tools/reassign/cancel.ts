import type { Admin } from '@samsa/client'
import type { Io } from '../../command/command.ts'
import { namesOf } from './assignment.ts'
import { throwFailures } from './execute.ts'
import { logDirMovesOf, moveToLogDirs } from './log-dir-moves.ts'
import { reassignmentOf } from './reassignment-file.ts'
import { clearThrottles } from './throttles.ts'

export interface CancelOptions {
  /** The reassignment, as JSON. */
  readonly file: string
  readonly preservesThrottles: boolean
  /** How long to try to move replicas back to their log directories. */
  readonly timeoutMs: number
}

/** Takes back what of a reassignment is under way. */
export async function cancel(admin: Admin, given: CancelOptions, io: Io): Promise<void> {
  const { partitions, placed } = reassignmentOf(given.file)
  const underWay = (
    await admin.listPartitionReassignments(partitions.map(({ topic, partition }) => ({ topic, partition })))
  ).filter(({ addingReplicas, removingReplicas }) => addingReplicas.length + removingReplicas.length > 0)
  if (underWay.length === 0) io.print('None of the specified partition reassignments are active.\n')
  else {
    const back = underWay.map(({ topic, partition }) => ({ topic, partition, replicas: null }))
    const failures = (await admin.alterPartitionReassignments(back).results()).failures()
    throwFailures(`Error cancelling partition reassignment${failures.length === 1 ? '' : 's'} for`, failures)
    io.print(
      `Successfully cancelled partition reassignment${underWay.length === 1 ? '' : 's'} for: ${namesOf(underWay)}\n`,
    )
  }
  const moving = (await logDirMovesOf(admin, placed)).filter(({ state }) => state === 'under way')
  // Kafka's tool ends the line only with what comes next.
  if (moving.length === 0) io.print('None of the specified partition moves are active.')
  else {
    const back = moving.map(({ replica, current }) => ({ ...replica, path: current! }))
    await moveToLogDirs(admin, back, given.timeoutMs, io)
  }
  if (!given.preservesThrottles) await clearThrottles(admin, partitions, io)
}
