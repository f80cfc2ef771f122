import type { Admin, KafkaError, TopicPartition } from '@samsa/client'
import { FailedError, type Io } from '../../command/command.ts'
import { messageOf } from '../../command/java-name.ts'
import { type Assignment, assignmentJson, comparePartitions, namesOf, partitionName } from './assignment.ts'
import { assignmentsOf, placesOf } from './current.ts'
import { moveToLogDirs } from './log-dir-moves.ts'
import { checkReassignment, reassignmentOf } from './reassignment-file.ts'
import { TerseFailure } from './terse-failure.ts'
import { throttleLogDirs, throttleMoves } from './throttles.ts'

export interface ExecuteOptions {
  /** The reassignment, as JSON. */
  readonly file: string
  /** Others may be under way. */
  readonly isAdditional: boolean
  /** Bytes a second between brokers; negative for no bound. */
  readonly throttle: number
  /** Bytes a second between log directories; negative for no bound. */
  readonly logDirThrottle: number
  /** How long to try to begin moves to log directories. */
  readonly timeoutMs: number
  /** Whether partitions may get more or fewer replicas. */
  readonly allowReplicationFactorChange: boolean
}

/** Starts a reassignment; prints how partitions are assigned before. */
export async function execute(admin: Admin, given: ExecuteOptions, io: Io): Promise<void> {
  const wanted = reassignmentOf(given.file)
  checkReassignment(wanted)
  const proposed = wanted.partitions
  const underWay = await admin.listPartitionReassignments()
  if (!given.isAdditional && underWay.length > 0) {
    throw new TerseFailure(
      'Cannot execute because there is an existing partition assignment.  Use --additional to override this and create a new partition assignment in addition to the existing one. The --additional flag can also be used to change the throttle by resubmitting the current reassignment.',
    )
  }
  await checkBrokers(admin, proposed)
  const current = await assignmentsOf(admin, proposed)
  const json = assignmentJson(current, await placesOf(admin, current))
  io.print(
    `Current partition replica assignment\n\n${json}\n\nSave this to use as the --reassignment-json-file option during rollback\n`,
  )
  if (given.throttle >= 0 || given.logDirThrottle >= 0) {
    io.print(
      'Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.\n',
    )
  }
  if (given.throttle >= 0) await throttleMoves(admin, { underWay, proposed, current }, given.throttle, io)
  if (given.logDirThrottle >= 0) await throttleLogDirs(admin, wanted.placed, given.logDirThrottle, io)
  const results = await admin
    .alterPartitionReassignments(proposed, {
      allowReplicationFactorChange: given.allowReplicationFactorChange,
    })
    .results()
  throwFailures('Error reassigning partition(s)', results.failures())
  io.print(
    `Successfully started partition reassignment${proposed.length === 1 ? '' : 's'} for ${namesOf(proposed)}\n`,
  )
  if (wanted.placed.length > 0) await moveToLogDirs(admin, wanted.placed, given.timeoutMs, io)
}

/** Throws a `TerseFailure` that tells what befell each partition, if anything. */
export function throwFailures(
  what: string,
  failures: readonly { readonly item: TopicPartition; readonly error: KafkaError }[],
): void {
  if (failures.length === 0) return
  const lines = [...failures]
    .sort((a, b) => comparePartitions(a.item, b.item))
    .map(({ item, error }) => `${partitionName(item)}: ${messageOf(error)}`)
  throw new TerseFailure(`${what}:\n${lines.join('\n')}`)
}

async function checkBrokers(admin: Admin, proposed: readonly Assignment[]): Promise<void> {
  const known = new Set((await admin.describeCluster()).brokers.map(({ id }) => id))
  const unknown = proposed
    .flatMap(({ replicas }) => replicas)
    .filter(id => !known.has(id))
    .sort((a, b) => a - b)
  if (unknown.length > 0) throw new FailedError(`Unknown broker id ${unknown[0]}`)
}
