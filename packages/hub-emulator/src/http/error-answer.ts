import { type Answer, jsonAnswer, textAnswer } from './answer.ts'
import type { Refusal } from './refusal.ts'

/** How a route words its errors: JSON on `/api`, bare text on files, HTML on pages. */
export type ErrorForm = 'json' | 'text' | 'html'

export function errorAnswer({ status, message, code, headers }: Refusal, form: ErrorForm): Answer {
  const all = {
    ...(code === undefined ? {} : { 'X-Error-Code': code }),
    'X-Error-Message': headerText(message),
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer realm="Authentication required", charset="UTF-8"' } : {}),
    ...headers,
  }
  if (form === 'json') return jsonAnswer({ error: message }, all, status)
  if (form === 'text') return textAnswer(message, all, { status })
  return textAnswer(errorPage(status, message), all, { status, type: 'text/html; charset=utf-8' })
}

/** As the Hub forces text into a header: other than ASCII becomes `*`, white space one blank. */
function headerText(message: string): string {
  return message
    .replace(/\s+/g, ' ')
    .replace(/[^\x20-\x7e]/gu, '*')
    .trim()
}

function errorPage(status: number, message: string): string {
  const safe = message.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)
  return `<!DOCTYPE html>\n<html><head><title>${status}</title></head><body><h1>${status}</h1><p>${safe}</p></body></html>\n`
}
