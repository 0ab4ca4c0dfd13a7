/** Values that examples in the documents are made of. */
export const exampleProject = 'proj_1706790000000_3k9m2n5p7q8r1s4t'
export const exampleTask = 'task_1706790000001_5b7d9f1h3j5m7p9r'
export const exampleDigest = '4a44dc15364204a80fe80e9039455cc1608281820fe2b24f1e5233ade6af1dd5'
export const exampleCursor = `120:${exampleDigest}`
