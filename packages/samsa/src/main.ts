import { holdOptimiser } from './start/optimiser.ts'

// Before anything else is loaded; the start itself releases it.
if (process.argv[2] === 'start') holdOptimiser()
const { runMain } = await import('./run-main.ts')
await runMain()
