import type { Admin, Principal } from '@samsa/client'
import { checkedPrincipal } from '../acls/acl-plan.ts'
import { type Io, exitCodes } from '../command/command.ts'
import { kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, text } from '../command/options.ts'
import { openAdmin } from '../connect.ts'
import { connectionOf, serverOptions } from './connection-options.ts'
import { minuteOf, principalsText, tokenTable } from './delegation-token-table.ts'
import { forbidTogether, onlyAction, requireOptions } from './option-rules.ts'

const options = {
  ...serverOptions,
  create: flag({ about: 'Make a token.' }),
  renew: flag({ about: 'Let a token live longer.' }),
  expire: flag({ about: 'End a token, now or soon.' }),
  describe: flag({ about: 'Show tokens.' }),
  'owner-principal': text({
    argument: 'principal',
    about: 'Whose token it is, as User:name (default: yours).',
    isRepeatable: true,
  }),
  'renewer-principal': text({
    argument: 'principal',
    about: 'Who else may renew it, as User:name.',
    isRepeatable: true,
  }),
  'max-life-time-period': integer({
    argument: 'ms',
    about: "How long it may live at most; -1 for the broker's default.",
  }),
  'renew-time-period': integer({
    argument: 'ms',
    about: "How long from now it is to live; -1 for the broker's default.",
  }),
  'expiry-time-period': integer({
    argument: 'ms',
    about: 'How long from now it may still live; -1 ends it at once.',
  }),
  hmac: text({ argument: 'base64', about: 'The secret of the token, as --create and --describe show it.' }),
}

type Options = OptionsOf<typeof options>

const actions = { create, renew, expire, describe }
const actionNames = ['create', 'renew', 'expire', 'describe'] as const

/** `kafka-delegation-tokens`: tokens that stand for a password (KIP-48). */
export const kafkaDelegationTokens = kafkaTool({
  name: 'kafka-delegation-tokens',
  about: 'Make, show, renew and end delegation tokens.',
  style: 'plain',
  options,
  failureHasJavaName: true,
  examples: [
    [
      'kafka-delegation-tokens --create --max-life-time-period -1 --command-config client.properties',
      'A token for the user that client.properties logs in.',
    ],
    ['kafka-delegation-tokens --describe --command-config client.properties', 'All tokens one may see.'],
  ],
  async run(given, io) {
    const action = checkedAction(given)
    await using admin = await openAdmin(connectionOf(given), io)
    await actions[action](admin, given, io)
    return exitCodes.ok
  },
})

function checkedAction(given: Options): (typeof actionNames)[number] {
  const action = onlyAction(given, actionNames, '--create, --renew, --expire or --describe')
  // Tokens are for those who log in, and how is in that file.
  requireOptions(given, ['command-config'])
  if (action === 'create') requireOptions(given, ['max-life-time-period'])
  if (action === 'renew') requireOptions(given, ['hmac', 'renew-time-period'])
  if (action === 'expire') requireOptions(given, ['hmac', 'expiry-time-period'])
  const periods = ['renew-time-period', 'expiry-time-period']
  const owners = ['max-life-time-period', 'owner-principal']
  forbidTogether(given, 'create', ['hmac', ...periods])
  forbidTogether(given, 'renew', ['renewer-principal', 'expiry-time-period', ...owners])
  forbidTogether(given, 'expire', ['renew-time-period', ...owners])
  forbidTogether(given, 'describe', ['max-life-time-period', 'hmac', ...periods])
  return action
}

async function create(admin: Admin, given: Options, io: Io): Promise<void> {
  const renewers = given['renewer-principal'].map(principalOf)
  const maxLifetimeMs = given['max-life-time-period']!
  const period = `max-life-time-period :${maxLifetimeMs}`
  io.print(`Calling create token operation with renewers :${principalsText(renewers)} , ${period}\n`)
  const [owner] = given['owner-principal'].map(principalOf)
  const token = await admin.createDelegationToken({ renewers, maxLifetimeMs, owner })
  io.print(`Created delegation token with tokenId : ${token.tokenId}\n${tokenTable([token])}`)
}

async function renew(admin: Admin, given: Options, io: Io): Promise<void> {
  const renewPeriodMs = given['renew-time-period']!
  io.print(`Calling renew token operation with hmac :${given.hmac} , renew-time-period :${renewPeriodMs}\n`)
  const expiry = await admin.renewDelegationToken(hmacOf(given), { renewPeriodMs })
  io.print(`Completed renew operation. New expiry date : ${minuteOf(expiry)}`)
}

async function expire(admin: Admin, given: Options, io: Io): Promise<void> {
  const expiryPeriodMs = given['expiry-time-period']!
  io.print(
    `Calling expire token operation with hmac :${given.hmac} , expire-time-period :${expiryPeriodMs}\n`,
  )
  const expiry = await admin.expireDelegationToken(hmacOf(given), { expiryPeriodMs })
  io.print(`Completed expire operation. New expiry date : ${minuteOf(expiry)}`)
}

async function describe(admin: Admin, given: Options, io: Io): Promise<void> {
  const owners = given['owner-principal'].map(principalOf)
  io.print(
    owners.length === 0
      ? 'Calling describe token operation for current user.\n'
      : `Calling describe token operation for owners: ${principalsText(owners)}\n`,
  )
  const tokens = await admin.describeDelegationToken({ owners: owners.length === 0 ? undefined : owners })
  io.print(`Total number of tokens : ${tokens.length}${tokenTable(tokens)}`)
}

function principalOf(given: string): Principal {
  const [type, ...name] = checkedPrincipal(given).split(':')
  return { type: type!, name: name.join(':') }
}

function hmacOf(given: Options): Uint8Array {
  return Buffer.from(given.hmac!, 'base64')
}
