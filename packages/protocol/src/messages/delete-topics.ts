import { ZERO_UUID } from '@samsa/base'
import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, string, struct, uuid } from '../schema/field.ts'

/**
 * DeleteTopics: deletes topics.
 *
 * v1 adds the throttle time, v4 is flexible, v5 explains errors (KIP-599), v6 takes ids besides names (KIP-516).
 */
export const DeleteTopics = api({
  name: 'DeleteTopics',
  key: 20,
  versions: [0, 6],
  flexible: 4,
  request: () => ({
    topics: array(
      struct({
        name: string.nullable().default(null),
        topicId: uuid,
      }),
    )
      .since(6)
      .default([]),
    topicNames: array(string).until(5).default([]).ignorable(),
    timeoutMs: int32,
  }),
  response: () => ({
    throttleTimeMs: int32.since(1).default(0).ignorable(),
    responses: array(
      struct({
        name: string.nullable(6),
        topicId: uuid.since(6).default(ZERO_UUID).ignorable(),
        errorCode,
        errorMessage: string.since(5).nullable().default(null).ignorable(),
      }),
    ),
  }),
})
export interface DeleteTopicsRequest extends RequestOf<typeof DeleteTopics> {}
export interface DeleteTopicsResponse extends ResponseOf<typeof DeleteTopics> {}
