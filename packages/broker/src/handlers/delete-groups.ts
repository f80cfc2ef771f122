import { decideDelete } from '@samsa/coordinators'
import { DeleteGroups, type ErrorName } from '@samsa/protocol'
import type { Handler } from '../handler.ts'

/** DeleteGroups v0–2. Forgets groups without members, with all their offsets. */
export const deleteGroups: Handler<typeof DeleteGroups> = {
  api: DeleteGroups,
  async serve({ groupsNames }, { groups, pace }) {
    const groupIds = [...new Set(groupsNames)]
    const errors = await pace.mapAnswers(groupIds, groupId =>
      groups.execute<ErrorName>(groupId, decideDelete, error => error),
    )
    const results = groupIds.map((groupId, at) => ({ groupId, errorCode: errors[at]! }))
    return { throttleTimeMs: 0, results }
  },
}
