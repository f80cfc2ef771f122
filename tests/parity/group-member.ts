import { encodeUtf8 } from '@samsa/base'
import { JoinGroup } from '@samsa/protocol'
import type { Pair } from './pair.ts'

export const protocols = (...names: string[]) => names.map(name => ({ name, metadata: encodeUtf8(name) }))

export const joinOf = (version: number, groupId: string, memberId: string, more: object = {}) => ({
  groupId,
  memberId,
  sessionTimeoutMs: 10_000,
  protocolType: 'consumer',
  protocols: protocols('range', 'other'),
  ...(version >= 1 ? { rebalanceTimeoutMs: 10_000 } : {}),
  ...more,
})

/** Joins, twice where the first answer only gives an id. */
export async function joined(pair: Pair, version: number, groupId: string, more: object = {}) {
  const first = await pair.ask('a member', JoinGroup, version, joinOf(version, groupId, '', more))
  if (first.samsa.errorCode !== 'MEMBER_ID_REQUIRED') return first
  return pair.ask('a member, with its id', JoinGroup, version, side =>
    joinOf(version, groupId, first[side].memberId, more),
  )
}
