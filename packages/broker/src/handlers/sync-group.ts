import { decideSync, syncRefused } from '@samsa/coordinators'
import { SyncGroup, type SyncGroupResponse } from '@samsa/protocol'
import type { Handler } from '../handler.ts'

/** SyncGroup v0–5. The group decides; the answer may wait for the leader's assignment. */
export const syncGroup: Handler<typeof SyncGroup> = {
  api: SyncGroup,
  serve(request, { apiVersion, groups }) {
    return groups.execute<SyncGroupResponse>(
      request.groupId,
      (group, context, ticket) => decideSync(group, { request, apiVersion, ticket }, context),
      syncRefused,
    )
  },
}
