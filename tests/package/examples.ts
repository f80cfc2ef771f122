import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../process/samsa-process.ts'
import type { Tally } from '../process/tally.ts'
import { type Installation, npm } from './installation.ts'
import { runWell } from './program.ts'

/** Each folder of examples/, installed as its readers would, with the package just packed; its `npm test` passes. */
export async function tryExamples({ folder, tarball }: Installation, tally: Tally): Promise<void> {
  const entries = readdirSync(join(root, 'examples'), { withFileTypes: true })
  for (const { name } of entries.filter(entry => entry.isDirectory())) {
    await tally.case(`examples/${name}: its tests pass`, async () => {
      const copy = join(folder, '..', name)
      cpSync(join(root, 'examples', name), copy, {
        recursive: true,
        filter: path => !path.includes('node_modules'),
      })
      npm(copy, 'install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', tarball)
      await runWell('npm', ['test'], { folder: copy })
    })
  }
}
