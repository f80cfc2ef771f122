import { ZERO_UUID } from '@samsa/base'
import { GetTelemetrySubscriptions } from '@samsa/protocol'
import { throwIfError } from '../errors.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { single } from './single.ts'

/** What a broker wants to be told of a client's metrics (KIP-714). */
export interface TelemetrySubscription {
  /** The id that the broker gave to this client. */
  readonly clientInstanceId: string
  readonly subscriptionId: number
  readonly pushIntervalMs: number
  readonly telemetryMaxBytes: number
  /** Beginnings of names; one empty name stands for all metrics, none for none. */
  readonly requestedMetrics: readonly string[]
  /** Counters are pushed as differences rather than as totals. */
  readonly deltaTemporality: boolean
}

/**
 * Asks a broker which metrics it wants of a client.
 *
 * @param clientInstanceId the id given before; undefined lets the broker give one
 */
export async function telemetrySubscription(
  context: AdminContext,
  clientInstanceId: string | undefined,
  options: CallOptions,
): Promise<TelemetrySubscription> {
  return single(context, 'GetTelemetrySubscriptions', options, async deadline => {
    const request = { clientInstanceId: clientInstanceId ?? ZERO_UUID }
    const limits = { timeoutMs: deadline.attemptMs() }
    const answer = await context.cluster.send(GetTelemetrySubscriptions, 'any', request, limits)
    throwIfError(answer.errorCode)
    return {
      clientInstanceId: answer.clientInstanceId,
      subscriptionId: answer.subscriptionId,
      pushIntervalMs: answer.pushIntervalMs,
      telemetryMaxBytes: answer.telemetryMaxBytes,
      requestedMetrics: answer.requestedMetrics,
      deltaTemporality: answer.deltaTemporality,
    }
  })
}
