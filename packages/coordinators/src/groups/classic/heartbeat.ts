import type { HeartbeatRequest, HeartbeatResponse } from '@samsa/protocol'
import { type Decision, type DecisionContext, respond, sessionTimer } from './decision.ts'
import type { Group } from './group.ts'
import { checkGeneration } from './membership.ts'

const NONE: readonly never[] = []
const ALIVE: HeartbeatResponse = { throttleTimeMs: 0, errorCode: 'NONE' }
const REJOIN: HeartbeatResponse = { throttleTimeMs: 0, errorCode: 'REBALANCE_IN_PROGRESS' }

/** Heartbeat v0–4: the member is alive, and learns whether to rejoin. */
export function decideHeartbeat(
  group: Group | undefined,
  request: HeartbeatRequest,
  context: DecisionContext,
): Decision<HeartbeatResponse> {
  if (request.groupId === '') return refuse('INVALID_GROUP_ID')
  if (group === undefined) return refuse('UNKNOWN_MEMBER_ID')
  const error = checkGeneration(group, request)
  if (error !== 'NONE') return refuse(error)
  const member = group.members.get(request.memberId)!
  const session = { key: sessionTimer(member.id), at: context.now + member.sessionTimeoutMs }
  const response = group.state === 'PreparingRebalance' ? REJOIN : ALIVE
  return { events: NONE, timers: [session], answers: NONE, response }
}

function refuse(errorCode: HeartbeatResponse['errorCode']): Decision<HeartbeatResponse> {
  return respond({ throttleTimeMs: 0, errorCode })
}
