import { UpdateFeatures } from '@samsa/protocol'
import { KafkaError, throwIfError } from '../errors.ts'
import { apiVersionsOf } from './cluster-description.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { exchange } from './exchange.ts'
import type { Outcomes } from './results.ts'
import { toController } from './routing.ts'
import { doneOr, single } from './single.ts'

/** The lowest and the highest level of a feature. */
export interface FeatureRange {
  readonly minVersion: number
  readonly maxVersion: number
}

/** What the cluster's features are set to, and what the broker that was asked could do (KIP-584). */
export interface FeatureMetadata {
  readonly finalized: ReadonlyMap<string, FeatureRange>
  /** Grows with each change; undefined where the broker does not tell. */
  readonly finalizedEpoch: number | undefined
  readonly supported: ReadonlyMap<string, FeatureRange>
}

export interface DescribeFeaturesOptions extends CallOptions {
  /** The broker to ask. Default: any. */
  readonly broker?: number | undefined
}

/** The levels of features that the cluster runs with and a broker supports. */
export async function describeFeatures(
  context: AdminContext,
  options: DescribeFeaturesOptions,
): Promise<FeatureMetadata> {
  return single(context, 'ApiVersions', options, async deadline => {
    const response = await apiVersionsOf(context, options.broker ?? 'any', deadline)
    throwIfError(response.errorCode)
    return {
      finalized: new Map(
        response.finalizedFeatures.map(({ name, minVersionLevel, maxVersionLevel }) => [
          name,
          { minVersion: minVersionLevel, maxVersion: maxVersionLevel },
        ]),
      ),
      finalizedEpoch: response.finalizedFeaturesEpoch < 0 ? undefined : response.finalizedFeaturesEpoch,
      supported: new Map(
        response.supportedFeatures.map(({ name, minVersion, maxVersion }) => [
          name,
          { minVersion, maxVersion },
        ]),
      ),
    }
  })
}

/** How a feature's level may change, by the numbers on the wire. */
const upgradeTypes = { UPGRADE: 1, SAFE_DOWNGRADE: 2, UNSAFE_DOWNGRADE: 3 } as const
export type UpgradeType = keyof typeof upgradeTypes

/** The level that a feature is to have. */
export interface FeatureUpdate {
  readonly feature: string
  /** 0 turns it off. */
  readonly maxVersion: number
  /** Default: `UPGRADE`, which refuses to go down. */
  readonly upgradeType?: UpgradeType | undefined
}

export interface UpdateFeaturesOptions extends CallOptions {
  /** Checks only, and changes nothing. */
  readonly validateOnly?: boolean | undefined
}

/** Sets the levels of features, all or none (KIP-584, KIP-778). Items are names of features. */
export function updateFeatures(
  context: AdminContext,
  updates: readonly FeatureUpdate[],
  options: UpdateFeaturesOptions,
): Outcomes<string, undefined> {
  const byName = new Map(updates.map(update => [update.feature, update]))
  return exchange<string, undefined>(context, options, {
    what: 'UpdateFeatures',
    items: [...byName.keys()],
    route: toController(context),
    async ask(target, names, settle, deadline) {
      const timeoutMs = deadline.attemptMs()
      const draft = (version: number) => ({
        timeoutMs,
        featureUpdates: names.map(name => updateOf(byName.get(name)!, version)),
        validateOnly: options.validateOnly ?? false,
      })
      const limits = { timeoutMs, minVersion: options.validateOnly ? 1 : 0 }
      const response = await context.cluster.send(UpdateFeatures, target, draft, limits)
      const { errorCode, errorMessage } = response
      if (errorCode !== 'NONE') throw new KafkaError(errorCode, errorMessage ?? undefined)
      for (const result of response.results)
        settle(result.feature, doneOr(result.errorCode, result.errorMessage))
      // From version 2 on the one error stands for all.
      for (const name of names) settle(name, undefined)
    },
  })
}

function updateOf({ feature, maxVersion, upgradeType = 'UPGRADE' }: FeatureUpdate, version: number) {
  const update = { feature, maxVersionLevel: maxVersion }
  if (version === 0) return { ...update, allowDowngrade: upgradeType !== 'UPGRADE' }
  return { ...update, upgradeType: upgradeTypes[upgradeType] }
}
