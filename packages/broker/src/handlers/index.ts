import type { Api } from '@samsa/protocol'
import type { Handler } from '../handler.ts'
import { apiVersions } from './api-versions.ts'
import { fetch } from './fetch.ts'
import { listOffsets } from './list-offsets.ts'
import { metadata } from './metadata.ts'
import { offsetForLeaderEpoch } from './offset-for-leader-epoch.ts'
import { produce } from './produce.ts'

/** The server, API by API: routing, ApiVersions and the compatibility page are computed from this list. */
export const handlers = [
  produce,
  fetch,
  listOffsets,
  metadata,
  apiVersions,
  offsetForLeaderEpoch,
] as unknown as readonly Handler<Api>[]
