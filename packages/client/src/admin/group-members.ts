import { DeleteGroups, LeaveGroup } from '@samsa/protocol'
import { throwIfError } from '../errors.ts'
import { describeConsumerGroups } from './consumer-groups.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { toCoordinators } from './coordinators.ts'
import { exchange } from './exchange.ts'
import { Outcomes } from './results.ts'
import { doneOr } from './single.ts'

/** Deletes groups without members, with their offsets: classic, consumer, share and streams ones. Items are group ids. */
export function deleteGroups(
  context: AdminContext,
  groupIds: readonly string[],
  options: CallOptions,
): Outcomes<string, undefined> {
  return exchange<string, undefined>(context, options, {
    what: 'DeleteGroups',
    items: groupIds,
    route: toCoordinators(context, 'group', groupId => groupId),
    async ask(target, groupsNames, settle, deadline) {
      const limits = { timeoutMs: deadline.attemptMs() }
      const { results } = await context.cluster.send(DeleteGroups, target, { groupsNames }, limits)
      for (const { groupId, errorCode } of results) settle(groupId, doneOr(errorCode))
    },
  })
}

/** A member to be removed: a static one by the name it was given, any by its id. */
export type MemberToRemove = { readonly instanceId: string } | { readonly memberId: string }

export interface RemoveMembersOptions extends CallOptions {
  /** Said to the broker, for its log (KIP-800). */
  readonly reason?: string | undefined
}

/** Removes members from a group of consumers; all of them when none are named. Items are the members. */
export function removeGroupMembers(
  context: AdminContext,
  groupId: string,
  members: readonly MemberToRemove[] | undefined,
  options: RemoveMembersOptions,
): Outcomes<MemberToRemove, undefined> {
  if (members !== undefined) return remove(context, groupId, members, options)
  const found = describeConsumerGroups(context, [groupId], options).values()
  return new Outcomes(
    found.then(([group]) => {
      const all = group.members.map(({ instanceId, memberId }): MemberToRemove => {
        return instanceId === undefined ? { memberId } : { instanceId }
      })
      return remove(context, groupId, all, options).results()
    }),
  )
}

function remove(
  context: AdminContext,
  groupId: string,
  members: readonly MemberToRemove[],
  options: RemoveMembersOptions,
): Outcomes<MemberToRemove, undefined> {
  const reason = options.reason ?? 'removed by an administrator'
  return exchange<MemberToRemove, undefined>(context, options, {
    what: 'LeaveGroup',
    items: members,
    route: toCoordinators(context, 'group', () => groupId),
    async ask(target, members, settle, deadline) {
      const request = {
        groupId,
        members: members.map(member =>
          'instanceId' in member
            ? { memberId: '', groupInstanceId: member.instanceId, reason }
            : { memberId: member.memberId, groupInstanceId: null, reason },
        ),
      }
      const limits = { timeoutMs: deadline.attemptMs(), minVersion: 3 }
      const response = await context.cluster.send(LeaveGroup, target, request, limits)
      throwIfError(response.errorCode)
      for (const { memberId, groupInstanceId, errorCode } of response.members)
        settle(groupInstanceId === null ? { memberId } : { instanceId: groupInstanceId }, doneOr(errorCode))
    },
  })
}
