import type { Admin } from '@samsa/client'
import type { Io } from '../../command/command.ts'
import { comparePartitions, partitionName } from './assignment.ts'

/** Prints the reassignments under way. */
export async function list(admin: Admin, io: Io): Promise<void> {
  const underWay = [...(await admin.listPartitionReassignments())].sort(comparePartitions)
  if (underWay.length === 0) {
    io.print('No partition reassignments found.\n')
    return
  }
  io.print('Current partition reassignments:\n')
  for (const one of underWay) {
    const adding = one.addingReplicas.length === 0 ? '' : ` adding: ${one.addingReplicas.join(',')}.`
    const removing = one.removingReplicas.length === 0 ? '' : ` removing: ${one.removingReplicas.join(',')}.`
    io.print(`${partitionName(one)}: replicas: ${one.replicas.join(',')}.${adding}${removing}\n`)
  }
}
