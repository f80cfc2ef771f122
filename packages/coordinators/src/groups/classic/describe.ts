import type { DescribeGroupsResponse, ListGroupsResponse } from '@samsa/protocol'
import { type Group, NO_BYTES, metadataFor } from './group.ts'

type DescribedGroup = DescribeGroupsResponse['groups'][number]
type ListedGroup = ListGroupsResponse['groups'][number]

/** From this version on, a group that does not exist is an error (KIP-1043); before, it is described as Dead. */
const NOT_FOUND_SINCE = 6

/** One entry of DescribeGroups v0–6. What the members offered is told while the group is stable. */
export function describeGroup(group: Group | undefined, groupId: string, apiVersion: number): DescribedGroup {
  if (group === undefined) return describeMissing(groupId, apiVersion)
  const isStable = group.state === 'Stable'
  return {
    errorCode: 'NONE',
    errorMessage: null,
    groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: isStable ? (group.protocol ?? '') : '',
    members: Array.from(group.members.values(), member => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: isStable ? metadataFor(member.protocols, group.protocol) : NO_BYTES,
      memberAssignment: member.assignment,
    })),
  }
}

function describeMissing(groupId: string, apiVersion: number): DescribedGroup {
  const isError = apiVersion >= NOT_FOUND_SINCE
  return {
    errorCode: isError ? 'GROUP_ID_NOT_FOUND' : 'NONE',
    errorMessage: isError ? `Group ${groupId} not found.` : null,
    groupId,
    groupState: 'Dead',
    protocolType: '',
    protocolData: '',
    members: [],
  }
}

/** Which groups ListGroups asks for. No filter lets all pass. */
export interface GroupFilter {
  readonly states: readonly string[]
  readonly types: readonly string[]
}

/** The entries of ListGroups v0–5: names of states and types are compared without regard to case (KIP-518, KIP-848). */
export function listGroups(groups: Iterable<Group>, filter: GroupFilter): ListedGroup[] {
  const states = new Set(filter.states.map(state => state.trim().toLowerCase()))
  const listsClassic =
    filter.types.length === 0 || filter.types.some(type => type.trim().toLowerCase() === 'classic')
  if (!listsClassic) return []
  const listed: ListedGroup[] = []
  for (const group of groups) {
    if (states.size > 0 && !states.has(group.state.toLowerCase())) continue
    listed.push({
      groupId: group.id,
      protocolType: group.protocolType ?? '',
      groupState: group.state,
      groupType: 'classic',
    })
  }
  return listed
}
