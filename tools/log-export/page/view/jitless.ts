import { z } from 'zod'

// The policy of the page allows no code that is made of texts, and a browser would report even the attempt. Imported before
// anything that makes a schema.
z.config({ jitless: true })
