import {
  type Api,
  ApiVersions,
  type CompleteResponseOf,
  type ErrorName,
  Metadata,
  apiOf,
} from '@samsa/protocol'
import { KafkaError } from '../errors.ts'

export interface VersionRange {
  readonly min: number
  readonly max: number
}

/** What a broker speaks: versions by the key of the API. */
export class BrokerVersions {
  readonly #ranges: ReadonlyMap<number, VersionRange>
  /** Features of the cluster that are switched on, with their levels (KIP-584). */
  readonly features: ReadonlyMap<string, number>

  constructor(answer: CompleteResponseOf<typeof ApiVersions>) {
    this.#ranges = new Map(
      answer.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [
        apiKey,
        { min: minVersion, max: maxVersion },
      ]),
    )
    this.features = new Map(
      answer.finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]),
    )
  }

  /** Which versions of an API the broker speaks; undefined when it does not. */
  of(api: Api): VersionRange | undefined {
    return this.#ranges.get(api.key)
  }

  /** Every API the broker speaks, by its key; also those this client does not know. */
  entries(): IterableIterator<[apiKey: number, range: VersionRange]> {
    return this.#ranges.entries()
  }

  /**
   * The newest version that broker, client and caller agree on. Throws `KafkaError` UNSUPPORTED.
   *
   * @param wanted the caller's bounds, both included
   */
  choose(
    api: Api,
    wanted: { minVersion?: number | undefined; maxVersion?: number | undefined },
    broker: string,
  ): number {
    const range = this.of(api)
    if (range === undefined) {
      const reason =
        api === Metadata
          ? 'it seems to be a controller. Name brokers'
          : 'it is too old, or the feature is switched off there'
      const message = `broker ${broker} does not know ${api.name}: ${reason}.`
      throw new KafkaError('UNSUPPORTED', message, { broker })
    }
    const newest = api.latestVersionUnstable ? api.maxVersion - 1 : api.maxVersion
    const version = Math.min(range.max, wanted.maxVersion ?? newest, newest)
    const oldest = Math.max(range.min, wanted.minVersion ?? 0, api.minVersion)
    if (version < oldest) {
      const ours = `${Math.max(wanted.minVersion ?? 0, api.minVersion)} to ${Math.min(wanted.maxVersion ?? newest, newest)}`
      const message = `broker ${broker} speaks versions ${range.min} to ${range.max} of ${api.name}, and ${ours} are needed: one side is too old.`
      throw new KafkaError('UNSUPPORTED', message, { broker })
    }
    return version
  }
}

/** The version of ApiVersions to ask in next, after an answer of UNSUPPORTED_VERSION. */
export function olderVersion(answer: {
  errorCode: ErrorName
  apiKeys: readonly { apiKey: number; maxVersion: number }[]
}): number {
  const said = answer.apiKeys.find(({ apiKey }) => apiKey === ApiVersions.key)
  return Math.max(0, Math.min(said?.maxVersion ?? 0, ApiVersions.maxVersion))
}

/** The name of an API for people, also of one this client does not know. */
export function apiName(apiKey: number): string {
  return apiOf(apiKey)?.name ?? `API ${apiKey}`
}
