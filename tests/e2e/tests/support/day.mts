// A day at dispatch, with nothing but the types that openapi-typescript makes of our document, and
// openapi-fetch, which asks by them.
import { randomBytes } from 'node:crypto'
import createClient from 'openapi-fetch'
import type { components, paths } from './waypost.js'

type Text = components['schemas']['TextBody']

function client(name: string) {
  const headers = { Authorization: `Bearer ${process.env[name]}` }
  return createClient<paths>({ baseUrl: process.env.BASE!, headers })
}

/** What was asked for; a problem ends the day. */
function got<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.error) throw new Error(`${answer.response.url}: ${JSON.stringify(answer.error)}`)
  return answer.data as T
}

function must(holds: unknown, what: unknown): asserts holds {
  if (!holds) throw new Error(`it does not hold that ${JSON.stringify(what)}`)
}

/** A UUIDv7. */
function newKey(): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Date.now(), 0, 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

const text = (words: string, header: Partial<Text> = {}): Text => ({ kind: 'text', text: words, ...header })
const between = (one: number, other: number) => `direct-${Math.min(one, other)}-${Math.max(one, other)}`
const messagesOf = '/v1/conversations/{conversation}/messages'

const [omar, dana, crm] = [client('OMAR'), client('DANA'), client('CRM')]

// Who is there.
const mine = got(await omar.GET('/v1/me'))
const hers = got(await dana.GET('/v1/me'))
const erp = got(await crm.GET('/v1/me'))
const people = got(await omar.GET('/v1/people')).people
must(people.length === 5, people)
const chat = { path: { conversation: between(mine.id, hers.id) } }

// The ERP pushes an order, and the answer is lost on the way: it asks again with the same key.
const order = {
  params: { path: { conversation: between(erp.id, hers.id) }, header: { 'Idempotency-Key': newKey() } },
  body: text('Order 4711 is ready'),
}
const first = got(await crm.POST(messagesOf, order))
const again = got(await crm.POST(messagesOf, order))
must(first.id === order.params.header['Idempotency-Key'] && again.id === first.id, [first, again])
const read = got(await dana.GET(messagesOf, { params: { path: order.params.path } }))
must(read.messages.length === 1, read)

// Dana is late, by template; Omar acknowledges.
const late = got(
  await dana.POST(messagesOf, {
    params: chat,
    body: { kind: 'template', template: 'running-late', version: 1, arguments: { minutes: { minutes: 15 } } },
  }),
)
const shown = got(await omar.GET(messagesOf, { params: chat })).messages[0]!
must(shown.content.kind === 'template' && shown.content.template === 'running-late', shown)
const message = { path: { message: late.id } }
got(await omar.POST('/v1/messages/{message}/acknowledgement', { params: message }))
const receipts = got(await dana.GET('/v1/messages/{message}/receipts', { params: message }))
must(receipts.recipients[0]?.acknowledged_at, receipts)

// Omar answers, and Dana finds it.
const answer = got(await omar.POST(messagesOf, { params: chat, body: text('Take gate 3', { answers: late.id }) }))
const found = got(await dana.GET('/v1/search', { params: { query: { words: 'gate' } } }))
must(found.messages[0]?.id === answer.id, found)

// A group, and a broadcast to it.
const group = got(await omar.POST('/v1/groups', { body: { name: 'North', members: [hers.id] } }))
const to = { groups: [Number(group.id.split('-')[1])] }
const told = got(await omar.POST('/v1/broadcasts', { body: { to, message: text('Snow', { priority: 'urgent' }) } }))
const reached = got(await omar.GET('/v1/messages/{message}/receipts', { params: { path: { message: told.id } } }))
must(reached.recipients[0]?.person === hers.id, reached)

// A flat tyre.
const opened = got(await dana.POST('/v1/incidents', { body: { category: 'breakdown', text: 'Flat tyre' } }))
const params = { path: { conversation: opened.conversation } }
const open = got(await omar.GET('/v1/cases'))
must(open.cases[0]?.conversation === opened.conversation, open)
got(await omar.PUT('/v1/cases/{conversation}/assignee', { params, body: { to: mine.id } }))
const ines = people.find((person) => person.handle === 'ines')!
const tooLate = await omar.PUT('/v1/cases/{conversation}/assignee', { params, body: { to: ines.id } })
must(tooLate.response.status === 412 && tooLate.error, tooLate.response.status)
got(await omar.PUT('/v1/cases/{conversation}/resolution', { params, body: { text: 'Towed' } }))
const over = got(await dana.GET('/v1/cases/{conversation}', { params }))
must(over.resolved_by === mine.id && over.category === 'breakdown', over)

// What is not for her she does not learn of.
const hidden = await dana.GET('/v1/cases')
must(hidden.error?.code === 'not-allowed', hidden.error)

// The feed tells everything once more, in the order of the record.
const kinds: string[] = []
let after: string | undefined
for (let more = true; more; ) {
  const page = got(await dana.GET('/v1/events', { params: { query: { limit: 10, ...(after && { after }) } } }))
  if (typeof page === 'string') throw new Error('a page was asked for, and no stream')
  kinds.push(...page.events.map((event) => event.type.replace('waypost.', '')))
  after = page.next
  more = page.more ?? false
}
let at = -1
for (const kind of ['text', 'template', 'acknowledgement', 'text', 'incident', 'assigned', 'resolved']) {
  at = kinds.indexOf(kind, at + 1)
  must(at >= 0, [kind, kinds])
}
console.log('the day is over')
