import { AssertionError } from '@samsa/base'
import type { Group } from './classic/group.ts'

/**
 * The groups of one partition of `__consumer_offsets`: what its records add up to, and the rebalances under way.
 * Changed by `evolve` and `endTransaction` only.
 */
export interface Groups {
  readonly byId: Map<string, Group>
  /** Ids of the groups with offsets of an open transaction, by producer id. */
  readonly openTransactions: Map<number, Set<string>>
}

export function newGroups(): Groups {
  return { byId: new Map(), openTransactions: new Map() }
}

/** The group, which must exist. */
export function groupOf(groups: Groups, groupId: string): Group {
  const group = groups.byId.get(groupId)
  if (group === undefined) throw new AssertionError(`group ${groupId} exists when it is changed`)
  return group
}
