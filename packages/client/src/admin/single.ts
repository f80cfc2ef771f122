import type { ErrorName } from '@samsa/protocol'
import { KafkaError } from '../errors.ts'
import { type AdminContext, type CallOptions, type Deadline, deadlineOf } from './context.ts'

/**
 * Carries out a call with one answer: lost connections and passing errors are tried again until the call's time is up.
 *
 * @param what the API, for messages
 */
export async function single<T>(
  context: AdminContext,
  what: string,
  options: CallOptions,
  attempt: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const deadline = deadlineOf(context, options)
  return context.cluster.retry(what, deadline.atMs, async () => {
    try {
      return await attempt(deadline)
    } catch (error) {
      throw error instanceof KafkaError && error.code === 'NOT_CONTROLLER' ? movedController(error) : error
    }
  })
}

/** Metadata tells who the controller is now. */
function movedController(cause: KafkaError): KafkaError {
  return new KafkaError('NOT_CONTROLLER', undefined, { retry: 'refresh', cause })
}

/** A value, or the error that a broker gave in its place. */
export function valueOr<T>(value: T, errorCode: ErrorName, message?: string | null): T | KafkaError {
  return errorCode === 'NONE' ? value : new KafkaError(errorCode, message ?? undefined)
}

/** For items that have no more to say than that they are done. */
export function doneOr(errorCode: ErrorName, message?: string | null): undefined | KafkaError {
  return valueOr(undefined, errorCode, message)
}

/** Asks every broker of the cluster and joins what they tell. Fails when one of them does. */
export async function ofEveryBroker<T>(
  context: AdminContext,
  what: string,
  options: CallOptions,
  ask: (broker: number, deadline: Deadline) => Promise<readonly T[]>,
): Promise<T[]> {
  return single(context, what, options, async deadline => {
    await context.cluster.metadata.refresh()
    const brokers = context.cluster.metadata.brokers().map(broker => broker.nodeId)
    const parts = await Promise.all(brokers.map(broker => ask(broker, deadline)))
    return parts.flat()
  })
}
