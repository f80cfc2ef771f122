import type { Admin, GroupListing, GroupState } from '@samsa/client'
import { type GroupProgress, groupProgress } from './group-progress.ts'

/** A group in a line. What only groups of consumers have is undefined in others. */
export interface GroupSummary {
  readonly group: string
  /** `classic`, `consumer`, `share` or `streams`. */
  readonly type: string | undefined
  readonly protocol: string
  readonly state: GroupState | undefined
  readonly members: number | undefined
  /** Partitions that it reads or has offsets for. */
  readonly partitions: number | undefined
  /** Records that are still to be processed, in the partitions where that is known. */
  readonly lag: number | undefined
}

/** The groups whose names agree, of all types, by their names. */
export async function groupSummaries(
  admin: Admin,
  isMeant: (groupId: string) => boolean,
): Promise<GroupSummary[]> {
  const listed = (await admin.listGroups()).filter(({ groupId }) => isMeant(groupId))
  const ids = listed.filter(isOfConsumers).map(({ groupId }) => groupId)
  const progress = await groupProgress(admin, ids, { leavesOutFailed: true })
  const known = new Map(progress.map(one => [one.group.groupId, one]))
  return listed
    .map(listing => summaryOf(listing, known.get(listing.groupId)))
    .sort((a, b) => (a.group < b.group ? -1 : 1))
}

function isOfConsumers({ type, protocolType }: GroupListing): boolean {
  return (
    type === 'consumer' || (type !== 'share' && type !== 'streams' && ['consumer', ''].includes(protocolType))
  )
}

function summaryOf(listing: GroupListing, progress: GroupProgress | undefined): GroupSummary {
  return {
    group: listing.groupId,
    type: listing.type,
    protocol: listing.protocolType,
    state: progress?.group.state ?? listing.state,
    members: progress?.group.members.length,
    partitions: progress?.partitions.length,
    lag: progress && totalLag(progress),
  }
}

/** Records that a group still has to process, in the partitions where that is known. */
export function totalLag({ partitions }: GroupProgress): number {
  return partitions.reduce((sum, { lag }) => sum + (lag ?? 0), 0)
}
