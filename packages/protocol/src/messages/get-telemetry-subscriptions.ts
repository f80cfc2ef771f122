import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int8, int32, string, uuid } from '../schema/field.ts'

/**
 * GetTelemetrySubscriptions: which metrics a client should push, and how often (KIP-714).
 */
export const GetTelemetrySubscriptions = api({
  name: 'GetTelemetrySubscriptions',
  key: 71,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    clientInstanceId: uuid,
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    clientInstanceId: uuid,
    subscriptionId: int32,
    acceptedCompressionTypes: array(int8),
    pushIntervalMs: int32,
    telemetryMaxBytes: int32,
    deltaTemporality: boolean,
    requestedMetrics: array(string),
  }),
})
export interface GetTelemetrySubscriptionsRequest extends RequestOf<typeof GetTelemetrySubscriptions> {}
export interface GetTelemetrySubscriptionsResponse extends ResponseOf<typeof GetTelemetrySubscriptions> {}
