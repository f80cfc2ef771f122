import { describeGroup, respond } from '@samsa/coordinators'
import { DescribeGroups, type DescribeGroupsResponse, type ErrorName } from '@samsa/protocol'
import { ALL_GROUP_OPERATIONS } from '../authorized-operations.ts'
import type { Handler, RequestContext } from '../handler.ts'

type DescribedGroup = DescribeGroupsResponse['groups'][number]

/** DescribeGroups v0–6. State, protocol and members of each group. */
export const describeGroups: Handler<typeof DescribeGroups> = {
  api: DescribeGroups,
  async serve(request, context) {
    const groups = await context.pace.mapAnswers(request.groups, groupId => describe(groupId, context))
    if (!request.includeAuthorizedOperations) return { throttleTimeMs: 0, groups }
    return { throttleTimeMs: 0, groups: groups.map(withOperations) }
  },
}

function describe(
  groupId: string,
  { groups, apiVersion }: RequestContext,
): DescribedGroup | Promise<DescribedGroup> {
  return groups.execute(
    groupId,
    group => respond(describeGroup(group, groupId, apiVersion)),
    error => refused(groupId, error),
  )
}

function refused(groupId: string, errorCode: ErrorName): DescribedGroup {
  return { errorCode, groupId, groupState: '', protocolType: '', protocolData: '', members: [] }
}

function withOperations(group: DescribedGroup): DescribedGroup {
  return group.errorCode === 'NONE' ? { ...group, authorizedOperations: ALL_GROUP_OPERATIONS } : group
}
