import { decideDelete } from '@samsa/coordinators'
import { DeleteGroups, type ErrorName } from '@samsa/protocol'
import type { Handler } from '../handler.ts'
import { distinctInSteps } from '../steps.ts'

/** DeleteGroups v0–2. Forgets groups without members, with all their offsets. */
export const deleteGroups: Handler<typeof DeleteGroups> = {
  api: DeleteGroups,
  async serve({ groupsNames }, { groups, pace }) {
    const groupIds = await pace.run(distinctInSteps(groupsNames))
    const errors = await pace.mapAnswers(groupIds, groupId =>
      groups.execute<ErrorName>(groupId, decideDelete, error => error),
    )
    let next = 0
    const results = await pace.map(groupIds, groupId => ({ groupId, errorCode: errors[next++]! }))
    return { throttleTimeMs: 0, results }
  },
}
