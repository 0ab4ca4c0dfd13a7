import express from 'express'

/** Express as its own documentation starts it: a JSON body, echoed. */
const app = express()
app.use(express.json())
app.post('/echo', (req, res) => {
  res.json(req.body)
})
app.get('/echo', (_req, res) => {
  res.json({ id: 'task_1', title: 'Express' })
})

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address !== 'string') process.stdout.write(`port=${address.port}\n`)
})
process.once('SIGTERM', () => process.exit(0))
