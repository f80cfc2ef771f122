import { ListGroups } from '@samsa/protocol'
import type { Handler } from '../handler.ts'

/** There are not nearly as many states and types. */
const FILTERS_MAX = 1_000

/** ListGroups v0–5. The groups this broker coordinates, filtered by state and type. */
export const listGroups: Handler<typeof ListGroups> = {
  api: ListGroups,
  async serve({ statesFilter, typesFilter }, { groups }) {
    if (statesFilter.length + typesFilter.length > FILTERS_MAX) {
      return { throttleTimeMs: 0, errorCode: 'INVALID_REQUEST', groups: [] }
    }
    const listed = await groups.list({ states: statesFilter, types: typesFilter })
    return { throttleTimeMs: 0, errorCode: listed.error, groups: listed.groups }
  },
}
