import { ZERO_UUID } from '@samsa/base'
import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int8, int16, int32, string, struct, uuid } from '../schema/field.ts'

/**
 * CreateTopics: creates topics, each with a number of partitions and replicas or with an explicit assignment.
 *
 * v1 can only validate and explains errors, v4 takes -1 for the broker's defaults (KIP-464), v5 is flexible and
 * answers with the configuration that the topic got (KIP-525), v6 may be throttled (KIP-599), v7 answers with the
 * topic's id (KIP-516).
 */
export const CreateTopics = api({
  name: 'CreateTopics',
  key: 19,
  versions: [0, 7],
  flexible: 5,
  request: () => ({
    topics: array(
      struct({
        name: string,
        numPartitions: int32,
        replicationFactor: int16,
        assignments: array(
          struct({
            partitionIndex: int32,
            brokerIds: array(int32),
          }),
        ),
        configs: array(
          struct({
            name: string,
            value: string.nullable(),
          }),
        ),
      }),
    ),
    timeoutMs: int32.default(60000),
    validateOnly: boolean.since(1).default(false),
  }),
  response: () => ({
    throttleTimeMs: int32.since(2).default(0).ignorable(),
    topics: array(
      struct({
        name: string,
        topicId: uuid.since(7).default(ZERO_UUID).ignorable(),
        errorCode,
        errorMessage: string.since(1).nullable().default('').ignorable(),
        topicConfigErrorCode: errorCode.ignorable().tagged(0, 5),
        numPartitions: int32.since(5).default(-1).ignorable(),
        replicationFactor: int16.since(5).default(-1).ignorable(),
        configs: array(
          struct({
            name: string,
            value: string.nullable(),
            readOnly: boolean,
            configSource: int8.default(-1).ignorable(),
            isSensitive: boolean,
          }),
        )
          .since(5)
          .nullable()
          .default([])
          .ignorable(),
      }),
    ),
  }),
})
export interface CreateTopicsRequest extends RequestOf<typeof CreateTopics> {}
export interface CreateTopicsResponse extends ResponseOf<typeof CreateTopics> {}
