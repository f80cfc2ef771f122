import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int8, int16, int32, string, struct } from '../schema/field.ts'

/**
 * UpdateFeatures: finalizes levels of the cluster's features (KIP-584).
 *
 * v1 tells safe and unsafe downgrades apart and can only validate (KIP-778), v2 has one result for all features.
 */
export const UpdateFeatures = api({
  name: 'UpdateFeatures',
  key: 57,
  versions: [0, 2],
  flexible: 0,
  request: () => ({
    timeoutMs: int32.default(60000),
    featureUpdates: array(
      struct({
        feature: string,
        maxVersionLevel: int16,
        allowDowngrade: boolean.until(0).default(false),
        upgradeType: int8.since(1).default(1),
      }),
    ),
    validateOnly: boolean.since(1).default(false),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    errorMessage: string.nullable(),
    results: array(
      struct({
        feature: string,
        errorCode,
        errorMessage: string.nullable(),
      }),
    )
      .until(1)
      .default([])
      .ignorable(),
  }),
})
export interface UpdateFeaturesRequest extends RequestOf<typeof UpdateFeatures> {}
export interface UpdateFeaturesResponse extends ResponseOf<typeof UpdateFeatures> {}
