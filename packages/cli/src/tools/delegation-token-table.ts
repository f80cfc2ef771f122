import type { DelegationToken, Principal } from '@samsa/client'

export function principalText({ type, name }: Principal): string {
  return `${type}:${name}`
}

/** A list as Java writes it. */
export function principalsText(principals: readonly Principal[]): string {
  return `[${principals.map(principalText).join(', ')}]`
}

const columns = [15, 30, 15, 15, 25, 15, 15, 15]
const headings = ['TOKENID', 'HMAC', 'OWNER', 'REQUESTER', 'RENEWERS', 'ISSUEDATE', 'EXPIRYDATE', 'MAXDATE']

/** Tokens as Kafka's tool lays them out: an empty line before each. */
export function tokenTable(tokens: readonly DelegationToken[]): string {
  return [headings, ...tokens.map(rowOf)].map(row => `\n${line(row)}\n`).join('')
}

function line(cells: readonly string[]): string {
  return cells.map((cell, at) => cell.padEnd(columns[at]!)).join(' ')
}

function rowOf(token: DelegationToken): string[] {
  return [
    token.tokenId,
    Buffer.from(token.hmac).toString('base64'),
    principalText(token.owner),
    principalText(token.requester ?? token.owner),
    principalsText(token.renewers),
    minuteOf(token.issueTimestamp),
    minuteOf(token.expiryTimestamp),
    minuteOf(token.maxTimestamp),
  ]
}

/** A time of this computer's zone: `2026-11-21T16:45`. */
export function minuteOf(timestamp: number): string {
  const date = new Date(timestamp)
  const two = (value: number) => `${value}`.padStart(2, '0')
  const day = `${`${date.getFullYear()}`.padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`
}
