import { decideJoin, joinRefused } from '@samsa/coordinators'
import { JoinGroup, type JoinGroupResponse } from '@samsa/protocol'
import { memberUuid } from '../groups/member-uuid.ts'
import type { Handler } from '../handler.ts'
import { whenAnswered } from '../when-answered.ts'

/** From this version on, "no protocol" is null. */
const NULL_PROTOCOL_SINCE = 7

/** JoinGroup v0–9. The group decides; the answer may wait until the join phase ends. */
export const joinGroup: Handler<typeof JoinGroup> = {
  api: JoinGroup,
  serve(request, { apiVersion, clientId, client, groups, world }) {
    const uuid = request.memberId === '' ? memberUuid(world.random) : ''
    // Kafka shows addresses as Java does.
    const member = { clientId, clientHost: `/${client.host}`, uuid }
    const answer = groups.execute<JoinGroupResponse>(
      request.groupId,
      (group, context, ticket) => decideJoin(group, { request, apiVersion, ticket, ...member }, context),
      error => joinRefused(request.memberId, error),
    )
    return whenAnswered(answer, response => spellProtocol(response, apiVersion))
  },
}

function spellProtocol(response: JoinGroupResponse, apiVersion: number): JoinGroupResponse {
  if (apiVersion >= NULL_PROTOCOL_SINCE || response.protocolName !== null) return response
  return { ...response, protocolName: '' }
}
