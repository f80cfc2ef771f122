import { decideLeave } from '@samsa/coordinators'
import { LeaveGroup, type LeaveGroupResponse } from '@samsa/protocol'
import type { Handler } from '../handler.ts'

/** LeaveGroup v0–5. The group decides; this file only finds the group. */
export const leaveGroup: Handler<typeof LeaveGroup> = {
  api: LeaveGroup,
  serve(request, { apiVersion, groups }) {
    return groups.execute<LeaveGroupResponse>(
      request.groupId,
      group => decideLeave(group, { request, apiVersion }),
      errorCode => ({ throttleTimeMs: 0, errorCode, members: [] }),
    )
  },
}
