import { StoreError } from '@samsa/cluster'
import {
  type ErrorName,
  InitProducerId,
  type InitProducerIdRequest,
  type InitProducerIdResponse,
} from '@samsa/protocol'
import type { Handler, RequestContext } from '../handler.ts'

const NONE = -1

/** InitProducerId v0–5. Gives idempotent producers their id (KIP-98). Transactions are not served yet. */
export const initProducerId: Handler<typeof InitProducerId> = {
  api: InitProducerId,
  async serve(request, context) {
    const refusal = refusalOf(request)
    if (refusal !== undefined) return refused(refusal)
    try {
      const producerId = await context.metadata.producerIds.next()
      return producerId === undefined ? refused('UNKNOWN_SERVER_ERROR') : answer('NONE', producerId, 0)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      return unavailable(error, context)
    }
  },
}

function refusalOf({
  transactionalId,
  producerId,
  producerEpoch,
}: InitProducerIdRequest): ErrorName | undefined {
  if ((producerId === NONE) !== (producerEpoch === NONE)) return 'INVALID_REQUEST'
  if (transactionalId === null) return undefined
  return transactionalId === '' ? 'INVALID_REQUEST' : 'UNSUPPORTED_VERSION'
}

function unavailable(error: StoreError, { logger }: RequestContext): InitProducerIdResponse {
  logger.error('No producer id can be given out, because the metadata cannot be written.', { error })
  return refused('COORDINATOR_NOT_AVAILABLE')
}

function refused(errorCode: ErrorName): InitProducerIdResponse {
  return answer(errorCode, NONE, NONE)
}

function answer(errorCode: ErrorName, producerId: number, producerEpoch: number): InitProducerIdResponse {
  return {
    throttleTimeMs: 0,
    errorCode,
    producerId,
    producerEpoch,
    ongoingTxnProducerId: NONE,
    ongoingTxnProducerEpoch: NONE,
  }
}
