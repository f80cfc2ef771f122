import { decideDelete } from '@samsa/coordinators'
import { DeleteGroups, type ErrorName } from '@samsa/protocol'
import type { Handler } from '../handler.ts'

/** DeleteGroups v0–2. Forgets groups without members, with all their offsets. */
export const deleteGroups: Handler<typeof DeleteGroups> = {
  api: DeleteGroups,
  async serve({ groupsNames }, { groups }) {
    const deletions = [...new Set(groupsNames)].map(async groupId => {
      const errorCode = await groups.execute<ErrorName>(groupId, decideDelete, error => error)
      return { groupId, errorCode }
    })
    return { throttleTimeMs: 0, results: await Promise.all(deletions) }
  },
}
