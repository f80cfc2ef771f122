import type * as Crypto from 'node:crypto'
import { promisify } from 'node:util'
import { builtin } from '@samsa/base'
import { AlterUserScramCredentials, DescribeUserScramCredentials } from '@samsa/protocol'
import { KafkaError, throwIfError } from '../errors.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { exchange } from './exchange.ts'
import { Outcomes, Results } from './results.ts'
import { toController } from './routing.ts'
import { doneOr, single, valueOr } from './single.ts'

const crypto = builtin<typeof Crypto>('node:crypto')

/** SCRAM mechanisms by their numbers on the wire, with the hash of each. */
const mechanisms = {
  'SCRAM-SHA-256': { code: 1, digest: 'sha256', bytes: 32 },
  'SCRAM-SHA-512': { code: 2, digest: 'sha512', bytes: 64 },
} as const
export type ScramMechanism = keyof typeof mechanisms

/** A user's credential, without its secret. */
export interface ScramCredential {
  /** UNKNOWN when it is newer than this release. */
  readonly mechanism: ScramMechanism | 'UNKNOWN'
  readonly iterations: number
}

/** The credentials of users, or of all users that have some (KIP-554). Items are users. */
export function describeUserScramCredentials(
  context: AdminContext,
  users: readonly string[] | undefined,
  options: CallOptions,
): Outcomes<string, readonly ScramCredential[]> {
  const results = single(context, 'DescribeUserScramCredentials', options, async deadline => {
    const request = { users: users?.map(name => ({ name })) ?? null }
    const limits = { timeoutMs: deadline.attemptMs() }
    const response = await context.cluster.send(DescribeUserScramCredentials, 'any', request, limits)
    throwIfError(response.errorCode, response.errorMessage)
    return new Results<string, readonly ScramCredential[]>(
      response.results.map(({ user: item, errorCode, errorMessage, credentialInfos }) => {
        const value = credentialInfos.map(info => ({ ...info, mechanism: mechanismOf(info.mechanism) }))
        const outcome = valueOr(value, errorCode, errorMessage)
        return outcome instanceof KafkaError ? { item, error: outcome } : { item, value: outcome }
      }),
    )
  })
  return new Outcomes(results)
}

function mechanismOf(code: number): ScramMechanism | 'UNKNOWN' {
  const names = Object.keys(mechanisms) as ScramMechanism[]
  return names.find(name => mechanisms[name].code === code) ?? 'UNKNOWN'
}

/** Sets or deletes a credential of a user. */
export type ScramAlteration = ScramUpsertion | ScramDeletion

export interface ScramUpsertion {
  readonly user: string
  readonly mechanism: ScramMechanism
  readonly password: string
  /** How often the hash is repeated, from 4096 to 16384. Default: 4096. */
  readonly iterations?: number | undefined
  /** Default: random. */
  readonly salt?: Uint8Array | undefined
}

export interface ScramDeletion {
  readonly user: string
  readonly mechanism: ScramMechanism
  readonly delete: true
}

/**
 * Sets and deletes credentials (KIP-554). Items are users. The password itself is not sent: the broker gets what a login
 * is checked with.
 */
export function alterUserScramCredentials(
  context: AdminContext,
  alterations: readonly ScramAlteration[],
  options: CallOptions,
): Outcomes<string, undefined> {
  const deletions = alterations.filter(alteration => 'delete' in alteration)
  const upserted = alterations.filter(alteration => !('delete' in alteration))
  const upsertions = Promise.all(upserted.map(alteration => upsertionOf(alteration as ScramUpsertion)))
  return exchange<string, undefined>(context, options, {
    what: 'AlterUserScramCredentials',
    items: alterations.map(({ user }) => user),
    route: toController(context),
    async ask(target, users, settle, deadline) {
      const isAsked = new Set(users)
      const request = {
        deletions: deletions
          .filter(({ user }) => isAsked.has(user))
          .map(({ user, mechanism }) => ({ name: user, mechanism: mechanisms[mechanism].code })),
        upsertions: (await upsertions).filter(({ name }) => isAsked.has(name)),
      }
      const limits = { timeoutMs: deadline.attemptMs() }
      const { results } = await context.cluster.send(AlterUserScramCredentials, target, request, limits)
      for (const { user, errorCode, errorMessage } of results) settle(user, doneOr(errorCode, errorMessage))
    },
  })
}

async function upsertionOf(upsertion: ScramUpsertion) {
  const { code, digest, bytes } = mechanisms[upsertion.mechanism]
  const iterations = upsertion.iterations ?? 4096
  const { pbkdf2, randomBytes } = crypto()
  const salt = upsertion.salt ?? randomBytes(32)
  const saltedPassword = await promisify(pbkdf2)(upsertion.password, salt, iterations, bytes, digest)
  return { name: upsertion.user, mechanism: code, iterations, salt, saltedPassword }
}
