import { expect, it } from 'vitest'
import { minuteOf, tokenTable } from './delegation-token-table.ts'

it('lays tokens out as Kafka’s tool does', () => {
  const at = new Date(2026, 10, 21, 9, 5).getTime()
  expect(minuteOf(at)).toBe('2026-11-21T09:05')
  const token = {
    tokenId: 'abc',
    owner: { type: 'User', name: 'alice' },
    requester: undefined,
    renewers: [
      { type: 'User', name: 'bob' },
      { type: 'User', name: 'carol' },
    ],
    issueTimestamp: at,
    expiryTimestamp: at + 60_000,
    maxTimestamp: at + 120_000,
    hmac: new Uint8Array([1, 2, 3]),
  }
  const lines = tokenTable([token]).split('\n')
  expect(lines).toHaveLength(5)
  expect(lines[1]).toMatch(/^TOKENID {9}HMAC {27}OWNER {11}REQUESTER {7}RENEWERS {18}ISSUEDATE/)
  expect(lines[3]).toMatch(
    /^abc {13}AQID {27}User:alice {6}User:alice {6}\[User:bob, User:carol\] {4}2026-11-21T09:05 /,
  )
})
