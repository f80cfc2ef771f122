import type { Admin, CallOptions, GroupListing, GroupState, GroupType } from '@samsa/client'

/** The states a group of consumers can be in. */
export const consumerGroupStates: readonly GroupState[] = [
  'PreparingRebalance',
  'CompletingRebalance',
  'Stable',
  'Dead',
  'Empty',
  'Assigning',
  'Reconciling',
]

export interface ConsumerGroupFilter extends CallOptions {
  /** Only these states; none means all. */
  readonly states?: readonly GroupState[]
  /** Only these types; none means all. */
  readonly types?: readonly GroupType[]
}

/** Groups of consumers, classic or of KIP-848, and those that only keep offsets; by their ids. */
export async function listConsumerGroups(
  admin: Admin,
  { states = [], types = [], timeoutMs }: ConsumerGroupFilter = {},
): Promise<GroupListing[]> {
  const all = await admin.listGroups({ states, timeoutMs, protocolTypes: ['consumer', ''] })
  return all.filter(group => isOfConsumers(group, types)).sort((a, b) => (a.groupId < b.groupId ? -1 : 1))
}

function isOfConsumers({ type }: GroupListing, types: readonly GroupType[]): boolean {
  if (types.length > 0) return type !== undefined && types.includes(type)
  return type === undefined || type === 'classic' || type === 'consumer'
}
