import { ListGroups } from '@samsa/protocol'
import { throwIfError } from '../errors.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { ofEveryBroker } from './single.ts'

const groupTypes = ['classic', 'consumer', 'share', 'streams'] as const
/** How the members of a group share out work: by the classic protocol, KIP-848, KIP-932 or KIP-1071. */
export type GroupType = (typeof groupTypes)[number]

/** The state of a group, in Kafka's words. */
export type GroupState =
  | 'Unknown'
  | 'PreparingRebalance'
  | 'CompletingRebalance'
  | 'Stable'
  | 'Dead'
  | 'Empty'
  | 'Assigning'
  | 'Reconciling'
  | 'NotReady'

/** A group that exists. */
export interface GroupListing {
  readonly groupId: string
  /** Undefined where the broker does not tell. */
  readonly type: GroupType | undefined
  readonly state: GroupState | undefined
  /** `consumer` for groups of consumers; empty for groups that only keep offsets. */
  readonly protocolType: string
}

export interface ListGroupsOptions extends CallOptions {
  /** Only groups in these states. Default: all. */
  readonly states?: readonly GroupState[] | undefined
  /** Only groups of these types. Default: all. */
  readonly types?: readonly GroupType[] | undefined
  /** Only groups of these protocol types; `''` is that of groups that only keep offsets. Default: all. */
  readonly protocolTypes?: readonly string[] | undefined
}

/** All groups of the cluster. */
export async function listGroups(context: AdminContext, options: ListGroupsOptions): Promise<GroupListing[]> {
  const { states = [], types = [], protocolTypes } = options
  const minVersion = types.length > 0 ? 5 : states.length > 0 ? 4 : 0
  const listings = await ofEveryBroker(context, 'ListGroups', options, async (broker, deadline) => {
    const request = { statesFilter: states, typesFilter: types }
    const limits = { timeoutMs: deadline.attemptMs(), minVersion }
    const response = await context.cluster.send(ListGroups, broker, request, limits)
    throwIfError(response.errorCode)
    return response.groups.map(group => ({
      groupId: group.groupId,
      type: groupTypeOf(group.groupType),
      state: group.groupState === '' ? undefined : groupStateOf(group.groupState),
      protocolType: group.protocolType,
    }))
  })
  if (protocolTypes === undefined) return listings
  return listings.filter(({ protocolType }) => protocolTypes.includes(protocolType))
}

const groupStates: readonly GroupState[] = [
  'PreparingRebalance',
  'CompletingRebalance',
  'Stable',
  'Dead',
  'Empty',
  'Assigning',
  'Reconciling',
  'NotReady',
]

/** A state by its name; brokers differ in upper and lower case. */
export function groupStateOf(name: string): GroupState {
  return groupStates.find(state => state.toLowerCase() === name.toLowerCase()) ?? 'Unknown'
}

function groupTypeOf(name: string): GroupType | undefined {
  return groupTypes.find(type => type === name.toLowerCase())
}
