import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int16, int32, string, struct, uint16, uuid } from '../schema/field.ts'

/**
 * ControllerRegistration: a controller makes itself known to the active one (KIP-919).
 */
export const ControllerRegistration = api({
  name: 'ControllerRegistration',
  key: 70,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    controllerId: int32,
    incarnationId: uuid,
    zkMigrationReady: boolean,
    listeners: array(
      struct({
        name: string,
        host: string,
        port: uint16,
        securityProtocol: int16,
      }),
    ),
    features: array(
      struct({
        name: string,
        minSupportedVersion: int16,
        maxSupportedVersion: int16,
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    errorMessage: string.nullable(),
  }),
})
export interface ControllerRegistrationRequest extends RequestOf<typeof ControllerRegistration> {}
export interface ControllerRegistrationResponse extends ResponseOf<typeof ControllerRegistration> {}
