import type { ErrorName } from '@samsa/protocol'
import { removeAllOffsets } from '../../offsets/remove.ts'
import { type Decision, DecisionDraft, respond, sessionTimer } from './decision.ts'
import type { Group } from './group.ts'

/** One group of DeleteGroups v0–2: only a group without members can be deleted, with all its offsets. */
export function decideDelete(group: Group | undefined): Decision<ErrorName> {
  if (group === undefined) return respond('GROUP_ID_NOT_FOUND')
  if (group.state !== 'Empty') return respond('NON_EMPTY_GROUP')
  const draft = new DecisionDraft()
  removeAllOffsets(draft, group)
  for (const memberId of group.pendingJoins) draft.cancel(sessionTimer(memberId))
  return draft.add({ type: 'groupDeleted', groupId: group.id }).respond('NONE')
}
