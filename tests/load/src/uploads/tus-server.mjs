// @tus/server with its store of files, over TLS: the folder, the port, and the file of key and certificate.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'

const [directory, port, pem] = process.argv.slice(2)
const tls = readFileSync(pem)
const server = new Server({ path: '/files', datastore: new FileStore({ directory }) })
createServer({ key: tls, cert: tls }, (request, answer) => server.handle(request, answer)).listen(
  Number(port),
  '127.0.0.1',
)
