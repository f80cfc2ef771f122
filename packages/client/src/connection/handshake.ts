import { readInt16 } from '@samsa/base'
import {
  type Api,
  ApiVersions,
  type CompleteResponseOf,
  type RequestDraftOf,
  errorCodeOf,
} from '@samsa/protocol'
import { KafkaError } from '../errors.ts'
import { BrokerVersions, olderVersion } from './api-versions.ts'
import { decodeFrame } from './request-codec.ts'

/** One request in a version of the caller's choice, and the bytes of its answer. */
export interface RawChannel {
  readonly broker: string
  ask<A extends Api>(api: A, version: number, draft: RequestDraftOf<A>): Promise<Uint8Array>
}

export const CLIENT_SOFTWARE_NAME = 'samsa'
export const CLIENT_SOFTWARE_VERSION = '0.1.0'

/** Asks what the broker speaks (KIP-511): in our newest version, then in one the broker names. */
export async function askVersions(channel: RawChannel): Promise<BrokerVersions> {
  const newest = await askIn(channel, ApiVersions.maxVersion)
  if (newest.errorCode !== 'UNSUPPORTED_VERSION') return versionsIn(newest, channel.broker)
  return versionsIn(await askIn(channel, olderVersion(newest)), channel.broker)
}

async function askIn(channel: RawChannel, version: number): Promise<CompleteResponseOf<typeof ApiVersions>> {
  const draft =
    version < 3
      ? {}
      : { clientSoftwareName: CLIENT_SOFTWARE_NAME, clientSoftwareVersion: CLIENT_SOFTWARE_VERSION }
  const bytes = await channel.ask(ApiVersions, version, draft)
  // A broker that does not know the version answers in v0.
  const isRefusal = bytes.length >= 6 && readInt16(bytes, 4) === errorCodeOf('UNSUPPORTED_VERSION')
  return decodeFrame(ApiVersions, isRefusal ? 0 : version, bytes, channel.broker)
}

function versionsIn(answer: CompleteResponseOf<typeof ApiVersions>, broker: string): BrokerVersions {
  if (answer.errorCode !== 'NONE') {
    throw new KafkaError(answer.errorCode, `broker ${broker} refuses to say which APIs it speaks`, { broker })
  }
  return new BrokerVersions(answer)
}
