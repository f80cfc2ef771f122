import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int16, int32, int64, string, struct } from '../schema/field.ts'

/**
 * ApiVersions: which APIs, in which versions, a server speaks. The first question of most clients.
 *
 * A server that does not know the version asked in answers in v0 with UNSUPPORTED_VERSION and its list, which is why
 * the response never has a flexible header. v3 is flexible, tells name and version of the client's library (KIP-511)
 * and the features of the cluster (KIP-584); v4 may report features whose range starts at 0.
 */
export const ApiVersions = api({
  name: 'ApiVersions',
  key: 18,
  versions: [0, 4],
  flexible: 3,
  request: () => ({
    clientSoftwareName: string.since(3).default('').ignorable(),
    clientSoftwareVersion: string.since(3).default('').ignorable(),
  }),
  response: () => ({
    errorCode,
    apiKeys: array(
      struct({
        apiKey: int16,
        minVersion: int16,
        maxVersion: int16,
      }),
    ),
    throttleTimeMs: int32.since(1).default(0).ignorable(),
    supportedFeatures: array(
      struct({
        name: string,
        minVersion: int16,
        maxVersion: int16,
      }),
    )
      .ignorable()
      .tagged(0, 3),
    finalizedFeaturesEpoch: int64.default(-1).ignorable().tagged(1, 3),
    finalizedFeatures: array(
      struct({
        name: string,
        maxVersionLevel: int16,
        minVersionLevel: int16,
      }),
    )
      .ignorable()
      .tagged(2, 3),
    zkMigrationReady: boolean.default(false).ignorable().tagged(3, 3),
  }),
})
export interface ApiVersionsRequest extends RequestOf<typeof ApiVersions> {}
export interface ApiVersionsResponse extends ResponseOf<typeof ApiVersions> {}
