import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { GroupScript } from '../../testing/group-script.ts'

// A scenario is blocks of commands, each followed by `----` and the expected trace. SAMSA_REWRITE=1 writes down what
// happens instead of comparing; commit a changed trace only if you can explain it.
const directory = fileURLToPath(new URL('scenarios/', import.meta.url))
const isRewriting = process.env['SAMSA_REWRITE'] === '1'

describe('scenario', () => {
  test.each(readdirSync(directory))('%s', name => {
    const path = `${directory}${name}`
    const blocks = readFileSync(path, 'utf8').trimEnd().split('\n\n')
    const script = new GroupScript()
    const actual = blocks.map(block => {
      const commands = block.split('\n----')[0]!
      return `${commands}\n----\n${script.run(commands)}`
    })
    if (isRewriting) writeFileSync(path, `${actual.join('\n\n')}\n`)
    else expect(actual).toEqual(blocks)
  })
})
