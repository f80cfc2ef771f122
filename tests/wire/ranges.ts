import { type Api, ApiVersions, apiOf } from '@samsa/protocol'
import { type Place, WireConnection } from './wire-connection.ts'

/** Which versions of an API a broker speaks. */
export interface Range {
  readonly api: Api
  readonly min: number
  readonly max: number
}

/** What a broker says it speaks, by API key. */
export async function rangesOf(place: Place): Promise<Map<number, Range>> {
  const connection = await WireConnection.open(place)
  try {
    const answer = await connection.request(ApiVersions, 0, {})
    const known = answer.apiKeys.filter(row => apiOf(row.apiKey) !== undefined)
    return new Map(
      known.map(row => [row.apiKey, { api: apiOf(row.apiKey)!, min: row.minVersion, max: row.maxVersion }]),
    )
  } finally {
    connection.close()
  }
}
