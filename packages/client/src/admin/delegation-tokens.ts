import {
  type CompleteResponseOf,
  CreateDelegationToken,
  DescribeDelegationToken,
  ExpireDelegationToken,
  RenewDelegationToken,
} from '@samsa/protocol'
import { throwIfError } from '../errors.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { single } from './single.ts'

/** Someone who may log in: `{ type: 'User', name: 'alice' }`. */
export interface Principal {
  readonly type: string
  readonly name: string
}

/** A token to log in with in place of a password (KIP-48). Times are milliseconds since the epoch. */
export interface DelegationToken {
  readonly tokenId: string
  readonly owner: Principal
  /** Who asked for it; undefined where the broker does not tell. */
  readonly requester: Principal | undefined
  readonly renewers: readonly Principal[]
  readonly issueTimestamp: number
  readonly expiryTimestamp: number
  readonly maxTimestamp: number
  /** The secret: what renews and expires the token, and its password in base64. */
  readonly hmac: Uint8Array
}

export interface CreateDelegationTokenOptions extends CallOptions {
  /** Default: the user of this connection. */
  readonly owner?: Principal | undefined
  /** Who else may renew it. */
  readonly renewers?: readonly Principal[] | undefined
  /** Default: the broker's `delegation.token.max.lifetime.ms`. */
  readonly maxLifetimeMs?: number | undefined
}

/** Makes a token. */
export async function createDelegationToken(
  context: AdminContext,
  options: CreateDelegationTokenOptions,
): Promise<DelegationToken> {
  const { owner, renewers = [], maxLifetimeMs = -1 } = options
  return single(context, 'CreateDelegationToken', options, async deadline => {
    const request = {
      renewers: renewers.map(principalDraft),
      maxLifetimeMs,
      ...(owner && { ownerPrincipalType: owner.type, ownerPrincipalName: owner.name }),
    }
    const limits = { timeoutMs: deadline.attemptMs(), minVersion: owner ? 3 : 0 }
    const answer = await context.cluster.send(CreateDelegationToken, 'any', request, limits)
    throwIfError(answer.errorCode)
    return tokenOf({
      ...answer,
      issueTimestamp: answer.issueTimestampMs,
      expiryTimestamp: answer.expiryTimestampMs,
      maxTimestamp: answer.maxTimestampMs,
      renewers: renewers.map(principalDraft),
    })
  })
}

export interface RenewDelegationTokenOptions extends CallOptions {
  /** How long from now. Default: the broker's `delegation.token.expiry.time.ms`. */
  readonly renewPeriodMs?: number | undefined
}

/** Lets a token live longer. Returns when it now expires, in milliseconds since the epoch. */
export async function renewDelegationToken(
  context: AdminContext,
  hmac: Uint8Array,
  options: RenewDelegationTokenOptions,
): Promise<number> {
  return single(context, 'RenewDelegationToken', options, async deadline => {
    const request = { hmac, renewPeriodMs: options.renewPeriodMs ?? -1 }
    const limits = { timeoutMs: deadline.attemptMs() }
    const answer = await context.cluster.send(RenewDelegationToken, 'any', request, limits)
    throwIfError(answer.errorCode)
    return answer.expiryTimestampMs
  })
}

export interface ExpireDelegationTokenOptions extends CallOptions {
  /** How long from now it may still live. Default: it ends at once. */
  readonly expiryPeriodMs?: number | undefined
}

/** Ends a token, now or soon. Returns when it expires, in milliseconds since the epoch. */
export async function expireDelegationToken(
  context: AdminContext,
  hmac: Uint8Array,
  options: ExpireDelegationTokenOptions,
): Promise<number> {
  return single(context, 'ExpireDelegationToken', options, async deadline => {
    const request = { hmac, expiryTimePeriodMs: options.expiryPeriodMs ?? -1 }
    const limits = { timeoutMs: deadline.attemptMs() }
    const answer = await context.cluster.send(ExpireDelegationToken, 'any', request, limits)
    throwIfError(answer.errorCode)
    return answer.expiryTimestampMs
  })
}

export interface DescribeDelegationTokenOptions extends CallOptions {
  /** Default: everyone whose tokens the user may see. */
  readonly owners?: readonly Principal[] | undefined
}

/** The tokens of some owners. */
export async function describeDelegationToken(
  context: AdminContext,
  options: DescribeDelegationTokenOptions,
): Promise<DelegationToken[]> {
  return single(context, 'DescribeDelegationToken', options, async deadline => {
    const request = { owners: options.owners?.map(principalDraft) ?? null }
    const limits = { timeoutMs: deadline.attemptMs() }
    const answer = await context.cluster.send(DescribeDelegationToken, 'any', request, limits)
    throwIfError(answer.errorCode)
    return answer.tokens.map(tokenOf)
  })
}

function principalDraft({ type, name }: Principal) {
  return { principalType: type, principalName: name }
}

type TokenAnswer = CompleteResponseOf<typeof DescribeDelegationToken>['tokens'][number]

function tokenOf(token: TokenAnswer): DelegationToken {
  const { tokenRequesterPrincipalType: type, tokenRequesterPrincipalName: name } = token
  return {
    tokenId: token.tokenId,
    owner: { type: token.principalType, name: token.principalName },
    requester: type === '' ? undefined : { type, name },
    renewers: token.renewers.map(({ principalType, principalName }) => {
      return { type: principalType, name: principalName }
    }),
    issueTimestamp: token.issueTimestamp,
    expiryTimestamp: token.expiryTimestamp,
    maxTimestamp: token.maxTimestamp,
    hmac: token.hmac.slice(),
  }
}
