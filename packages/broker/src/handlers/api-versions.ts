import { ApiVersions, type ApiVersionsResponse } from '@samsa/protocol'
import { type Handler, servedVersions } from '../handler.ts'
import { handlers } from './index.ts'

const SOFTWARE_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/

/** ApiVersions v0–4. What this broker serves, read off the list of handlers. */
export const apiVersions: Handler<typeof ApiVersions> = {
  api: ApiVersions,
  serve(request, { apiVersion, client }) {
    if (apiVersion >= 3) {
      const { clientSoftwareName: name, clientSoftwareVersion: version } = request
      if (!SOFTWARE_NAME.test(name) || !SOFTWARE_NAME.test(version)) return refused('INVALID_REQUEST')
      client.software = { name, version }
    }
    return { ...refused('NONE'), apiKeys: served(), finalizedFeaturesEpoch: 0 }
  },
}

/** The answer to a version of ApiVersions from the future: v0, with the versions to choose from (KIP-511). */
export function unsupportedApiVersions(): ApiVersionsResponse {
  return {
    ...refused('UNSUPPORTED_VERSION'),
    apiKeys: served().filter(({ apiKey }) => apiKey === ApiVersions.key),
  }
}

function refused(errorCode: ApiVersionsResponse['errorCode']): ApiVersionsResponse {
  return {
    errorCode,
    apiKeys: [],
    throttleTimeMs: 0,
    supportedFeatures: [],
    finalizedFeaturesEpoch: -1,
    finalizedFeatures: [],
    zkMigrationReady: false,
  }
}

function served(): ApiVersionsResponse['apiKeys'] {
  return handlers.map(({ api }) => {
    const { oldest, newest } = servedVersions(api)
    return { apiKey: api.key, minVersion: oldest, maxVersion: newest }
  })
}
