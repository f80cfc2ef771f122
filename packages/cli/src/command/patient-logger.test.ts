import { expect, it } from 'vitest'
import { patientLogger } from './patient-logger.ts'

it('says the same once a minute, and what is new at once', () => {
  const said: string[] = []
  let nowMs = 0
  const logger = patientLogger(
    line => said.push(line.replace(/^.*? (WARN|ERROR) +/, '').trimEnd()),
    () => nowMs,
  )
  const complain = () => {
    logger.child({ attempt: nowMs }).warn('Nobody is there.')
    logger.error('It broke.')
    logger.info('Nothing of note.')
  }
  for (; nowMs < 60_000; nowMs += 1000) complain()
  expect(said).toEqual([
    'Nobody is there.  attempt=0',
    'It broke.',
    'Still the same, and still trying: Ctrl-C gives up.',
  ])
  complain()
  expect(said.slice(3)).toEqual(['Nobody is there.  attempt=60000', 'It broke.'])
})
