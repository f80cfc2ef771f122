import { decideHeartbeat } from '@samsa/coordinators'
import { type ErrorName, Heartbeat, type HeartbeatResponse } from '@samsa/protocol'
import type { Handler } from '../handler.ts'

/** Heartbeat v0–4. The group decides; this file only finds the group. */
export const heartbeat: Handler<typeof Heartbeat> = {
  api: Heartbeat,
  serve(request, { groups }) {
    return groups.execute(
      request.groupId,
      (group, context) => decideHeartbeat(group, request, context),
      refuse,
    )
  },
}

// While the group is loaded nobody is missed: members are spared an error that makes some of them rejoin.
function refuse(error: ErrorName): HeartbeatResponse {
  return { throttleTimeMs: 0, errorCode: error === 'COORDINATOR_LOAD_IN_PROGRESS' ? 'NONE' : error }
}
