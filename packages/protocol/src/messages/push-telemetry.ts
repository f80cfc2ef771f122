import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { boolean, bytes, errorCode, int8, int32, uuid } from '../schema/field.ts'

/**
 * PushTelemetry: a client pushes its metrics (KIP-714).
 */
export const PushTelemetry = api({
  name: 'PushTelemetry',
  key: 72,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    clientInstanceId: uuid,
    subscriptionId: int32,
    terminating: boolean,
    compressionType: int8,
    metrics: bytes,
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
  }),
})
export interface PushTelemetryRequest extends RequestOf<typeof PushTelemetry> {}
export interface PushTelemetryResponse extends ResponseOf<typeof PushTelemetry> {}
