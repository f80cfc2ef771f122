import type { ErrorName, JoinGroupResponse, SyncGroupResponse } from '@samsa/protocol'
import { type Group, NO_BYTES, metadataFor } from './group.ts'

/** JoinGroup's answer when the member is not in a generation. */
export function joinRefused(memberId: string, errorCode: ErrorName): JoinGroupResponse {
  return {
    throttleTimeMs: 0,
    errorCode,
    generationId: -1,
    protocolType: null,
    protocolName: null,
    leader: '',
    skipAssignment: false,
    memberId,
    members: [],
  }
}

/** JoinGroup's answer with the group's current generation; the leader also learns who takes part. */
export function joinedAs(group: Group, memberId: string): JoinGroupResponse {
  return {
    throttleTimeMs: 0,
    errorCode: 'NONE',
    generationId: group.generation,
    protocolType: group.protocolType ?? null,
    protocolName: group.protocol ?? null,
    leader: group.leader ?? '',
    skipAssignment: false,
    memberId,
    members: group.leader === memberId ? participants(group, group.protocol) : [],
  }
}

/** The members with what the assignor must know about them. */
export function participants(group: Group, protocol: string | undefined): JoinGroupResponse['members'] {
  return Array.from(group.members.values(), member => ({
    memberId: member.id,
    groupInstanceId: member.instanceId,
    metadata: metadataFor(member.protocols, protocol),
  }))
}

export function syncRefused(errorCode: ErrorName): SyncGroupResponse {
  return { throttleTimeMs: 0, errorCode, protocolType: null, protocolName: null, assignment: NO_BYTES }
}

export function synced(group: Group, assignment: Uint8Array): SyncGroupResponse {
  return {
    throttleTimeMs: 0,
    errorCode: 'NONE',
    protocolType: group.protocolType ?? null,
    protocolName: group.protocol ?? null,
    assignment,
  }
}
