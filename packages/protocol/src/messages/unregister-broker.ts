import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { errorCode, int32, string } from '../schema/field.ts'

/**
 * UnregisterBroker: removes a broker that will not come back (KIP-631).
 */
export const UnregisterBroker = api({
  name: 'UnregisterBroker',
  key: 64,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    brokerId: int32,
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    errorMessage: string.nullable(),
  }),
})
export interface UnregisterBrokerRequest extends RequestOf<typeof UnregisterBroker> {}
export interface UnregisterBrokerResponse extends ResponseOf<typeof UnregisterBroker> {}
