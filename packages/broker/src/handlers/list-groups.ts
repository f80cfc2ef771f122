import { ListGroups } from '@samsa/protocol'
import type { Handler } from '../handler.ts'

/** ListGroups v0–5. The groups this broker coordinates, filtered by state and type. */
export const listGroups: Handler<typeof ListGroups> = {
  api: ListGroups,
  async serve({ statesFilter, typesFilter }, { groups }) {
    const listed = await groups.list({ states: statesFilter, types: typesFilter })
    return { throttleTimeMs: 0, errorCode: listed.error, groups: listed.groups }
  },
}
