import express from 'express'
import { tell } from './tell.ts'

/** Express as its own documentation starts it: a JSON body, echoed. */
const app = express()
app.use(express.json())
app.post('/', (req, res) => {
  res.json(req.body)
})

tell(app.listen(0, '127.0.0.1'))
