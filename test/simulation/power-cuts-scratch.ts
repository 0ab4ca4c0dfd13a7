import { checkPowerCuts } from './power-cuts.ts'
const [states = '1000', seed = '1', ...policies] = process.argv.slice(2)
const began = performance.now()
const totals = await checkPowerCuts({ states: Number(states), seed: Number(seed), policies: policies.length ? policies as any : ['always'], onWorkload: (t) => process.stderr.write(`${t.workloads} ${t.states} ${Math.round(performance.now()-began)}ms ${Math.round(process.memoryUsage().rss/1e6)}MB\n`) })
console.log(totals)
