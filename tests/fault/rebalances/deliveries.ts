import type { ClientProcess, Delivery } from '../../interop/member-process.ts'
import type { Sample } from './group-under-fire.ts'

/**
 * What holds of all a group's members were handed. Values are the numbers of their partition, equal to the offsets.
 *
 * - A record has the number of its offset.
 * - Within an assignment a member reads a partition without a gap, and never goes back.
 * - An assignment begins at a committed offset: no further back than what was known to be committed before it.
 *
 * Throws the first that does not; returns how much was read, and how much of it twice.
 */
export function checkDeliveries(members: readonly ClientProcess[], samples: readonly Sample[]): string {
  for (const member of members) checkMember(member, samples)
  const all = members.flatMap(({ deliveries }) => deliveries)
  const distinct = new Set(all.map(({ partition, offset }) => `${partition}/${offset}`)).size
  return `${distinct} records read, ${all.length - distinct} of them twice`
}

function checkMember({ label, deliveries, assignedAtMs }: ClientProcess, samples: readonly Sample[]): void {
  const last = new Map<number, Delivery & { assignment: number }>()
  for (const delivery of deliveries) {
    const { partition, offset, value, assignment } = delivery
    const fail = (what: string) => {
      throw new Error(`${label}: ${partition}/${offset} (assignment ${assignment}) ${what}`)
    }
    if (value !== String(offset)) fail(`has the value ${value}`)
    const before = last.get(partition)
    last.set(partition, delivery)
    if (before?.assignment === assignment) {
      if (offset !== before.offset + 1) fail(`came after ${before.offset}`)
      continue
    }
    if (before?.offset === offset - 1) continue
    const committed = committedBefore(assignedAtMs.get(assignment), samples, partition)
    if (offset < committed) fail(`was read again, after ${committed} had been committed`)
  }
}

/** The largest offset known to be committed before a time. */
function committedBefore(atMs: number | undefined, samples: readonly Sample[], partition: number): number {
  if (atMs === undefined) return 0
  const offsets = samples.filter(sample => sample.atMs < atMs).map(({ offsets }) => offsets[partition]!)
  return Math.max(0, ...offsets)
}
