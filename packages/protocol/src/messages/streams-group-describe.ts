import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int16, int32, int64, string, struct, uint16 } from '../schema/field.ts'

const keyValue = struct({
  key: string,
  value: string,
})

const topicInfo = struct({
  name: string,
  partitions: int32,
  replicationFactor: int16,
  topicConfigs: array(keyValue),
})

const endpoint = struct({
  host: string,
  port: uint16,
})

const taskOffset = struct({
  subtopologyId: string,
  partition: int32,
  offset: int64,
})

const taskIds = struct({
  subtopologyId: string,
  partitions: array(int32),
})

const assignment = struct({
  activeTasks: array(taskIds),
  standbyTasks: array(taskIds),
  warmupTasks: array(taskIds),
})

/**
 * StreamsGroupDescribe: state, topology, members and tasks of streams groups (KIP-1071).
 */
export const StreamsGroupDescribe = api({
  name: 'StreamsGroupDescribe',
  key: 89,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    groupIds: array(string),
    includeAuthorizedOperations: boolean,
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    groups: array(
      struct({
        errorCode,
        errorMessage: string.nullable().default(null),
        groupId: string,
        groupState: string,
        groupEpoch: int32,
        assignmentEpoch: int32,
        topology: struct({
          epoch: int32,
          subtopologies: array(
            struct({
              subtopologyId: string,
              sourceTopics: array(string),
              repartitionSinkTopics: array(string),
              stateChangelogTopics: array(topicInfo),
              repartitionSourceTopics: array(topicInfo),
            }),
          )
            .nullable()
            .default(null),
        })
          .nullable()
          .default(null),
        members: array(
          struct({
            memberId: string,
            memberEpoch: int32,
            instanceId: string.nullable().default(null),
            rackId: string.nullable().default(null),
            clientId: string,
            clientHost: string,
            topologyEpoch: int32,
            processId: string,
            userEndpoint: endpoint.nullable().default(null),
            clientTags: array(keyValue),
            taskOffsets: array(taskOffset),
            taskEndOffsets: array(taskOffset),
            assignment,
            targetAssignment: assignment,
            isClassic: boolean,
          }),
        ),
        authorizedOperations: int32.default(-2147483648),
      }),
    ),
  }),
})
export interface StreamsGroupDescribeRequest extends RequestOf<typeof StreamsGroupDescribe> {}
export interface StreamsGroupDescribeResponse extends ResponseOf<typeof StreamsGroupDescribe> {}
